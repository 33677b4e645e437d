package refs

import (
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"dits/tensorstore/disk"
)

// LockWait is how long a change waits for another process.
const LockWait = 2 * time.Second

// A Lock is held by whoever changes the index or a ref.
type Lock = disk.Lock

// LockPath is the file whose lock whoever changes the repository holds.
func (r *Refs) LockPath() string { return filepath.Join(r.Dir, "lock") }

// TakeLock waits at most so long for the lock of a file; [ErrLocked] if another process has it.
func (r *Refs) TakeLock(path string, wait time.Duration) (*Lock, error) {
	take := r.Locking
	if take == nil {
		take = disk.TakeLock
	}
	l, err := take(path, wait)
	if errors.Is(err, disk.ErrLocked) {
		err = fmt.Errorf("%w: %w", ErrLocked, err)
	}
	return l, err
}
