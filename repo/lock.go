package repo

import (
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

func (r *Repo) lockPath() string { return filepath.Join(r.Dir, "lock") }

// takeLock waits at most so long for the lock of a file; [ErrLocked] if another process has it.
func takeLock(path string, wait time.Duration) (*lock, error) {
	f := flock.New(path)
	for deadline := time.Now().Add(wait); ; time.Sleep(lockRetry) {
		ok, err := f.TryLock()
		if ok {
			return &lock{f}, nil
		}
		if err == nil && !time.Now().Before(deadline) {
			err = ErrLocked
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
}
