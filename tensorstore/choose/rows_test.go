package choose

import (
	"bytes"
	"context"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/tensorstore/codec"
	"dits/tensorstore/digest"
	"dits/tensorstore/predict"
	"dits/tensorstore/storetest"
)

// A comparison of rows that is cancelled ends with the context's error.
func TestComparingRowsIsCancelled(t *testing.T) {
	base := storetest.Weights(1, 2000*96)
	grown := slices.Concat(storetest.Tuned(1, base), storetest.Weights(2, 96))
	tr := rowsTrial(grown, base)
	relatives := []Relative{{Blob: digest.Sum(base), DType: "BF16"}}
	require.NoError(t, tr.read())
	c, err := tr.bestRows(context.Background(), relatives, false)
	require.NoError(t, err)
	require.NotNil(t, c)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = tr.bestRows(ctx, relatives, false)
	require.ErrorIs(t, err, context.Canceled)
}

// What new rows cost is estimated as they are coded.
func TestHalfOfTheRowsAreNew(t *testing.T) {
	base := storetest.Weights(1, 2000*96)
	grown := slices.Concat(storetest.Weights(2, 1000*96), storetest.Tuned(1, base), storetest.Weights(3, 1000*96))
	tr := rowsTrial(grown, base)
	require.NoError(t, tr.read())
	c, err := tr.bestRows(context.Background(), []Relative{{Blob: digest.Sum(base), DType: "BF16"}}, false)
	require.NoError(t, err)
	p, err := settle(tr.sources, c)
	require.NoError(t, err)
	require.InEpsilon(t, coded(p, grown), c.cost, 0.03)
}

// New rows say nothing about the change of those that have a source.
func TestNewRowsDoNotCountAsChange(t *testing.T) {
	base := storetest.Weights(1, 500*96)
	ft := storetest.Tuned(1, base)
	p := &predict.Prediction{Kind: predict.Rows, Elem: codec.BF16, From: codec.BF16, Elements: 600 * 96, Width: 96,
		Sources: []digest.ID{digest.Sum(base)}, By: predict.Runs{{Row: 50, Len: 500}}}
	measure := func(added []byte) *codec.Activity {
		b := slices.Concat(added[:50*192], ft, added[50*192:])
		tr := rowsTrial(b, base)
		a, err := tr.measure(context.Background(), p, codec.RowColScales)
		require.NoError(t, err)
		return a
	}
	require.Equal(t, measure(make([]byte, 100*192)), measure(storetest.Weights(2, 100*96)))
}

// coded is how many bytes a tensor takes by a plan.
func coded(p *Plan, b []byte) (sum int) {
	for _, o := range p.Objects() {
		_, enc := Compress(nil, o.Payload)
		sum += len(enc)
	}
	for off := 0; off < len(b); {
		part, most := p.At(int64(off), int64(len(b)))
		n := min(int(most), 256<<10)
		sum += len(part.Encode(nil, b[off:off+n], int64(off)).Payload)
		off += n
	}
	return sum
}

// rowsTrial is of rows of 96 weights each.
func rowsTrial(b, base []byte) *Trial {
	return &Trial{sources: blobsOf(base), Options: Options{Depth: 4, Workers: 2},
		src: bytes.NewReader(b), size: int64(len(b)), elem: codec.BF16, width: 96, row: 96}
}
