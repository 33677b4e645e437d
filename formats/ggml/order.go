package ggml

// twoBytes are the fields of a block that are numbers of two bytes, as offset and count: what a machine of the other byte
// order writes otherwise. Their places are those of the block structs in ggml-common.h. A type that is not listed has
// other fields, or is not written in that order.
var twoBytes = map[string][][2]int{
	"F16": {{0, 1}}, "BF16": {{0, 1}}, "I16": {{0, 1}}, "I8": {},
	"Q4_0": {{0, 1}}, "Q4_1": {{0, 2}}, "Q5_0": {{0, 1}}, "Q5_1": {{0, 2}}, "Q8_0": {{0, 1}}, "Q8_1": {{0, 2}},
	"Q2_K": {{80, 2}}, "Q3_K": {{108, 1}}, "Q4_K": {{0, 2}}, "Q5_K": {{0, 2}}, "Q6_K": {{208, 1}},
	"IQ2_XXS": {{0, 33}}, "IQ2_XS": {{0, 33}}, "IQ2_S": {{0, 1}}, "IQ3_XXS": {{0, 1}}, "IQ3_S": {{0, 1}},
	"IQ4_NL": {{0, 1}}, "IQ4_XS": {{0, 2}}, "TQ1_0": {{52, 1}}, "TQ2_0": {{64, 1}}, "MXFP4": {}, "Q1_0": {{0, 1}}, "Q2_0": {{0, 1}},
}

// moreBytes are the types whose elements are numbers of more bytes.
var moreBytes = map[string]int{"F32": 4, "I32": 4, "F64": 8, "I64": 8}

// CanSwap says that [Type.Swap] knows the type.
func (t Type) CanSwap() bool {
	_, known := twoBytes[t.String()]
	return known || moreBytes[t.String()] > 0
}

// Swap turns whole blocks from one byte order into the other, in place.
func (t Type) Swap(blocks []byte) {
	if n := moreBytes[t.String()]; n > 0 {
		for ; len(blocks) >= n; blocks = blocks[n:] {
			reverse(blocks[:n])
		}
		return
	}
	fields, size := twoBytes[t.String()], int(t.BlockBytes())
	for ; len(blocks) >= size; blocks = blocks[size:] {
		for _, f := range fields {
			for i := range f[1] {
				reverse(blocks[f[0]+2*i:][:2])
			}
		}
	}
}

func reverse(b []byte) {
	for i, j := 0, len(b)-1; i < j; i, j = i+1, j-1 {
		b[i], b[j] = b[j], b[i]
	}
}
