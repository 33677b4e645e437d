package codec

import (
	"fmt"

	"dits/formats/ggml"
)

// An Elem is the element type of a chunk as coders see it: how wide, and where
// its exponent lies. Numbers are written to disk and never reused.
type Elem uint8

// Element types. Bytes stands for everything without arithmetic.
const (
	Bytes Elem = 0
	BF16  Elem = 1
	F16   Elem = 2
	F32   Elem = 3
	F64   Elem = 4
	E4M3  Elem = 5
	E5M2  Elem = 6
	I8    Elem = 7
	I16   Elem = 8
	I32   Elem = 9
	I64   Elem = 10
)

// firstBlock is the number of the first ggml type among element types: the others follow
// in the order of their own numbers.
const firstBlock Elem = 64

// BlockElem is the element type of tensors of a ggml type of several values a block. An
// element of it is a block.
func BlockElem(t ggml.Type) Elem { return firstBlock + Elem(t) }

// Block is the ggml type whose blocks are the elements; ok is false for other element types.
func (e Elem) Block() (t ggml.Type, ok bool) {
	if e < firstBlock {
		return 0, false
	}
	t = ggml.Type(e - firstBlock)
	return t, t.BlockElems() > 1
}

// refuseBlocks is the error of coders of single values for quant blocks.
func (e Elem) refuseBlocks() error {
	if t, ok := e.Block(); ok {
		return fmt.Errorf("element type %d: blocks of %v, want single values", e, t)
	}
	return nil
}

// Known says that this version of dits knows e.
func (e Elem) Known() bool {
	_, block := e.Block()
	return e <= I64 || block
}

// Size is the width of an element in bytes.
func (e Elem) Size() int {
	if t, ok := e.Block(); ok {
		return int(t.BlockBytes())
	}
	switch e {
	case BF16, F16, I16:
		return 2
	case F32, I32:
		return 4
	case F64, I64:
		return 8
	}
	return 1
}
