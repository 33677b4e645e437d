package explore

import (
	"context"

	"golang.org/x/sync/semaphore"
)

// A turn is the right to be worked on, which only so many questions of a server have at a time. Who waits for a job gives it
// back meanwhile. No turn, nil, is for questions that nobody waits for in line.
type turn struct {
	of   *semaphore.Weighted
	held bool
}

type turnKey struct{}

// inTurn is a context with a turn.
func inTurn(ctx context.Context, t *turn) context.Context {
	return context.WithValue(ctx, turnKey{}, t)
}

// turnOf is the turn of a context, nil if it has none.
func turnOf(ctx context.Context) *turn {
	t, _ := ctx.Value(turnKey{}).(*turn)
	return t
}

// take waits for the turn.
func (t *turn) take(ctx context.Context) error {
	if t == nil || t.held {
		return nil
	}
	err := t.of.Acquire(ctx, 1)
	t.held = err == nil
	return err
}

func (t *turn) giveBack() {
	if t != nil && t.held {
		t.of.Release(1)
		t.held = false
	}
}
