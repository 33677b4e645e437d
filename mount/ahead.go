package mount

import (
	"runtime"
	"sync"
)

const (
	// aheadAfter is how many bytes somebody has read in order who is taken to go on.
	aheadAfter = 256 << 10
	// aheadSlack is how far from each other reads in order are: the kernel sends several at once, in any order.
	aheadSlack = 2 << 20
	// aheadPiece is how much one processor decodes ahead, chunk by chunk: neighbours are made of the same chunks of
	// their source, which two would decode twice.
	aheadPiece = 2 << 20
)

// aheadBytes is how much is decoded ahead of a reader: enough for all processors, little beside the store's cache.
func aheadBytes() int64 { return min(int64(runtime.GOMAXPROCS(0)+2)*aheadPiece, 32<<20) }

// An ahead tells by what somebody reads of a file what comes next.
type ahead struct {
	mu   sync.Mutex
	end  int64 // of what was read
	run  int64 // bytes that were read in order
	done int64 // up to where it was told
}

// next notes that [from, to) is read, of a file of that size, and is what to decode now; nothing where b is not above a.
func (h *ahead) next(from, to, size int64) (a, b int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if from > h.end+aheadSlack || to < h.end-aheadSlack {
		h.end, h.run, h.done = to, 0, to
		return 0, 0
	}
	if to > h.end {
		h.run += to - max(h.end, from)
		h.end = to
	}
	if h.run < aheadAfter {
		return 0, 0
	}
	a, b = max(h.done, h.end), min(h.end+aheadBytes(), size)
	if b < size {
		b = a + (b-a)/aheadPiece*aheadPiece
	}
	h.done = max(h.done, b)
	return a, b
}
