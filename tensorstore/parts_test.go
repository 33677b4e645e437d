package tensorstore

import (
	"testing"

	"github.com/stretchr/testify/require"

	"dits/cdc"
	"dits/tensorstore/codec"
	"dits/tensorstore/digest"
	"dits/tensorstore/storetest"
)

// partsChunking has chunks that are small beside the parts in these tests.
var partsChunking = cdc.Params{Min: 16 << 10, Avg: 32 << 10, Max: 64 << 10}

// openSmall opens a store with a cache of n bytes.
func openSmall(t *testing.T, n int64) (*Store, *memIndex) {
	s, x := open(t, Options{Chunking: partsChunking})
	s.chunks = newChunkCache(n)
	return s, x
}

// TestLongSourcesAreDecodedOnce: a tensor whose source is far longer than the cache of decoded chunks is measured
// and coded part by part.
func TestLongSourcesAreDecodedOnce(t *testing.T) {
	const rows, width = 8001, 512
	base := weights(1, rows*width)
	tune := storetest.TunedRows(2, base, width)
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
