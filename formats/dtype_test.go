package formats_test

import (
	"math"
	"testing"

	"dits/formats"
	"dits/formats/ggml"
)

// bitSizes are Dtype::bitsize of safetensors 0.8.0.
var bitSizes = map[formats.DType]int64{
	"BOOL": 8, "F4": 4, "F6_E2M3": 6, "F6_E3M2": 6, "U8": 8, "I8": 8, "F8_E5M2": 8, "F8_E4M3": 8, "F8_E8M0": 8,
	"F8_E4M3FNUZ": 8, "F8_E5M2FNUZ": 8, "I16": 16, "U16": 16, "F16": 16, "BF16": 16, "I32": 32, "U32": 32,
	"F32": 32, "C64": 64, "F64": 64, "I64": 64, "U64": 64,
}

func TestBlock(t *testing.T) {
	if got := len(formats.SafetensorsDTypes()); got != len(bitSizes) {
		t.Errorf("got %d dtypes, want %d", got, len(bitSizes))
	}
	for _, d := range formats.SafetensorsDTypes() {
		elems, bytes, ok := d.Block()
		if !ok || bytes*8 != elems*bitSizes[d] || elems > 1 && (elems/2)*bitSizes[d]%8 == 0 {
			t.Errorf("%s: got %d elements in %d bytes, want the smallest whole number of bytes of %d bits", d, elems, bytes, bitSizes[d])
		}
	}
	for _, typ := range ggml.Types() {
		elems, bytes, ok := formats.DType(typ.String()).Block()
		if !ok || elems != typ.BlockElems() || bytes != typ.BlockBytes() {
			t.Errorf("%v: got %d, %d, %t, want %d, %d", typ, elems, bytes, ok, typ.BlockElems(), typ.BlockBytes())
		}
	}
	for _, d := range []formats.DType{"", "f32", "Q4_2", "type 99", "Q4_0_4_4"} {
		if _, _, ok := d.Block(); ok || d.InSafetensors() {
			t.Errorf("%q is known", d)
		}
	}
	if formats.DType("Q8_0").InSafetensors() {
		t.Error("Q8_0 is in safetensors")
	}
}

func TestBytes(t *testing.T) {
	const none = -1
	for _, c := range []struct {
		dtype formats.DType
		shape []int64
		want  int64
	}{
		{"F32", nil, 4},
		{"BF16", []int64{3, 5}, 30},
		{"BF16", []int64{3, 0, 5}, 0},
		{"F4", []int64{1, 2}, 1},
		{"F4", []int64{2, 1}, 1},
		{"F4", []int64{3}, none},
		{"F6_E2M3", []int64{2, 2}, 3},
		{"F6_E2M3", []int64{6}, none},
		{"Q4_K", []int64{2, 512}, 2 * 2 * 144},
		{"Q4_K", []int64{512, 2}, none},
		{"Q4_K", []int64{256, 0}, 0},
		{"Q4_K", nil, none},
		{"F32", []int64{-1}, none},
		{"F32", []int64{-1, -4}, none},
		{"F32", []int64{0, -1}, none},
		{"U8", []int64{math.MaxInt64}, math.MaxInt64},
		{"U16", []int64{math.MaxInt64}, none},
		{"U8", []int64{1 << 32, 1 << 32}, none},
		{"U8", []int64{1 << 32, 1 << 31}, none},
		{"F4", []int64{1 << 32, 1 << 31}, 1 << 62},
		{"U8", []int64{1 << 32, 1 << 32, 0}, none},
		{"U8", []int64{0, 1 << 32, 1 << 32}, 0},
		{"C64", []int64{1 << 62}, none},
		{"nonsense", []int64{1}, none},
	} {
		got, ok := c.dtype.Bytes(c.shape)
		if ok != (c.want != none) || ok && got != c.want {
			t.Errorf("%s%v: got %d, %t, want %d", c.dtype, c.shape, got, ok, c.want)
		}
	}
}
