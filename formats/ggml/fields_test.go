package ggml_test

import (
	"testing"

	"dits/formats/ggml"
)

// TestFieldsTile holds every layout to its block: fields in order, no gap, no overlap.
func TestFieldsTile(t *testing.T) {
	for _, typ := range ggml.Types() {
		end := 0
		for _, f := range typ.Fields() {
			if f.Off != end || f.Len <= 0 || f.Name == "" {
				t.Errorf("%v: field %+v, want offset %d", typ, f, end)
			}
			if f.Kind == ggml.ScaleF16 && f.Len != 2 || f.Kind == ggml.ScaleF32 && f.Len != 4 {
				t.Errorf("%v: field %q is a %v of %d bytes", typ, f.Name, f.Kind, f.Len)
			}
			if (f.Kind == ggml.Values) != (typ.BlockElems() == 1) {
				t.Errorf("%v: field %q is %v", typ, f.Name, f.Kind)
			}
			end = f.Off + f.Len
		}
		if int64(end) != typ.BlockBytes() {
			t.Errorf("%v: fields end at %d, want %d", typ, end, typ.BlockBytes())
		}
	}
	for _, typ := range []ggml.Type{4, 31, 43, 1<<32 - 1} {
		if typ.Fields() != nil {
			t.Errorf("%v has fields", typ)
		}
	}
}

// TestFieldOffsets holds the fields that a layout mistake would swap to offsets
// written down from ggml-common.h.
func TestFieldOffsets(t *testing.T) {
	want := map[ggml.Type]map[string]int{
		ggml.Q2_K:   {"scales": 0, "qs": 16, "d": 80, "dmin": 82},
		ggml.Q3_K:   {"hmask": 0, "qs": 32, "scales": 96, "d": 108},
		ggml.Q5_K:   {"d": 0, "dmin": 2, "scales": 4, "qh": 16, "qs": 48},
		ggml.Q6_K:   {"ql": 0, "qh": 128, "scales": 192, "d": 208},
		ggml.Q8_K:   {"d": 0, "qs": 4, "bsums": 260},
		ggml.IQ2_S:  {"d": 0, "qs": 2, "signs": 34, "qh": 66, "scales": 74},
		ggml.IQ3_S:  {"d": 0, "qs": 2, "qh": 66, "signs": 74, "scales": 106},
		ggml.IQ4_XS: {"d": 0, "scales_h": 2, "scales_l": 4, "qs": 8},
		ggml.TQ1_0:  {"qs": 0, "qh": 48, "d": 52},
	}
	for typ, offs := range want {
		if got := len(typ.Fields()); got != len(offs) {
			t.Errorf("%v: got %d fields, want %d", typ, got, len(offs))
		}
		for _, f := range typ.Fields() {
			if off, ok := offs[f.Name]; !ok || off != f.Off {
				t.Errorf("%v: got %q at %d, want %d", typ, f.Name, f.Off, off)
			}
		}
	}
}
