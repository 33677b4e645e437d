package tensorstore

import (
	"math/bits"
	"sync"
)

// buffers are byte slices that were used before. A new one as long as a chunk costs clearing it, and a page fault
// for each 4 KiB where the system has taken the memory back.
var buffers = sync.Pool{New: func() any { return new([]byte) }}

// buffer is n bytes that hold anything, with room up to the next power of two. Give it back by
// putBuffer when nothing refers to it any more.
func buffer(n int) *[]byte {
	b := buffers.Get().(*[]byte)
	if cap(*b) < n { // so n > 0
		*b = make([]byte, n, 1<<bits.Len(uint(n-1)))
	}
	*b = (*b)[:n]
	return b
}

// putBuffer gives a buffer back.
func putBuffer(b *[]byte) { buffers.Put(b) }
