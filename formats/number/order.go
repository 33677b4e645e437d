package number

import (
	"io"

	"dits/formats"
	"dits/formats/ggml"
)

// InOrder is an operand whose elements are big endian, as they are read here; raw where
// what a block of the dtype looks like in that order is not known.
func InOrder(o Operand) Operand {
	t, ok := ggml.ByName(string(o.DType))
	if !ok || !t.CanSwap() {
		o.Raw = true
		return o
	}
	return Operand{R: swapped{o.R, o.Off, t}, DType: o.DType}
}

// A swapped reads a tensor in the other byte order.
type swapped struct {
	r   io.ReaderAt
	off int64 // of the tensor in r
	of  ggml.Type
}

// ReadAt implements [io.ReaderAt].
func (s swapped) ReadAt(p []byte, off int64) (int, error) {
	size := s.of.BlockBytes()
	start := off / size * size
	end := (off + int64(len(p)) + size - 1) / size * size
	blocks := make([]byte, end-start)
	if err := formats.ReadFull(s.r, blocks, s.off+start); err != nil {
		return 0, err
	}
	s.of.Swap(blocks)
	return copy(p, blocks[off-start:]), nil
}
