package ggml_test

import (
	"math/rand/v2"
	"testing"

	"dits/formats/ggml"
)

// gaussian returns n values like those of a trained layer.
func gaussian(n int) []float32 {
	rng := rand.New(rand.NewPCG(1, 2))
	values := make([]float32, n)
	for i := range values {
		values[i] = float32(rng.NormFloat64() * 0.02)
	}
	return values
}

const benchElems = 1 << 16

// forEachType runs a benchmark per type; a byte counted is a quarter of a weight.
func forEachType(b *testing.B, has func(ggml.Type) bool, run func(b *testing.B, t ggml.Type, src []float32, blocks []byte)) {
	src := gaussian(benchElems)
	for _, t := range ggml.Types() {
		if !has(t) {
			continue
		}
		blocks := make([]byte, benchElems/t.BlockElems()*t.BlockBytes())
		b.Run(t.String(), func(b *testing.B) {
			b.SetBytes(4 * benchElems)
			run(b, t, src, blocks)
			b.ReportMetric(float64(b.N)*benchElems/1e6/b.Elapsed().Seconds(), "Mw/s")
		})
	}
}

func BenchmarkQuantise(b *testing.B) {
	forEachType(b, ggml.Type.CanQuantise, func(b *testing.B, t ggml.Type, src []float32, blocks []byte) {
		q := ggml.Quantiser{Type: t, Columns: 4096}
		for b.Loop() {
			if err := q.Rows(blocks, src); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkQuantiseWeighted(b *testing.B) {
	weights := gaussian(4096)
	for i, v := range weights {
		weights[i] = v * v
	}
	forEachType(b, ggml.Type.CanQuantise, func(b *testing.B, t ggml.Type, src []float32, blocks []byte) {
		q := ggml.Quantiser{Type: t, Columns: 4096, Weights: weights}
		for b.Loop() {
			if err := q.Rows(blocks, src); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkHinted follows the hints of a search.
func BenchmarkHinted(b *testing.B) {
	hasHints := func(t ggml.Type) bool { return t.HintElems() > 0 }
	forEachType(b, hasHints, func(b *testing.B, t ggml.Type, src []float32, blocks []byte) {
		q := ggml.Quantiser{Type: t, Columns: 4096}
		hints := make([]uint64, len(src)/t.HintElems())
		if err := q.Hints(blocks, src, hints); err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			if err := q.Hinted(blocks, src, hints); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkRound(b *testing.B) {
	forEachType(b, ggml.Type.CanRound, func(b *testing.B, t ggml.Type, src []float32, blocks []byte) {
		q := ggml.Quantiser{Type: t, Columns: 4096}
		if err := q.Rows(blocks, src); err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			if err := t.Round(blocks, src); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkDequantise(b *testing.B) {
	forEachType(b, ggml.Type.CanDequantise, func(b *testing.B, t ggml.Type, src []float32, blocks []byte) {
		if t.CanQuantise() {
			q := ggml.Quantiser{Type: t, Columns: 4096}
			if err := q.Rows(blocks, src); err != nil {
				b.Fatal(err)
			}
		}
		for b.Loop() {
			if err := t.Dequantise(src, blocks); err != nil {
				b.Fatal(err)
			}
		}
	})
}
