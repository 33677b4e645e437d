// Package buffer lends byte slices as long as chunks, from [Get] to [Put]. They hold what was in them before.
package buffer

import (
	"math/bits"
	"sync"
)

// buffers are byte slices that were used before. A new one as long as a chunk costs clearing it, and a page fault
// for each 4 KiB where the system has taken the memory back.
var buffers = sync.Pool{New: func() any { return new([]byte) }}

// Get is n bytes that hold anything, with room up to the next power of two. Give it back by
// [Put] when nothing refers to it any more.
func Get(n int) *[]byte {
	b := buffers.Get().(*[]byte)
	if cap(*b) < n { // so n > 0
		*b = make([]byte, n, 1<<bits.Len(uint(n-1)))
	}
	*b = (*b)[:n]
	return b
}

// Put gives a buffer back.
func Put(b *[]byte) { buffers.Put(b) }
