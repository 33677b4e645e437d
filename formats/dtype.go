package formats

import (
	"math/bits"

	"dits/formats/ggml"
)

// A DType names the element type of a tensor: "BF16", "F32", "Q4_K". Both
// formats share one set of names; where a type exists in both (F16, I32, …) it
// is the same type.
type DType string

// A block is the smallest run of elements that fills whole bytes.
type block struct {
	elems, bytes int64
}

// safetensorsTypes are the dtypes that a safetensors header can name, as of
// safetensors 0.8.0 (enum Dtype in its src/tensor.rs). The order is upstream's:
// ascending alignment, the order in which its writer lays tensors out backwards.
var safetensorsTypes = []struct {
	name DType
	block
}{
	{"BOOL", block{1, 1}},
	{"F4", block{2, 1}},
	{"F6_E2M3", block{4, 3}},
	{"F6_E3M2", block{4, 3}},
	{"U8", block{1, 1}},
	{"I8", block{1, 1}},
	{"F8_E5M2", block{1, 1}},
	{"F8_E4M3", block{1, 1}},
	{"F8_E8M0", block{1, 1}},
	{"F8_E4M3FNUZ", block{1, 1}},
	{"F8_E5M2FNUZ", block{1, 1}},
	{"I16", block{1, 2}},
	{"U16", block{1, 2}},
	{"F16", block{1, 2}},
	{"BF16", block{1, 2}},
	{"I32", block{1, 4}},
	{"U32", block{1, 4}},
	{"F32", block{1, 4}},
	{"C64", block{1, 8}},
	{"F64", block{1, 8}},
	{"I64", block{1, 8}},
	{"U64", block{1, 8}},
}

// SafetensorsDTypes are the dtypes that a safetensors header can name, in
// upstream's order.
func SafetensorsDTypes() []DType {
	names := make([]DType, len(safetensorsTypes))
	for i, t := range safetensorsTypes {
		names[i] = t.name
	}
	return names
}

// InSafetensors reports whether a safetensors header can name d.
func (d DType) InSafetensors() bool {
	_, ok := d.safetensorsBlock()
	return ok
}

func (d DType) safetensorsBlock() (block, bool) {
	for _, t := range safetensorsTypes {
		if t.name == d {
			return t.block, true
		}
	}
	return block{}, false
}

// Block returns the smallest run of elements of d that fills whole bytes, and
// how many bytes that is: 1 and 2 for BF16, 2 and 1 for F4, 256 and 144 for Q4_K.
// ok is false for a dtype that is in neither format.
func (d DType) Block() (elems, bytes int64, ok bool) {
	if b, ok := d.safetensorsBlock(); ok {
		return b.elems, b.bytes, true
	}
	t, ok := ggml.ByName(string(d))
	if !ok {
		return 0, 0, false
	}
	return t.BlockElems(), t.BlockBytes(), true
}

// Bytes returns the length in bytes of a tensor of that shape, outermost
// dimension first. ok is false if d is unknown, a dimension is negative, the
// product overflows, or the elements do not fill whole blocks. A ggml block lies
// within one row, so there the innermost dimension has to fill whole blocks; a
// sub-byte safetensors dtype packs across rows, so there the whole tensor has to.
// As upstream does, the product is taken from the outermost dimension inwards:
// an overflow is one even if a later dimension is zero.
func (d DType) Bytes(shape []int64) (n int64, ok bool) {
	elems, size, ok := d.Block()
	if !ok {
		return 0, false
	}
	total := uint64(1)
	for _, dim := range shape {
		hi, lo := bits.Mul64(total, uint64(dim))
		if dim < 0 || hi != 0 {
			return 0, false
		}
		total = lo
	}
	unit := total
	if !d.InSafetensors() {
		unit = 1
		if len(shape) > 0 {
			unit = uint64(shape[len(shape)-1])
		}
	}
	if unit%uint64(elems) != 0 {
		return 0, false
	}
	hi, lo := bits.Mul64(total/uint64(elems), uint64(size))
	if hi != 0 || lo > 1<<63-1 {
		return 0, false
	}
	return int64(lo), true
}
