package disk

import (
	"errors"
	"fmt"
	"time"

	"github.com/gofrs/flock"
)

// lockRetry is how often one who waits for a lock looks.
const lockRetry = 20 * time.Millisecond

// ErrLocked means that another process holds a lock.
var ErrLocked = errors.New("locked by another dits process")

// A Lock is held on a file. It ends with Unlock or with the process, however that ends.
type Lock struct{ f *flock.Flock }

// Unlock lets others have the lock.
func (l *Lock) Unlock() { l.f.Unlock() }

// TakeLock waits at most so long for a lock that nobody else has; [ErrLocked] if another has it
// or shares it. The file is made if it is not there.
func TakeLock(path string, wait time.Duration) (*Lock, error) {
	return take(path, wait, (*flock.Flock).TryLock)
}

// ShareLock is [TakeLock] of a lock that others may share.
func ShareLock(path string, wait time.Duration) (*Lock, error) {
	return take(path, wait, (*flock.Flock).TryRLock)
}

func take(path string, wait time.Duration, try func(*flock.Flock) (bool, error)) (*Lock, error) {
	f := flock.New(path, flock.SetPermissions(0o666))
	for deadline := time.Now().Add(wait); ; time.Sleep(lockRetry) {
		ok, err := try(f)
		if ok {
			return &Lock{f}, nil
		}
		if err == nil && !time.Now().Before(deadline) {
			err = ErrLocked
		}
		if err != nil {
			f.Close()
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
}
