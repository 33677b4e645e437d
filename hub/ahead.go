package hub

import (
	"context"
	"io"
	"runtime"
	"sync"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/sync/semaphore"

	"dits/catalog"
	"dits/tensorstore/digest"
)

const (
	aheadBytes   = 4 << 20 // that are decoded before they are asked for, at most
	aheadReaders = 1024    // who are remembered
)

// A place is where a range of a file ended: a client whose next range begins there reads on.
type place struct {
	file digest.ID
	off  int64
}

// An ahead decodes what clients that read range after range will ask for next, so that it is in the store's cache by
// then. It never waits: where there is no room, clients decode for themselves.
type ahead struct {
	ctx   context.Context
	stop  context.CancelFunc
	ends  *lru.Cache[place, struct{}]
	room  *semaphore.Weighted // of ranges at once
	tasks sync.WaitGroup
	mu    sync.Mutex // of ctx and tasks: none begins once it is stopped
}

func newAhead() *ahead {
	a := &ahead{room: semaphore.NewWeighted(int64(runtime.GOMAXPROCS(0)))}
	a.ctx, a.stop = context.WithCancel(context.Background())
	a.ends, _ = lru.New[place, struct{}](aheadReaders)
	return a
}

// close ends what is being decoded, and waits for that.
func (a *ahead) close() {
	a.mu.Lock()
	a.stop()
	a.mu.Unlock()
	a.tasks.Wait()
}

// readOn notes that bytes [from, to) of a file were sent, and decodes what comes next if what comes before was sent,
// too.
func (s *Server) readOn(m *Model, f catalog.File, from, to int64) {
	a := s.ahead
	goesOn := a.ends.Remove(place{f.ID, from})
	defer a.ends.Add(place{f.ID, to}, struct{}{})
	end := min(to+min(to-from, aheadBytes), f.Layout.Size)
	if !goesOn || to == end {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.ctx.Err() != nil || !a.room.TryAcquire(1) {
		return
	}
	if !s.budget.TryAcquire(end - to) {
		a.room.Release(1)
		return
	}
	s.metrics.readAhead.Inc()
	a.tasks.Go(func() {
		_ = m.Repo.CopyRange(a.ctx, io.Discard, f, to, end) // who asks for it is told what is wrong
		s.metrics.readAhead.Dec()
		s.budget.Release(end - to)
		a.room.Release(1)
	})
}
