package main

import (
	"encoding/binary"
	"fmt"

	"dits/tensorstore/codec"
)

// ditsChunk is the length of a chunk in bytes, about the mean of those in a store.
const ditsChunk = 512 << 10

// ditsCoder is package codec without the store: the scales of rows and columns are measured,
// then each chunk is coded by itself. A piece with a base is coded as differences to it,
// another by its fields. The store also codes samples first, to find what is smallest,
// and decodes and compares each chunk: see the tables of the binary.
//
//	uvarint  length of the activity, 0 for none; activity
//	each     uvarint: twice the length, plus 1 when the chunk is raw; payload
type ditsCoder struct{}

func (ditsCoder) encode(dst []byte, p piece) ([]byte, error) {
	act := p.scales()
	var side []byte
	if act != nil {
		side = act.Append(nil)
	}
	dst = binary.AppendUvarint(dst, uint64(len(side)))
	dst = append(dst, side...)
	var enc []byte
	for off := 0; off < len(p.data); off += ditsChunk {
		b := p.data[off:min(off+ditsChunk, len(p.data))]
		c, in, err := p.coding(act, off, len(b))
		if err != nil {
			return nil, err
		}
		var ok bool
		if enc, ok = c.Encode(enc[:0], b, in); ok && len(enc) < len(b) {
			dst = append(binary.AppendUvarint(dst, uint64(len(enc))<<1), enc...)
		} else {
			dst = append(binary.AppendUvarint(dst, uint64(len(b))<<1|1), b...)
		}
	}
	return dst, nil
}

// coding is the codec and the context of n bytes at off.
func (p piece) coding(act *codec.Activity, off, n int) (codec.Codec, codec.Input, error) {
	in := codec.Input{Elem: p.elem, First: int64(off / p.elem.Size()), Width: p.width, Act: act}
	if p.base == nil {
		c, err := codec.For(codec.Fields)
		return c, in, err
	}
	in.Pred = p.base[off : off+n]
	c, err := codec.For(codec.Delta)
	return c, in, err
}

// scales measures the rows and columns of a matrix; nil for what is none.
func (p piece) scales() *codec.Activity {
	if p.width == 0 {
		return nil
	}
	m := codec.NewMeter(p.elem, int64(len(p.data)/p.elem.Size())/p.width, p.width, codec.RowColScales)
	m.Add(p.data, p.base, 0)
	return m.Activity()
}

func (ditsCoder) decode(dst, enc []byte, p piece) error {
	n, k := binary.Uvarint(enc)
	if k <= 0 || n > uint64(len(enc)-k) {
		return fmt.Errorf("activity: got %d bytes, want %d", len(enc), n)
	}
	var act *codec.Activity
	if n > 0 {
		var err error
		rows := int64(len(dst)/p.elem.Size()) / p.width
		if act, err = codec.ParseActivity(enc[k:k+int(n)], rows, p.width); err != nil {
			return err
		}
	}
	enc = enc[k+int(n):]
	for off := 0; off < len(dst); off += ditsChunk {
		b := dst[off:min(off+ditsChunk, len(dst))]
		n, k := binary.Uvarint(enc)
		if k <= 0 || n>>1 > uint64(len(enc)-k) {
			return fmt.Errorf("chunk at %d: got %d bytes, want %d", off, len(enc), n>>1)
		}
		payload := enc[k : k+int(n>>1)]
		enc = enc[k+int(n>>1):]
		if n&1 == 1 {
			copy(b, payload)
			continue
		}
		c, in, err := p.coding(act, off, len(b))
		if err == nil {
			err = c.Decode(b, payload, in)
		}
		if err != nil {
			return fmt.Errorf("chunk at %d: %w", off, err)
		}
	}
	return nil
}
