package ggml_test

import (
	"strings"
	"testing"

	"dits/formats/ggml"
)

// TestBlocks holds the table to sizes written down from the static_asserts of
// ggml-common.h, not from the fields that the table adds up.
func TestBlocks(t *testing.T) {
	want := map[string][3]int64{ // number, elements, bytes
		"F32": {0, 1, 4}, "F16": {1, 1, 2}, "Q4_0": {2, 32, 18}, "Q4_1": {3, 32, 20}, "Q5_0": {6, 32, 22},
		"Q5_1": {7, 32, 24}, "Q8_0": {8, 32, 34}, "Q8_1": {9, 32, 36}, "Q2_K": {10, 256, 84}, "Q3_K": {11, 256, 110},
		"Q4_K": {12, 256, 144}, "Q5_K": {13, 256, 176}, "Q6_K": {14, 256, 210}, "Q8_K": {15, 256, 292},
		"IQ2_XXS": {16, 256, 66}, "IQ2_XS": {17, 256, 74}, "IQ3_XXS": {18, 256, 98}, "IQ1_S": {19, 256, 50},
		"IQ4_NL": {20, 32, 18}, "IQ3_S": {21, 256, 110}, "IQ2_S": {22, 256, 82}, "IQ4_XS": {23, 256, 136},
		"I8": {24, 1, 1}, "I16": {25, 1, 2}, "I32": {26, 1, 4}, "I64": {27, 1, 8}, "F64": {28, 1, 8},
		"IQ1_M": {29, 256, 56}, "BF16": {30, 1, 2}, "TQ1_0": {34, 256, 54}, "TQ2_0": {35, 256, 66},
		"MXFP4": {39, 32, 17}, "NVFP4": {40, 64, 36}, "Q1_0": {41, 128, 18}, "Q2_0": {42, 64, 18},
	}
	if got := len(ggml.Types()); got != len(want) {
		t.Errorf("got %d types, want %d", got, len(want))
	}
	for _, typ := range ggml.Types() {
		got := [3]int64{int64(typ), typ.BlockElems(), typ.BlockBytes()}
		if got != want[typ.String()] {
			t.Errorf("%v: got %v, want %v", typ, got, want[typ.String()])
		}
		if back, ok := ggml.ByName(typ.String()); !ok || back != typ || !typ.Known() || typ.Check() != nil {
			t.Errorf("%v: got %v, %t by name, known: %t, %v", typ, back, ok, typ.Known(), typ.Check())
		}
	}
	if ggml.Q4_K.BlockBytes() != 144 || ggml.Q2_0.BlockElems() != 64 {
		t.Error("the named constants are not the rows of the table")
	}
}

func TestRefusedTypes(t *testing.T) {
	for typ, want := range map[ggml.Type]string{
		4: "ggml type 4 (Q4_2) was removed", 5: "(Q4_3)", 31: "(Q4_0_4_4)", 32: "(Q4_0_4_8)", 33: "(Q4_0_8_8)",
		36: "(IQ4_NL_4_4)", 37: "(IQ4_NL_4_8)", 38: "(IQ4_NL_8_8)",
		43: "ggml type: got 43, want at most 42", 1<<32 - 1: "got 4294967295",
	} {
		err := typ.Check()
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%d: got %v, want %q", uint32(typ), err, want)
		}
		if typ.Known() || typ.BlockElems() != 0 || typ.BlockBytes() != 0 {
			t.Errorf("%v is known", typ)
		}
		if _, ok := ggml.ByName(typ.String()); ok {
			t.Errorf("%v is found by name", typ)
		}
	}
	if got := ggml.Type(99).String(); got != "type 99" {
		t.Errorf("got %q", got)
	}
}
