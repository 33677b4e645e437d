package repo

import (
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

// How long a change waits for another process, and how often it looks.
const (
	lockWait  = 2 * time.Second
	lockRetry = 20 * time.Millisecond
)

// A lock is held by whoever changes the index or a ref. It ends with unlock or
// with the process, however that ends.
type lock struct{ f *flock.Flock }

func (l *lock) unlock() { l.f.Unlock() }

// lock waits a little for .dits/lock; [ErrLocked] if another has it. It is not
// reentrant.
func (r *Repo) lock() (*lock, error) {
	for deadline := time.Now().Add(lockWait); ; time.Sleep(lockRetry) {
		l, err := r.tryLock()
		if !errors.Is(err, ErrLocked) || !time.Now().Before(deadline) {
			return l, err
		}
	}
}

// tryLock is lock without waiting. What a process that died while it had the lock left
// in tmpDir goes.
func (r *Repo) tryLock() (*lock, error) {
	f := flock.New(filepath.Join(r.Dir, "lock"))
	ok, err := f.TryLock()
	if err == nil && !ok {
		err = ErrLocked
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.Path(), err)
	}
	if err := r.sweepTmp(); err != nil {
		f.Unlock()
		return nil, fmt.Errorf("%s: %w", tmpDir, err)
	}
	return &lock{f}, nil
}
