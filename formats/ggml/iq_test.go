package ggml_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"dits/formats/ggml"
)

// gridKinds index grids. Upstream's library ends the process when it is to find a
// point near a NaN.
var gridKinds = []ggml.Type{
	ggml.IQ1_S, ggml.IQ1_M, ggml.IQ2_XXS, ggml.IQ2_XS, ggml.IQ2_S, ggml.IQ3_XXS, ggml.IQ3_S,
}

// iqSources returns the rows to try a type with.
func iqSources(kind ggml.Type) []source {
	if slices.Contains(gridKinds, kind) { // their searches are slow
		few := sources()
		for i := range few {
			few[i].rows = few[i].rows[:2*few[i].columns]
		}
		return few
	}
	return slices.Concat(sources(), hostile(), []source{extremes(), nearPowers()})
}

// iqWeights returns the importances to try a type with: nil, too, if upstream
// allows that.
func iqWeights(kind ggml.Type, columns int) [][]float32 {
	if kind == ggml.IQ1_S || kind == ggml.IQ2_XXS || kind == ggml.IQ2_XS {
		return [][]float32{importances(columns)}
	}
	return [][]float32{nil, importances(columns)}
}

// extremes returns rows of groups of 32: a few odd numbers among sane ones of any
// magnitude, odd ones only, and one odd number everywhere.
func extremes() source {
	rng := rand.New(rand.NewPCG(5, 6))
	odd := []float32{
		0, float32(math.Copysign(0, -1)), float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1)),
		math.SmallestNonzeroFloat32, 1e-38, -1e-38, math.MaxFloat32, -math.MaxFloat32, 1e-15, -1e-16,
		65504, 65520, 448, -248, 6, 1, -0.5, 1e20, -1e9,
	}
	var everywhere float32
	var size float64
	return rowsOf("extremes", 96, 256, func(i int) float32 {
		if i%32 == 0 {
			everywhere, size = odd[rng.IntN(len(odd))], math.Pow(2, float64(rng.IntN(270)-145))
		}
		switch way := i / 32 % 3; {
		case way == 0 && rng.IntN(20) > 0:
			return float32(rng.NormFloat64() * size)
		case way == 1:
			return everywhere
		}
		return odd[rng.IntN(len(odd))]
	})
}

// nearPowers returns rows whose groups of 32 have one number each, at most 63 units
// under a power of two: some have a logarithm that rounds up.
func nearPowers() source {
	return rowsOf("near powers of two", 64, 256*32, func(i int) float32 {
		power, units := uint32(i/32%256), uint32(i/32/256)
		if i%32 != 5 || power == 0 {
			return 0
		}
		return math.Float32frombits(power<<23 - units)
	})
}

func dequantised(t testing.TB, kind ggml.Type, blocks []byte) []float32 {
	t.Helper()
	values := make([]float32, int64(len(blocks))/kind.BlockBytes()*kind.BlockElems())
	if err := kind.Dequantise(values, blocks); err != nil {
		t.Fatal(err)
	}
	return values
}

func quantised(t testing.TB, q *ggml.Quantiser, src []float32) []byte {
	t.Helper()
	blocks := make([]byte, int64(len(src))/q.Type.BlockElems()*q.Type.BlockBytes())
	if err := q.Rows(blocks, src); err != nil {
		t.Fatal(err)
	}
	return blocks
}

// allIQKinds are the types in iqArithmetics.
var allIQKinds = append(slices.Clone(iqKinds), ggml.Q2_0)

// TestIQRound rounds to scales that are there: those of the quantiser give its codes
// again, nearly all where it rounds with a scale that is not stored as exactly.
func TestIQRound(t *testing.T) {
	least := map[ggml.Type]float64{ // of bytes
		ggml.IQ4_NL: 0.999, ggml.IQ4_XS: 0.995, ggml.TQ1_0: 0.999, ggml.TQ2_0: 0.999, ggml.Q2_0: 0.999,
		ggml.MXFP4: 1, ggml.NVFP4: 1, ggml.Q1_0: 1,
	}
	rows := gaussian(1 << 16)
	for _, kind := range allIQKinds {
		if !kind.CanRound() {
			continue
		}
		want := quantised(t, &ggml.Quantiser{Type: kind, Columns: 1024}, rows)
		got := slices.Clone(want)
		flipQuants(kind, got)
		if err := kind.Round(got, rows); err != nil {
			t.Fatal(err)
		}
		if share := sharedBytes(got, want); share < least[kind] || least[kind] == 0 {
			t.Errorf("%v: got %.5f of the bytes, want %.5f", kind, share, least[kind])
		}
	}
}

// TestIQRoundAnything rounds hostile rows to arbitrary scales: those stay as they
// are, and what the quants were before does not matter.
func TestIQRoundAnything(t *testing.T) {
	for _, s := range append(hostile(), extremes()) {
		for _, kind := range allIQKinds {
			if !kind.CanRound() {
				continue
			}
			one := randomBlocks(kind, len(s.rows)/int(kind.BlockElems()))
			other, scales := slices.Clone(one), slices.Clone(one)
			flipQuants(kind, other)
			for _, blocks := range [][]byte{one, other} {
				if err := kind.Round(blocks, s.rows); err != nil {
					t.Fatal(err)
				}
			}
			if n := differing(one, other, kind); n > 0 {
				t.Errorf("%v, %s: %d blocks depend on what was there", kind, s.name, n)
			}
			for i, changed := range changedFields(kind, scales, one) {
				if f := kind.Fields()[i]; changed && f.Kind.IsScale() {
					t.Errorf("%v, %s: the scales in %s changed", kind, s.name, f.Name)
				}
			}
		}
	}
}

// TestIQHostileRows quantises what makes upstream's library end the process.
func TestIQHostileRows(t *testing.T) {
	for _, s := range append(hostile(), extremes()) {
		for _, kind := range gridKinds {
			if !kind.CanQuantise() {
				continue
			}
			rows := s.rows[:4*s.columns] // the searches are slow
			for _, weights := range append(iqWeights(kind, s.columns), rows[:s.columns]) {
				quantised(t, &ggml.Quantiser{Type: kind, Columns: s.columns, Weights: weights}, rows)
			}
		}
	}
}

// TestIQWantsWeights refuses what upstream refuses.
func TestIQWantsWeights(t *testing.T) {
	for _, kind := range []ggml.Type{ggml.IQ2_XXS, ggml.IQ2_XS} {
		q := ggml.Quantiser{Type: kind, Columns: 256}
		if err := q.Rows(make([]byte, kind.BlockBytes()), make([]float32, 256)); err == nil {
			t.Errorf("%v: quantised without weights", kind)
		}
	}
}

// flipQuants changes every byte that is not of a scale.
func flipQuants(kind ggml.Type, blocks []byte) {
	for ; len(blocks) > 0; blocks = blocks[kind.BlockBytes():] {
		for _, f := range kind.Fields() {
			for i := range f.Len {
				if !f.Kind.IsScale() {
					blocks[f.Off+i] ^= 0xa5
				}
			}
		}
	}
}

// changedFields reports for each field whether it differs in any block.
func changedFields(kind ggml.Type, a, b []byte) []bool {
	changed := make([]bool, len(kind.Fields()))
	for ; len(a) > 0; a, b = a[kind.BlockBytes():], b[kind.BlockBytes():] {
		for i, f := range kind.Fields() {
			changed[i] = changed[i] || !slices.Equal(a[f.Off:f.Off+f.Len], b[f.Off:f.Off+f.Len])
		}
	}
	return changed
}

// sharedBytes returns the share of equal bytes.
func sharedBytes(a, b []byte) float64 {
	same := 0
	for i := range a {
		if a[i] == b[i] {
			same++
		}
	}
	return float64(same) / float64(len(a))
}
