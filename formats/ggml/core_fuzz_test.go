package ggml_test

import (
	"bytes"
	"testing"

	"dits/formats/ggml"
)

// FuzzCore takes bytes as blocks, and their values and the bytes themselves as rows:
// whatever they are, everything works, and in the same way again.
func FuzzCore(f *testing.F) {
	for i, kind := range coreKinds {
		f.Add(uint8(i), randomBlocks(kind, 256/int(kind.BlockElems())))
	}
	f.Fuzz(func(t *testing.T, which uint8, blocks []byte) {
		kind := coreKinds[int(which)%len(coreKinds)]
		blocks = blocks[:len(blocks)-len(blocks)%int(kind.BlockBytes())]
		if len(blocks) == 0 || len(blocks) > 1<<12 {
			return
		}
		values := dequantised(t, kind, blocks)
		raw := make([]float32, len(values))
		if err := ggml.F32.Dequantise(raw[:len(blocks)/4], blocks[:len(blocks)/4*4]); err != nil {
			t.Fatal(err)
		}
		for _, row := range [][]float32{values, raw} {
			for _, q := range []*ggml.Quantiser{
				{Type: kind, Columns: len(row)}, {Type: kind, Columns: len(row), Fused: true},
				{Type: kind, Columns: len(row), Weights: raw}, {Type: kind, Columns: len(row), Weights: raw, Fused: true},
			} {
				if !bytes.Equal(quantised(t, q, row), quantised(t, q, row)) {
					t.Errorf("two blocks for one row: %+v", q)
				}
			}
			if !kind.CanRound() {
				continue
			}
			first, second := bytes.Clone(blocks), withoutQuants(kind, blocks)
			for _, b := range [][]byte{first, second} {
				if err := kind.Round(b, row); err != nil {
					t.Fatal(err)
				}
			}
			if !bytes.Equal(first, second) {
				t.Error("rounding depends on the quants that were there")
			}
		}
	})
}
