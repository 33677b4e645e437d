package tensorstore

import (
	"bytes"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/tensorstore/choose"
	"dits/tensorstore/codec"
	"dits/tensorstore/digest"
	"dits/tensorstore/predict"
)

// permuted is a matrix of rows of width bytes whose heads have their halves interleaved, as llama.cpp's
// converter does it.
func permuted(m []byte, width, heads int) []byte {
	d := len(m) / width / heads
	out := make([]byte, 0, len(m))
	for i := range len(m) / width {
		head, k := i/d*d, i%d
		row := head + k%2*(d/2) + k/2
		out = append(out, m[row*width:][:width]...)
	}
	return out
}

// asHalves is BF16 as F16, by the cast of package predict.
func asHalves(t *testing.T, b []byte) []byte {
	t.Helper()
	p := &predict.Prediction{Kind: predict.Cast, Elem: codec.F16, From: codec.BF16, Elements: int64(len(b) / 2), Sources: []digest.ID{{1}}}
	out := make([]byte, len(b))
	require.NoError(t, p.Predict(out, 0, openerOf(b)))
	return out
}

// TestPermutedHeads: queries and keys whose rows a converter has reordered cost no more than others,
// in both directions, cast or not, whatever the number of heads.
func TestPermutedHeads(t *testing.T) {
	const width, rows = 128, 192
	base := weights(11, rows*width)
	known := matrix(rows, width)
	for _, heads := range []int{1, 2, 6, 12, 24} {
		turned := permuted(base, 2*width, heads)
		require.Less(t, sizeOf(t, turned, known, base, known), int64(700), "%d heads", heads)
		require.Less(t, sizeOf(t, base, known, turned, known), int64(700), "%d heads, back", heads)

		half := known
		half.DType = "F16"
		s, _ := open(t, Options{})
		putAll(t, s, known, base)
		before := packBytes(t, s)
		halves := asHalves(t, turned)
		h := against(known, base)
		h.DType = "F16"
		putAll(t, s, h, halves)
		require.Less(t, packBytes(t, s)-before, int64(800), "%d heads, as F16", heads)
		s.chunks.Purge()
		requireBlob(t, s, halves)
	}
}

// TestFineTunedHeads: what is reordered may be changed too.
func TestFineTunedHeads(t *testing.T) {
	const width, rows, heads = 128, 384, 4
	base := weights(12, rows*width)
	ft := tuned(13, base)
	known := matrix(rows, width)
	plain := sizeOf(t, ft, known, base, known)
	turned := sizeOf(t, permuted(ft, 2*width, heads), known, base, known)
	require.InEpsilon(t, plain, turned, 0.03)
	require.False(t, bytes.Equal(base, ft))
}

// TestStrangersAreNotArranged: rows of another model are in no order.
func TestStrangersAreNotArranged(t *testing.T) {
	const width, rows = 128, 192
	a, b := weights(14, rows*width), weights(15, rows*width)
	known := matrix(rows, width)
	alone := sizeOf(t, a, known, nil, choose.Known{})
	require.InEpsilon(t, alone, sizeOf(t, a, known, b, known), 0.01)
}

// openerOf opens b, whatever is asked for.
func openerOf(b []byte) predict.Opener {
	return func(digest.ID) (io.ReaderAt, error) { return bytes.NewReader(b), nil }
}
