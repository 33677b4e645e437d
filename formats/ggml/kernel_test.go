package ggml_test

import (
	"bytes"
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
	"testing"

	"dits/formats/ggml"
)

// kernelKinds are the types that there are kernels for.
var kernelKinds = []ggml.Type{
	ggml.Q2_K, ggml.Q3_K, ggml.Q4_K, ggml.Q5_K, ggml.Q6_K, ggml.Q4_0, ggml.Q4_1, ggml.Q5_0, ggml.Q5_1, ggml.Q8_0,
}

// odds returns weights with NaNs, infinities and numbers that overflow.
func odds(columns int) []float32 {
	weights := importances(columns)
	for i := 0; i < columns; i += 29 {
		weights[i] = []float32{float32(math.NaN()), float32(math.Inf(1)), math.MaxFloat32, 0}[i%4]
	}
	return weights
}

// kernelSources are rows to compare kernels on: also numbers of blocks that fill no vector, and ranges so narrow or
// so far from zero that a candidate's quants are beyond all bounds.
func kernelSources() []source {
	rng := rand.New(rand.NewPCG(31, 32))
	all := append(sources(), hostile()...)
	all = append(all,
		rowsOf("one block", 1, 256, func(int) float32 { return float32(rng.NormFloat64()) }),
		rowsOf("five blocks", 5, 256, func(int) float32 { return float32(rng.NormFloat64()) }),
		rowsOf("nearly equal", 8, 256, func(int) float32 { return math.Nextafter32(-7e5, float32(rng.IntN(3)-1)*1e9) }),
		rowsOf("one infinity", 8, 256, func(i int) float32 {
			if i%97 == 5 {
				return float32(math.Inf(1 - 2*rng.IntN(2)))
			}
			return float32(rng.NormFloat64())
		}),
		rowsOf("a tiny maximum", 64, 256, func(i int) float32 {
			if i%16 == 3 {
				return rng.Float32() * 1e-8
			}
			return -rng.Float32()
		}),
		rowsOf("just below a half", 4, 256, func(i int) float32 {
			if i%32 == 0 {
				return 127
			}
			return math.Nextafter32(float32(rng.IntN(9)-4)+0.5, 0)
		}),
		rowsOf("groups of NaNs", 4, 256, func(i int) float32 {
			if i/16%3 == 0 {
				return float32(math.NaN())
			}
			return float32(rng.NormFloat64())
		}),
		rowsOf("one NaN", 8, 256, func(i int) float32 {
			if i%89 == 5 {
				return float32(math.NaN())
			}
			return float32(rng.NormFloat64())
		}),
	)
	if underRace {
		all = slices.DeleteFunc(all, func(s source) bool { return len(s.rows) > 2048 })
	}
	return all
}

// TestKernelsQuantiseTheSame compares kernels with Go: blocks, hints, and what follows from hints, right or not.
func TestKernelsQuantiseTheSame(t *testing.T) {
	for _, s := range kernelSources() {
		for name, weights := range map[string][]float32{
			"no weights": nil, "weights": importances(s.columns), "negative weights": negated(importances(s.columns)), "odd weights": odds(s.columns),
		} {
			for _, kind := range kernelKinds {
				q := ggml.Quantiser{Type: kind, Columns: s.columns, Weights: weights}
				compareKernels(t, q, s, name)
			}
		}
	}
}

func compareKernels(t *testing.T, q ggml.Quantiser, s source, name string) {
	want := quantised(t, q.With("Go"), s.rows)
	got := bytes.Repeat([]byte{0xa5}, len(want)) // what was there must not matter
	for _, k := range ggml.Kernels() {
		if err := q.With(k).Rows(got, s.rows); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %v of %s, %s: %d of %d blocks differ, %v", k, q.Type, s.name, name, differing(got, want, q.Type), len(want)/int(q.Type.BlockBytes()), err)
		}
	}
	if q.Type.HintElems() == 0 {
		return
	}
	hints := make([]uint64, len(s.rows)/q.Type.HintElems())
	if err := q.With("Go").Hints(want, s.rows, hints); err != nil {
		t.Fatal(err)
	}
	for _, k := range ggml.Kernels() {
		found := make([]uint64, len(hints))
		if err := q.With(k).Hints(got, s.rows, found); err != nil || !bytes.Equal(got, want) || !slices.Equal(found, hints) {
			t.Errorf("%s: %v of %s, %s: other hints, %v", k, q.Type, s.name, name, err)
		}
	}
	last, wrong := slices.Clone(hints), slices.Clone(hints)
	for i, h := range hints {
		last[i] = 1 << bits.Len64(h) >> 1
		wrong[i] = 0x9e3779b97f4a7c15 * uint64(i)
	}
	for what, hints := range map[string][]uint64{"all": hints, "the last": last, "any": wrong} {
		if err := q.With("Go").Hinted(want, s.rows, hints); err != nil {
			t.Fatal(err)
		}
		for _, k := range ggml.Kernels() {
			if err := q.With(k).Hinted(got, s.rows, hints); err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s: %v of %s, %s: %s hints: %d blocks differ, %v", k, q.Type, s.name, name, what, differing(got, want, q.Type), err)
			}
		}
	}
}

// TestKernelsRoundTheSame compares kernels with Go on scales that quantisers make and on any.
func TestKernelsRoundTheSame(t *testing.T) {
	for _, s := range kernelSources() {
		for _, kind := range kernelKinds {
			n := len(s.rows) / int(kind.BlockElems())
			q := ggml.Quantiser{Type: kind, Columns: s.columns}
			for _, blocks := range [][]byte{quantised(t, &q, s.rows), randomBlocks(kind, n), make([]byte, n*int(kind.BlockBytes()))} {
				want := bytes.Clone(blocks)
				if err := kind.RoundWith("Go", want, s.rows); err != nil {
					t.Fatal(err)
				}
				for _, k := range ggml.Kernels() {
					got := bytes.Clone(blocks)
					if err := kind.RoundWith(k, got, s.rows); err != nil || !bytes.Equal(got, want) {
						t.Errorf("%s: %v of %s: %d of %d blocks differ, %v", k, kind, s.name, differing(got, want, kind), n, err)
					}
				}
			}
		}
	}
}

// BenchmarkKernels quantises, follows the last hints alone, and rounds, by each kernel.
func BenchmarkKernels(b *testing.B) {
	src, weights := gaussian(benchElems), importances(4096)
	for _, kind := range kernelKinds {
		blocks := make([]byte, benchElems/kind.BlockElems()*kind.BlockBytes())
		for _, k := range append([]string{"Go"}, ggml.Kernels()...) {
			run := func(what string, do func() error) {
				b.Run(kind.String()+"/"+what+"/"+k, func(b *testing.B) {
					b.SetBytes(4 * benchElems)
					for b.Loop() {
						if err := do(); err != nil {
							b.Fatal(err)
						}
					}
					b.ReportMetric(float64(b.N)*benchElems/1e6/b.Elapsed().Seconds(), "Mw/s")
				})
			}
			q := ggml.Quantiser{Type: kind, Columns: 4096}.With(k)
			run("quantise", func() error { return q.Rows(blocks, src) })
			run("weighted", func() error {
				return ggml.Quantiser{Type: kind, Columns: 4096, Weights: weights}.With(k).Rows(blocks, src)
			})
			if kind.HintElems() > 0 {
				hints := make([]uint64, len(src)/kind.HintElems())
				if err := q.Hints(blocks, src, hints); err != nil {
					b.Fatal(err)
				}
				for i, h := range hints {
					hints[i] = 1 << bits.Len64(h) >> 1
				}
				run("hinted", func() error { return q.Hinted(blocks, src, hints) })
			}
			run("round", func() error { return kind.RoundWith(k, blocks, src) })
		}
	}
}
