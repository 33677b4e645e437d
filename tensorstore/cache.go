package tensorstore

import (
	"math"
	"sync"

	"github.com/hashicorp/golang-lru/v2/simplelru"

	"dits/tensorstore/digest"
	"dits/tensorstore/predict"
)

// A cache keeps the values that were used last, up to a number of bytes. It is safe for
// concurrent use; what it keeps is not to be changed.
type cache[V any] struct {
	mu     sync.Mutex
	lru    *simplelru.LRU[digest.ID, V]
	size   func(V) int64
	bytes  int64
	max    int64
	purges int
	added  int64 // bytes in all, those that were dropped too

	hits, misses int64 // of Get
}

// keptEach is about what a cache takes for each value besides the value: bytes.
const keptEach = 150

// newCache makes a cache of values that take at most max bytes, each as many as size says.
func newCache[V any](max int64, size func(V) int64) *cache[V] {
	c := &cache[V]{size: size, max: max}
	c.lru, _ = simplelru.NewLRU(math.MaxInt32, func(_ digest.ID, v V) { c.bytes -= size(v) })
	return c
}

// newChunkCache makes a cache of decoded chunks.
func newChunkCache(max int64) *cache[[]byte] {
	return newCache(max, func(b []byte) int64 { return keptEach + int64(len(b)) })
}

// newPredictionCache makes a cache of predictions.
func newPredictionCache() *cache[*predict.Prediction] {
	return newCache(cachedPredictions, func(p *predict.Prediction) int64 { return keptEach + p.Memory() })
}

// Get returns a value if it is there.
func (c *cache[V]) Get(id digest.ID) (V, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	v, ok := c.lru.Get(id)
	if ok {
		c.hits++
	} else {
		c.misses++
	}
	return v, ok
}

// Add keeps v, and drops what was used longest ago where that is too much.
func (c *cache[V]) Add(id digest.ID, v V) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.add(id, v)
}

func (c *cache[V]) add(id digest.ID, v V) {
	c.lru.Remove(id)
	c.lru.Add(id, v)
	c.added += c.size(v)
	for c.bytes += c.size(v); c.bytes > c.max; {
		c.lru.RemoveOldest()
	}
}

// Load returns what load does and keeps it, unless Purge was called meanwhile: then it
// may be out of date already.
func (c *cache[V]) Load(id digest.ID, load func() (V, error)) (V, error) {
	c.mu.Lock()
	before := c.purges
	c.mu.Unlock()
	v, err := load()
	if err != nil {
		return v, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.purges == before {
		c.add(id, v)
	}
	return v, nil
}

// LoadAll is Load of many values at once.
func (c *cache[V]) LoadAll(load func() (map[digest.ID]V, error)) (map[digest.ID]V, error) {
	c.mu.Lock()
	before := c.purges
	c.mu.Unlock()
	all, err := load()
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.purges == before {
		for id, v := range all {
			c.add(id, v)
		}
	}
	return all, nil
}

// Drop drops a value, and those that are being loaded.
func (c *cache[V]) Drop(ids ...digest.ID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.purges++
	for _, id := range ids {
		c.lru.Remove(id)
	}
}

// Len is the number of values.
func (c *cache[V]) Len() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.lru.Len()
}

// Purge drops all.
func (c *cache[V]) Purge() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.purges++
	c.lru.Purge()
}
