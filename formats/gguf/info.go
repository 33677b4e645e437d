package gguf

import (
	"math"
	"unicode/utf8"

	"dits/formats"
	"dits/formats/ggml"
)

const (
	maxDims    = 4               // GGML_MAX_DIMS
	maxNameLen = formats.MaxName // llama.cpp allows 63, builds of it 127, gguf-py any number
)

// readInfos reads the tensor infos. Tensor.Off is left as the file has it, from
// the start of the data section.
func (h *Header) readInfos(d *reader, count uint64) error {
	const shortest = 8 + 4 + 4 + 8 // an empty name, no dimensions, type, offset
	if err := d.roomFor(count, shortest, "tensor count"); err != nil {
		return err
	}
	if count > formats.MaxTensors {
		return formats.Damaged(d.off, "tensor count: got %d, want at most %d", count, formats.MaxTensors)
	}
	seen := make(map[string]struct{})
	for range count {
		at := d.off
		t, err := h.readInfo(d)
		if err != nil {
			return err
		}
		if _, again := seen[t.Name]; again {
			return formats.Damaged(at, "the name comes twice").In(t.Name)
		}
		seen[t.Name] = struct{}{}
		h.Tensors = append(h.Tensors, t)
	}
	return nil
}

func (h *Header) readInfo(d *reader) (formats.Tensor, error) {
	at := d.off
	var t formats.Tensor
	var err error
	if t.Name, err = d.name("tensor name", maxNameLen); err != nil {
		return t, err
	}
	if !utf8.ValidString(t.Name) {
		return t, formats.Damaged(at, "tensor name %.80q is not UTF-8", t.Name)
	}
	if t.Shape, err = readShape(d, t.Name); err != nil {
		return t, err
	}
	at = d.off
	number, err := d.uint32("tensor type")
	if err != nil {
		return t, err
	}
	kind := ggml.Type(number)
	if err := kind.Check(); err != nil {
		return t, formats.Damaged(at, "%v", err).In(t.Name)
	}
	t.DType = formats.DType(kind.String())
	var ok bool
	if t.Len, ok = t.DType.Bytes(t.Shape); !ok {
		return t, formats.Damaged(at, "%v%v: rows of %v are whole blocks of %d, and the whole is below 2^63 bytes",
			kind, t.Shape, kind, kind.BlockElems()).In(t.Name)
	}
	at = d.off
	off, err := d.uint64("tensor offset")
	if err != nil {
		return t, err
	}
	if off%uint64(h.Alignment) != 0 || off > math.MaxInt64 {
		return t, formats.Damaged(at, "tensor offset: got %d, want a multiple of %d below 2^63", off, h.Alignment).In(t.Name)
	}
	t.Off = int64(off)
	return t, nil
}

// readShape reads the dimensions and returns them outermost first; in the file
// the innermost comes first.
func readShape(d *reader, tensor string) ([]int64, error) {
	at := d.off
	dims, err := d.uint32("dimension count")
	if err != nil {
		return nil, err
	}
	if dims > maxDims {
		return nil, formats.Damaged(at, "dimension count: got %d, want at most %d", dims, maxDims).In(tensor)
	}
	shape := make([]int64, dims)
	for i := range shape {
		at := d.off
		n, err := d.uint64("dimension")
		if err != nil {
			return nil, err
		}
		if n > math.MaxInt64 {
			return nil, formats.Damaged(at, "dimension: got %d, want less than 2^63", n).In(tensor)
		}
		shape[len(shape)-1-i] = int64(n)
	}
	return shape, nil
}

// placeTensors makes the offsets count from the start of the file, and checks that
// the data lies within its size bytes. The data section of a file that has tensors
// has to start within the file, even if they are all empty.
func (h *Header) placeTensors(size int64) error {
	if len(h.Tensors) > 0 && h.DataOff > size {
		return formats.Truncated(size, "data section: got an end of file at %d, want a start at %d", size, h.DataOff)
	}
	for i := range h.Tensors {
		t := &h.Tensors[i]
		if room := size - h.DataOff; t.Off > room || t.Len > room-t.Off {
			return formats.Truncated(size, "data at %d+%d of %d bytes: want an end of at most %d",
				h.DataOff, t.Off, t.Len, size).In(t.Name)
		}
		t.Off += h.DataOff
	}
	return nil
}
