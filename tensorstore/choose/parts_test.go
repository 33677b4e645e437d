package choose

import (
	"bytes"
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/tensorstore/codec"
	"dits/tensorstore/digest"
	"dits/tensorstore/predict"
	"dits/tensorstore/storetest"
)

// TestPartsOfOneTensor: parts are as large as the cache allows, of several sources or a longer chain smaller ones,
// and none where the prediction is no plain one.
func TestPartsOfOneTensor(t *testing.T) {
	for name, c := range map[string]struct {
		edit func(*Trial, *candidate)
		rows int64
	}{
		"one source":        {func(*Trial, *candidate) {}, 6000},
		"two":               {func(_ *Trial, c *candidate) { c.pred.Kind, c.pred.Sources = predict.Combined, make([]digest.ID, 2) }, 3000},
		"a source's source": {func(_ *Trial, c *candidate) { c.depth = 2 }, 3000},
		"F32":               {func(_ *Trial, c *candidate) { c.pred.Kind, c.pred.From = predict.Cast, codec.F32 }, 3000},
		"too small":         {func(tr *Trial, _ *candidate) { tr.PartBytes = 1 << 10 }, 500},
		"short":             {func(tr *Trial, _ *candidate) { tr.size = 6000 * 2048 }, 0},
		"no source":         {func(_ *Trial, c *candidate) { c.pred.Kind = predict.Alone }, 0},
		"at once":           {func(tr *Trial, _ *candidate) { tr.PartBytes = 0 }, 0},
		"quants":            {func(tr *Trial, _ *candidate) { tr.elem = elemOf("Q8_0") }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			tr := &Trial{elem: codec.BF16, width: 1024, size: 18000 * 2048, Options: Options{PartBytes: 6500 * 2048}}
			cand := &candidate{depth: 1, pred: &predict.Prediction{
				Kind: predict.Relative, Elem: codec.BF16, From: codec.BF16, Sources: make([]digest.ID, 1)}}
			c.edit(tr, cand)
			require.Equal(t, c.rows, tr.partRows(cand))
		})
	}
}

// TestPartsReachIntoTheNext: the last chunk of a part ends in rows of the next.
func TestPartsReachIntoTheNext(t *testing.T) {
	const rows, width = 3000, 512
	base := storetest.Weights(4, rows*width)
	tune := storetest.TunedRows(5, base, width)
	o := Options{Depth: 4, Workers: 2, MaxChunk: 64 << 10}
	tr := NewTrial(blobsOf(base), o, bytes.NewReader(tune), int64(len(tune)), matrixOf(rows, width))
	c := tr.against(Relative{Blob: digest.Sum(base), DType: "BF16"})
	got, err := (&parting{tr, c}).scaled(context.Background(), 0, 1000)
	require.NoError(t, err)
	want, err := tr.measureRows(context.Background(), c.pred, codec.RowColScales, 0, 1064)
	require.NoError(t, err)
	require.Equal(t, want, got.pred.Activity)
}
