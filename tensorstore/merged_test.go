package tensorstore

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/tensorstore/choose"
	"dits/tensorstore/codec"
	"dits/tensorstore/digest"
	"dits/tensorstore/predict"
)

// TestMergedAdapterCostsNothing: a matrix with an adapter merged costs some hundred bytes where base and
// adapter are in the store, in whatever order the merge rounded, turned or not, and whatever its scale.
func TestMergedAdapterCostsNothing(t *testing.T) {
	const rows, columns, rank = 192, 128, 8
	base := weights(51, rows*columns)
	for name, c := range map[string]struct {
		scale      float32
		order      predict.MergeOrder
		transposed bool
	}{
		"float32 throughout": {2, 0, false},
		"rounded product":    {0.5, 1, false},
		"rounded change":     {2, 2, false},
		"both":               {1.5, 3, false},
		"scaled B":           {2, 4, false},
		"rslora":             {float32(16 / math.Sqrt(rank)), 0, false},
		"turned":             {2, 3, true},
	} {
		t.Run(name, func(t *testing.T) {
			in, out := columns, rows
			if c.transposed {
				in, out = rows, columns
			}
			a, b := weights(52, rank*in), weights(53, out*rank)
			p := &predict.Prediction{Kind: predict.Merged, Elem: codec.BF16, From: codec.BF16, Elements: rows * columns, Width: columns, Sources: []digest.ID{digest.Sum(base)},
				By: &predict.Merge{A: digest.Sum(a), B: digest.Sum(b), Elem: codec.BF16, Rank: rank, Scale: c.scale, Order: c.order, Transposed: c.transposed}}
			s, _ := open(t, Options{})
			putAll(t, s, matrix(rows, columns), base)
			putAll(t, s, matrix(rank, int64(in)), a)
			putAll(t, s, matrix(int64(out), rank), b)
			merged := make([]byte, 2*rows*columns)
			require.NoError(t, p.Predict(merged, 0, s.opener(newReach())))

			before := packBytes(t, s)
			h := against(matrix(rows, columns), base)
			h.Adapters = []choose.Adapter{{A: digest.Sum(b), B: digest.Sum(a), DType: "BF16", Rank: rank + 1}, {A: digest.Sum(a), B: digest.Sum(b), DType: "BF16", Rank: rank}}
			putAll(t, s, h, merged)
			require.Less(t, packBytes(t, s)-before, int64(900))
			s.chunks.Purge()
			requireBlob(t, s, merged)
		})
	}
}

// TestAnotherAdapter: one that was not merged changes nothing.
func TestAnotherAdapter(t *testing.T) {
	const rows, columns, rank = 192, 128, 8
	base := weights(54, rows*columns)
	ft := tuned(55, base)
	a, b := weights(56, rank*columns), weights(57, rows*rank)
	s, _ := open(t, Options{})
	putAll(t, s, matrix(rows, columns), base)
	putAll(t, s, matrix(rank, columns), a)
	putAll(t, s, matrix(rows, rank), b)
	before := packBytes(t, s)
	h := against(matrix(rows, columns), base)
	h.Adapters = []choose.Adapter{{A: digest.Sum(a), B: digest.Sum(b), DType: "BF16", Rank: rank}}
	putAll(t, s, h, ft)
	require.InEpsilon(t, sizeOf(t, ft, matrix(rows, columns), base, matrix(rows, columns)), packBytes(t, s)-before, 0.01)
	requireBlob(t, s, ft)
}
