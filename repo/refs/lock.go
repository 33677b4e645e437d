package refs

import (
	"fmt"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

// How long a change waits for another process, and how often it looks.
const (
	LockWait  = 2 * time.Second
	lockRetry = 20 * time.Millisecond
)

// A Lock is held by whoever changes the index or a ref. It ends with unlock or
// with the process, however that ends.
type Lock struct{ f *flock.Flock }

// Unlock lets others change the repository.
func (l *Lock) Unlock() { l.f.Unlock() }

// LockPath is the file whose lock whoever changes the repository holds.
func (r *Refs) LockPath() string { return filepath.Join(r.Dir, "lock") }

// TakeLock waits at most so long for the lock of a file; [ErrLocked] if another process has it.
func TakeLock(path string, wait time.Duration) (*Lock, error) {
	f := flock.New(path)
	for deadline := time.Now().Add(wait); ; time.Sleep(lockRetry) {
		ok, err := f.TryLock()
		if ok {
			return &Lock{f}, nil
		}
		if err == nil && !time.Now().Before(deadline) {
			err = ErrLocked
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
}
