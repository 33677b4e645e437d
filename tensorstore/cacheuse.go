package tensorstore

// A CacheUse tells of the decoded chunks that a store keeps.
type CacheUse struct {
	Bytes        int64 // that are kept
	Hits, Misses int64 // how often a chunk was there, or not, when it was asked for
}

// CacheUse tells of the decoded chunks.
func (s *Store) CacheUse() CacheUse {
	c := s.chunks
	c.mu.Lock()
	defer c.mu.Unlock()
	return CacheUse{c.bytes, c.hits, c.misses}
}

// LimitCaches has the store keep decoded chunks of so many bytes at most, and predictions of half as many: for who has
// several stores open. More than a store keeps by itself is as much as that.
func (s *Store) LimitCaches(max int64) {
	s.chunks.limit(min(max, cachedBytes))
	s.predictions.limit(min(max/2, cachedPredictions))
}

// limit has the cache take at most max bytes.
func (c *cache[V]) limit(max int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.max = max; c.bytes > c.max; {
		c.lru.RemoveOldest()
	}
}
