package disk

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/gofrs/flock"
)

// lockRetry is how often one who waits for a lock looks.
const lockRetry = 20 * time.Millisecond

// ErrLocked means that another process holds a lock.
var ErrLocked = errors.New("locked by another dits process")

// A Lock is held on a file, in two ways: by flock, which ends with the process however that ends, and
// by a card beside the file that says who holds it. Some network file systems have no flock, or one that
// another machine does not see; there the card alone keeps others out. The zero Lock holds nothing.
type Lock struct {
	flock *flock.Flock
	card  *card
}

// Unlock lets others have the lock.
func (l *Lock) Unlock() {
	if l.card != nil {
		l.card.remove()
	}
	if l.flock != nil {
		l.flock.Unlock()
	}
}

// TakeLock waits at most so long for a lock that nobody else has; [ErrLocked] if another has it
// or shares it. The file is made if it is not there.
func TakeLock(path string, wait time.Duration) (*Lock, error) {
	return taking{path, false, (*flock.Flock).TryLock}.wait(wait)
}

// ShareLock is [TakeLock] of a lock that others may share.
func ShareLock(path string, wait time.Duration) (*Lock, error) {
	return taking{path, true, (*flock.Flock).TryRLock}.wait(wait)
}

// A taking is an attempt to have a lock.
type taking struct {
	path   string
	shared bool
	try    func(*flock.Flock) (bool, error)
}

func (t taking) wait(wait time.Duration) (*Lock, error) {
	if err := makeLockFile(t.path); err != nil {
		return nil, err
	}
	for deadline := time.Now().Add(wait); ; time.Sleep(lockRetry) {
		l, err := t.once()
		if err == nil {
			return l, nil
		}
		if !errors.Is(err, ErrLocked) || !time.Now().Before(deadline) {
			return nil, fmt.Errorf("%s: %w", t.path, err)
		}
	}
}

// once takes the lock if nobody else has it.
func (t taking) once() (*Lock, error) {
	f := flock.New(t.path, flock.SetPermissions(0o666))
	ok, ferr := t.try(f)
	if ferr != nil && !noFlock(ferr) {
		f.Close()
		return nil, ferr
	}
	if ferr == nil && !ok {
		f.Close()
		return nil, heldBy(t.path)
	}
	c, err := lay(t.path, t.shared, ferr == nil)
	if errors.Is(err, ErrLocked) || err != nil && ferr != nil {
		f.Close()
		if ferr != nil {
			err = fmt.Errorf("%w (and flock on %s: %w)", err, FileSystem(t.path), ferr)
		}
		return nil, err
	}
	return &Lock{f, c}, nil // without a card on a full disk: flock works there
}

// noFlock says that a file system has no flock, or that the file of the lock is one of another user
// that only they may open, as an older dits made them.
func noFlock(err error) bool {
	return errors.Is(err, errors.ErrUnsupported) || errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.ENOLCK) || errors.Is(err, syscall.EINVAL)
}

// makeLockFile makes the file of a lock unless it is there. It is empty, so that it may be as open as
// its folder: whoever can make files there has to be able to open it.
func makeLockFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	dir := filepath.Dir(path)
	if info, serr := os.Stat(dir); serr == nil {
		err = f.Chmod(info.Mode().Perm() & 0o666)
	}
	if uid, gid, foreign := foreignOwner(dir); foreign {
		err = errors.Join(err, f.Chown(uid, gid))
	}
	return errors.Join(err, f.Close())
}
