package diff

import (
	"bytes"
	"context"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/formats"
	"dits/formats/number"
	"dits/repo/repotest"
)

// lowRank is an m×n matrix of normal numbers and the same with a change of some rank, both rounded.
func lowRank(d formats.DType, m, n, rank int, size float64) (a, b []byte) {
	rng := rand.New(rand.NewPCG(3, uint64(rank)))
	normal := func(n int) []float64 {
		v := make([]float64, n)
		for i := range v {
			v[i] = rng.NormFloat64()
		}
		return v
	}
	left, right, w := normal(m*rank), normal(rank*n), normal(m*n)
	moved := make([]float64, m*n)
	for i := range w {
		w[i] = repotest.Grid(d).Round(0.02 * w[i])
		moved[i] = w[i]
		for k := range rank {
			moved[i] += size * left[i/n*rank+k] * right[k*n+i%n]
		}
	}
	return repotest.Floats(d, w), repotest.Floats(d, moved)
}

// TestRank finds the rank of changes above the noise of rounding, in matrices of each shape.
func TestRank(t *testing.T) {
	for _, tt := range []struct {
		dtype      formats.DType
		m, n, rank int
		size       float64
		want       int64
		least      bool
	}{
		{"BF16", 128, 96, 0, 0, 0, false},
		{"BF16", 128, 96, 1, 1e-3, 1, false},
		{"BF16", 96, 200, 8, 1e-3, 8, false},
		{"BF16", 300, 96, 64, 1e-3, 64, false},
		{"BF16", 128, 96, 8, 1e-7, 0, false}, // all of it below half a unit in the last place
		{"F16", 128, 96, 8, 1e-4, 8, false},
		{"F32", 128, 96, 8, 1e-6, 8, false},
		{"F32", 700, 600, 84, 1e-3, 84, false},          // more than the first sketch has, and all of the change
		{"F32", 700, 600, 600, 1e-3, firstSketch, true}, // a lower bound
		{"F32", 20, 30, 20, 1e-3, 20, false},
		{"BF16", 512, 320, 300, 1e-3, 300, false}, // a small matrix has all its directions looked at
		{"BF16", 700, 520, 16, 1e-3, 16, false},
		{"BF16", 320, 700, 290, 1e-3, 290, false},
		{"F32", 200, 96, 8, 1e3, 8, false}, // the noise is too far below the change for squares
	} {
		if repotest.Race && tt.m > 500 {
			continue // nothing there runs side by side
		}
		a, b := lowRank(tt.dtype, tt.m, tt.n, tt.rank, tt.size)
		d := TensorDiff{Shape: []int64{int64(tt.m), int64(tt.n)}}
		of := func(b []byte) number.Operand { return number.Operand{R: bytes.NewReader(b), DType: tt.dtype} }
		require.NoError(t, d.findRank(context.Background(), of(a), of(b)))
		require.NotNil(t, d.Rank)
		require.Equal(t, tt.want, *d.Rank, "%+v", tt)
		require.Equal(t, tt.least, d.RankLeast, "%+v", tt)
		if tt.want > 0 && !tt.least {
			require.Greater(t, float64(*d.Energy), 0.99, "%+v", tt)
		}
	}
	d := TensorDiff{Shape: []int64{16}}
	require.NoError(t, d.findRank(context.Background(), number.Operand{}, number.Operand{}))
	require.Nil(t, d.Rank, "a vector has none")
}

func TestCommonRank(t *testing.T) {
	of := func(rank, rows int64) TensorDiff {
		return TensorDiff{Shape: []int64{rows, 256}, Changed: 1, Rank: &rank}
	}
	least := of(16, 256)
	least.RankLeast = true
	same := TensorDiff{Shape: []int64{256, 256}}
	vector := TensorDiff{Shape: []int64{256}, Changed: 1}
	for _, tt := range []struct {
		want    int64
		tensors []TensorDiff
	}{
		{16, []TensorDiff{of(16, 256), same, of(16, 512)}},
		{16, []TensorDiff{of(16, 256), of(16, 256), of(15, 256)}}, // a weak direction is lost in the noise
		{0, []TensorDiff{of(16, 256), of(15, 256)}},
		{0, []TensorDiff{of(16, 256), of(16, 32)}}, // half of the matrix
		{0, []TensorDiff{of(16, 256), vector}},
		{0, []TensorDiff{of(16, 256), least}},
		{0, []TensorDiff{of(0, 256)}},
		{0, []TensorDiff{same}},
		{0, nil},
	} {
		require.Equal(t, tt.want, commonRank(tt.tensors))
	}
}
