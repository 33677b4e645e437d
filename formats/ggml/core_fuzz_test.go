package ggml_test

import (
	"bytes"
	"slices"
	"testing"

	"dits/formats/ggml"
)

// FuzzCore takes bytes as blocks, and their values and the bytes themselves as rows:
// whatever they are, everything works, and in the same way again and by every kernel.
func FuzzCore(f *testing.F) {
	for i, kind := range coreKinds {
		seed := randomBlocks(kind, 256/int(kind.BlockElems()))
		f.Add(uint8(i), seed, uint32(len(seed)))
		for _, n := range longLengths {
			if underRace && n > longLengths[0] {
				break
			}
			f.Add(uint8(i), randomBlocks(kind, 11*256/int(kind.BlockElems())), n)
		}
	}
	f.Fuzz(func(t *testing.T, which uint8, seed []byte, n uint32) {
		kind := coreKinds[int(which)%len(coreKinds)]
		blocks := tiledBlocks(kind, seed, n)
		if len(blocks) == 0 {
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
				if len(blocks) > 1<<12 && q.Fused {
					continue // no kernel
				}
				sameBlocks(t, q, row)
			}
			if kind.CanRound() {
				sameRounding(t, kind, blocks, row)
			}
		}
	})
}

// sameBlocks wants the same blocks twice, and of each kernel.
func sameBlocks(t *testing.T, q *ggml.Quantiser, row []float32) {
	want := quantised(t, q, row)
	for _, name := range append(ggml.Kernels(), "Go") {
		if got := quantised(t, q.With(name), row); !bytes.Equal(got, want) {
			t.Errorf("%s: %v, columns %d, weights %v, fused %v: %d blocks differ", name, q.Type, q.Columns, q.Weights != nil, q.Fused, differing(got, want, q.Type))
		}
	}
}

// sameRounding wants the same whatever quants were there, of each kernel.
func sameRounding(t *testing.T, kind ggml.Type, blocks []byte, row []float32) {
	want, other := bytes.Clone(blocks), withoutQuants(kind, blocks)
	for _, b := range [][]byte{want, other} {
		if err := kind.Round(b, row); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(want, other) {
		t.Error("rounding depends on the quants that were there")
	}
	for _, name := range slices.Insert(ggml.Kernels(), 0, "Go") {
		got := bytes.Clone(blocks)
		if err := kind.RoundWith(name, got, row); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %v rounds %d blocks otherwise, %v", name, kind, differing(got, want, kind), err)
		}
	}
}
