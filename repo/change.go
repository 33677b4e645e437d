package repo

import (
	"errors"

	"dits/repo/refs"
	"dits/repo/work"
)

// change runs f under the lock, with HEAD and the index as they are then.
func change[T any](r *Repo, f func(h refs.Head, x *work.Index) (T, error)) (T, error) {
	return changeFrom(r, false, f)
}

// changeFrom is change; with force, a HEAD that names nothing is one without commits.
func changeFrom[T any](r *Repo, force bool, f func(h refs.Head, x *work.Index) (T, error)) (T, error) {
	var none T
	l, err := r.Lock()
	if err != nil {
		return none, err
	}
	defer l.Unlock()
	h, err := r.Head()
	if err != nil && !(force && errors.As(err, new(*refs.BrokenError))) {
		return none, err
	}
	x, err := r.Index()
	if err != nil {
		return none, err
	}
	return f(h, x)
}
