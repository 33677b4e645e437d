package hub

import (
	"context"
	"time"
)

// Limits on what clients can make a server do. What is zero is as usual.
type Limits struct {
	HeaderTime  time.Duration // that the head of a request may take; usually 10 seconds
	StallTime   time.Duration // until a client that takes nothing is let go; usually a minute
	IdleTime    time.Duration // that a connection stays open between requests; usually two minutes
	EndTime     time.Duration // that running answers have when the server is to end; usually 10 seconds
	Connections int           // at once: others wait; usually 1,024
	Entries     int           // of a tree on one page, unless a client asks for another number; usually 10,000
	Memory      int64         // decoded bytes on their way to all clients, beside 32 MiB for small ones; usually 192 MiB
	Cache       int64         // bytes of decoded chunks that are kept of all repositories; usually 128 MiB
}

const (
	headerBytes = 32 << 10
	bodyBytes   = 1 << 20 // of a request
	listsAtOnce = 32
	slowest     = 8 << 10 // bytes a second, over all of an answer: who is slower is let go
)

func (l Limits) withDefaults() Limits {
	for at, usual := range map[*time.Duration]time.Duration{
		&l.HeaderTime: 10 * time.Second,
		&l.StallTime:  time.Minute,
		&l.IdleTime:   2 * time.Minute,
		&l.EndTime:    10 * time.Second,
	} {
		if *at <= 0 {
			*at = usual
		}
	}
	if l.Connections <= 0 {
		l.Connections = 1024
	}
	if l.Entries <= 0 {
		l.Entries = 10_000 // llama.cpp reads but one page
	}
	if l.Memory <= 0 {
		l.Memory = 192 << 20
	}
	if l.Cache <= 0 {
		l.Cache = 128 << 20
	}
	return l
}

// reserve is memory for small answers alone, which do not wait for large ones.
const (
	reserve    = 32 << 20
	smallPiece = 64 << 10
)

// take reserves memory for a piece of so many bytes, and says how to give it back.
func (s *Server) take(ctx context.Context, bytes int64) (release func(), err error) {
	from, n := s.budget, max(1, min(bytes, s.options.Limits.Memory))
	if !from.TryAcquire(n) {
		if n <= smallPiece {
			from = s.reserve
		}
		s.metrics.waiting.Inc()
		err = from.Acquire(ctx, n)
		s.metrics.waiting.Dec()
	}
	if err != nil {
		return nil, err
	}
	s.metrics.memory.Add(float64(n))
	return func() {
		from.Release(n)
		s.metrics.memory.Sub(float64(n))
	}, nil
}
