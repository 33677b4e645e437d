package tensorstore

import (
	"bytes"
	"context"
	"encoding/binary"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/cdc"
	"dits/tensorstore/codec"
	"dits/tensorstore/digest"
	"dits/tensorstore/predict"
)

// partsChunking has chunks that are small beside the parts in these tests.
var partsChunking = cdc.Params{Min: 16 << 10, Avg: 32 << 10, Max: 64 << 10}

// openSmall opens a store with a cache of n bytes.
func openSmall(t *testing.T, n int64) (*Store, *memIndex) {
	s, x := open(t, Options{Chunking: partsChunking})
	s.chunks = newChunkCache(n)
	return s, x
}

// tunedRows is a fine-tune of BF16 weights whose rows and columns have moved by more or less.
func tunedRows(seed uint64, base []byte, width int) []byte {
	r := rand.New(rand.NewPCG(seed, 0))
	out := bytes.Clone(base)
	for i := range len(base) / 2 {
		by := r.NormFloat64() * float64(int(1)<<(i/width*7%5)) * float64(int(1)<<(i%width%4))
		binary.LittleEndian.PutUint16(out[2*i:], binary.LittleEndian.Uint16(base[2*i:])+uint16(int16(by)))
	}
	return out
}

// TestLongSourcesAreDecodedOnce: a tensor whose source is far longer than the cache of decoded chunks is measured
// and coded part by part.
func TestLongSourcesAreDecodedOnce(t *testing.T) {
	const rows, width = 8001, 512
	base := weights(1, rows*width)
	tune := tunedRows(2, base, width)
	h := matrix(rows, width)

	s, x := openSmall(t, 2<<20)
	putAll(t, s, h, base)
	before := s.chunks.added
	parted := putAll(t, s, against(h, base), tune)[0]
	decoded := s.chunks.added - before
	require.Less(t, decoded, int64(len(base))*11/10, "of a source of %d bytes", len(base))

	predictions := map[digest.ID]bool{}
	for _, c := range chunksOf(t, x, tune) {
		require.Equal(t, uint8(codec.Delta), c.Encoding)
		predictions[c.Prediction] = true
	}
	require.Greater(t, len(predictions), 4)
	s.chunks.Purge()
	requireBlob(t, s, tune)

	large, _ := openSmall(t, 64<<20)
	putAll(t, large, h, base)
	whole := putAll(t, large, against(h, base), tune)[0]
	require.Less(t, float64(parted.Stored), 1.005*float64(whole.Stored))
}

// TestPartsOfOneTensor: parts are as large as the cache allows, of several sources or a longer chain smaller ones,
// and none where the prediction is no plain one.
func TestPartsOfOneTensor(t *testing.T) {
	for name, c := range map[string]struct {
		edit func(*trial, *candidate)
		rows int64
	}{
		"one source":        {func(*trial, *candidate) {}, 6000},
		"two":               {func(_ *trial, c *candidate) { c.pred.Kind, c.pred.Sources = predict.Combined, make([]digest.ID, 2) }, 3000},
		"a source's source": {func(_ *trial, c *candidate) { c.depth = 2 }, 3000},
		"F32":               {func(_ *trial, c *candidate) { c.pred.Kind, c.pred.From = predict.Cast, codec.F32 }, 3000},
		"too small":         {func(tr *trial, _ *candidate) { tr.PartBytes = 1 << 10 }, 500},
		"short":             {func(tr *trial, _ *candidate) { tr.size = 6000 * 2048 }, 0},
		"no source":         {func(_ *trial, c *candidate) { c.pred.Kind = predict.Alone }, 0},
		"at once":           {func(tr *trial, _ *candidate) { tr.PartBytes = 0 }, 0},
		"quants":            {func(tr *trial, _ *candidate) { tr.elem = elemOf("Q8_0") }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			tr := &trial{elem: codec.BF16, width: 1024, size: 18000 * 2048, trialOptions: trialOptions{PartBytes: 6500 * 2048}}
			cand := &candidate{depth: 1, pred: &predict.Prediction{Kind: predict.Relative, Elem: codec.BF16, From: codec.BF16, Sources: make([]digest.ID, 1)}}
			c.edit(tr, cand)
			require.Equal(t, c.rows, tr.partRows(cand))
		})
	}
}

// TestPartsReachIntoTheNext: the last chunk of a part ends in rows of the next.
func TestPartsReachIntoTheNext(t *testing.T) {
	const rows, width = 3000, 512
	base := weights(4, rows*width)
	s, _ := openSmall(t, 1<<20)
	putAll(t, s, matrix(rows, width), base)
	tune := tunedRows(5, base, width)
	tr := s.Trial(DefaultLevel, bytes.NewReader(tune), int64(len(tune)), matrix(rows, width))
	c := tr.against(Relative{Blob: digest.Sum(base), DType: "BF16"})
	tr.MaxChunk = 64 << 10
	got, err := (&parting{tr, c}).scaled(context.Background(), 0, 1000)
	require.NoError(t, err)
	want, err := tr.measureRows(context.Background(), c.pred, codec.RowColScales, 0, 1064)
	require.NoError(t, err)
	require.Equal(t, want, got.pred.Activity)
}
