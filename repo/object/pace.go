package object

import (
	"context"
	"io"
	"sync/atomic"
	"time"
)

// A Room is memory that copies share. It waits until there is room for so many bytes, and says how to give it back.
type Room func(ctx context.Context, bytes int64) (release func(), err error)

const (
	// slowWrite is how many bytes a second somebody takes who is slow: one processor decodes more.
	slowWrite = 32 << 20
	// slowPieces is how many pieces somebody who is slow has on the way: one to take, and one that is decoded meanwhile.
	slowPieces = 2
	// slowPieceBytes is how large those are: hundreds who are slow have room beside each other.
	slowPieceBytes = 256 << 10
	// sharedPieceBytes is how large the pieces are of somebody who is not: little is held where taking ends all at once.
	sharedPieceBytes = 2 << 20
)

// A pace is how fast what is copied is taken, and what it may have on its way for that. A nil one may have all.
type pace struct {
	shared Room
	slow   atomic.Bool
	pieces atomic.Int64
	landed chan struct{} // has room for one: a piece was dropped
}

func newPace(room Room) *pace {
	p := &pace{shared: room, landed: make(chan struct{}, 1)}
	p.slow.Store(true) // until it is known better
	return p
}

// mostBytes is how large the next piece is at most, which may be so large otherwise.
func (p *pace) mostBytes(most int64) int64 {
	switch {
	case p == nil:
		return most
	case p.slow.Load():
		return min(most, slowPieceBytes)
	}
	return min(most, sharedPieceBytes)
}

// room waits until there is room for a piece.
func (p *pace) room(ctx context.Context, bytes int64) (release func(), err error) {
	if p == nil {
		return nil, nil
	}
	for p.slow.Load() && p.pieces.Load() >= slowPieces {
		select {
		case <-p.landed:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
	back, err := p.shared(ctx, bytes)
	if err != nil {
		return nil, err
	}
	p.pieces.Add(1)
	return func() {
		back()
		p.pieces.Add(-1)
		select {
		case p.landed <- struct{}{}:
		default:
		}
	}, nil
}

// write writes a piece, and notes how long that takes.
func (p *pace) write(w io.Writer, b []byte) error {
	began := time.Now()
	_, err := w.Write(b)
	if p != nil {
		p.slow.Store(time.Since(began) > time.Duration(len(b))*time.Second/slowWrite)
	}
	return err
}
