package tensorstore

import (
	"testing"

	"github.com/stretchr/testify/require"

	"dits/tensorstore/digest"
)

// A cache that is limited drops what is too much, and counts what was there.
func TestLimitCaches(t *testing.T) {
	s := &Store{chunks: newChunkCache(cachedBytes), predictions: newPredictionCache()}
	var ids []digest.ID
	for i := range 100 {
		b := make([]byte, 1<<20)
		b[0] = byte(i)
		ids = append(ids, digest.Sum(b))
		s.chunks.Add(ids[i], b)
	}
	s.LimitCaches(10 << 20)
	require.LessOrEqual(t, s.CacheUse().Bytes, int64(10<<20))
	_, old := s.chunks.Get(ids[0])
	_, last := s.chunks.Get(ids[99])
	require.False(t, old)
	require.True(t, last)
	require.Equal(t, CacheUse{9 * (1<<20 + keptEach), 1, 1}, s.CacheUse())
	s.chunks.Add(ids[0], make([]byte, 1<<20))
	require.LessOrEqual(t, s.CacheUse().Bytes, int64(10<<20))
	s.LimitCaches(1 << 40)
	require.Equal(t, int64(cachedBytes), s.chunks.max)
}
