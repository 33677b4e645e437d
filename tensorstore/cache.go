package tensorstore

import (
	"math"
	"sync"

	"github.com/hashicorp/golang-lru/v2/simplelru"

	"dits/tensorstore/digest"
)

// A chunkCache keeps the chunks that were used last, up to a number of bytes. It is
// safe for concurrent use.
type chunkCache struct {
	mu    sync.Mutex
	lru   *simplelru.LRU[digest.ID, []byte]
	bytes int64
	max   int64
}

func newChunkCache(max int64) *chunkCache {
	c := &chunkCache{max: max}
	c.lru, _ = simplelru.NewLRU(math.MaxInt32, func(_ digest.ID, b []byte) { c.bytes -= int64(len(b)) })
	return c
}

// Get returns a chunk, not to be changed, if it is there.
func (c *chunkCache) Get(id digest.ID) ([]byte, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.lru.Get(id)
}

// Add keeps b, and drops what was used longest ago where that is too much.
func (c *chunkCache) Add(id digest.ID, b []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.lru.Contains(id) {
		return
	}
	c.lru.Add(id, b)
	for c.bytes += int64(len(b)); c.bytes > c.max; {
		c.lru.RemoveOldest()
	}
}

// Len is the number of chunks.
func (c *chunkCache) Len() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.lru.Len()
}

// Purge drops all.
func (c *chunkCache) Purge() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lru.Purge()
}
