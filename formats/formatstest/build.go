package formatstest

import (
	"bytes"
	"encoding/binary"
)

// Safetensors returns a file of that header and data, valid or not.
func Safetensors(header string, data []byte) []byte {
	file := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(file, header...), data...)
}

// A GGUF is what a GGUF file is built from, valid or not. The zero values of
// Order, Version and Align stand for little endian, 3 and 32.
type GGUF struct {
	Order   binary.AppendByteOrder
	Version uint32
	Align   int // of the file built; it does not write general.alignment
	KVs     []GGUFKV
	Tensors []GGUFTensor
	NoTail  bool // no padding after the last tensor
}

// A GGUFKV is one key-value pair. Value is a fixed-width number, a bool, a string, a
// [GGUFArray] or Raw bytes.
type GGUFKV struct {
	Key   string
	Type  uint32
	Value any
}

// A GGUFArray is an array value of elements of one type.
type GGUFArray struct {
	Type     uint32
	Elements []any
}

// Raw is written as it is.
type Raw []byte

// A GGUFTensor is one tensor: dimensions innermost first, and its bytes. The
// tensors are laid out in order unless Off is set.
type GGUFTensor struct {
	Name string
	Dims []uint64
	Type uint32
	Data []byte
	Off  *uint64
}

// Build returns the file.
func (g GGUF) Build() []byte {
	if g.Order == nil {
		g.Order = binary.LittleEndian
	}
	if g.Version == 0 {
		g.Version = 3
	}
	if g.Align == 0 {
		g.Align = 32
	}
	b := g.Order.AppendUint32([]byte("GGUF"), g.Version)
	b = g.Order.AppendUint64(b, uint64(len(g.Tensors)))
	b = g.Order.AppendUint64(b, uint64(len(g.KVs)))
	for _, kv := range g.KVs {
		b = g.text(b, kv.Key)
		b = g.Order.AppendUint32(b, kv.Type)
		b = g.value(b, kv.Value)
	}
	var data []byte
	for i, t := range g.Tensors {
		off := uint64(len(data))
		if t.Off != nil {
			off = *t.Off
		}
		b = g.info(b, t, off)
		data = append(data, t.Data...)
		if !g.NoTail || i+1 < len(g.Tensors) {
			data = g.pad(data)
		}
	}
	if len(g.Tensors) > 0 {
		b = g.pad(b)
	}
	return append(b, data...)
}

func (g GGUF) info(b []byte, t GGUFTensor, off uint64) []byte {
	b = g.text(b, t.Name)
	b = g.Order.AppendUint32(b, uint32(len(t.Dims)))
	for _, n := range t.Dims {
		b = g.Order.AppendUint64(b, n)
	}
	b = g.Order.AppendUint32(b, t.Type)
	return g.Order.AppendUint64(b, off)
}

func (g GGUF) text(b []byte, s string) []byte {
	return append(g.Order.AppendUint64(b, uint64(len(s))), s...)
}

func (g GGUF) value(b []byte, v any) []byte {
	switch v := v.(type) {
	case Raw:
		return append(b, v...)
	case string:
		return g.text(b, v)
	case GGUFArray:
		b = g.Order.AppendUint32(b, v.Type)
		b = g.Order.AppendUint64(b, uint64(len(v.Elements)))
		for _, e := range v.Elements {
			b = g.value(b, e)
		}
		return b
	}
	var w bytes.Buffer
	if err := binary.Write(&w, g.Order.(binary.ByteOrder), v); err != nil {
		panic(err) // a test's own mistake
	}
	return append(b, w.Bytes()...)
}

func (g GGUF) pad(b []byte) []byte {
	for len(b)%g.Align != 0 {
		b = append(b, 0)
	}
	return b
}
