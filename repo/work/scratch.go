package work

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"dits/tensorstore/disk"
)

// A Scratch is a temporary folder of this process. Unlike what else is in [tmpDir] it needs no lock of the repository,
// and may be there for hours. Close it.
type Scratch struct {
	Dir  string // its folder
	lock *disk.Lock
}

const (
	scratchPrefix = "dits-scratch-"
	scratchLock   = "lock"
	scratchAge    = time.Hour // of a folder without a lock, when its process is taken for dead
)

// NewScratch makes a temporary folder in .dits or, where that cannot be, or for a nil folder, in the system's folder
// for temporary files. What processes that died have left there goes.
func NewScratch(r *Folder) (*Scratch, error) {
	parents := []string{os.TempDir()}
	if r != nil {
		parents = []string{r.WorkPath(tmpDir), os.TempDir()}
	}
	var errs []error
	for _, parent := range parents {
		sweepScratch(parent)
		s, err := newScratch(parent)
		if err == nil {
			return s, nil
		}
		errs = append(errs, err)
	}
	return nil, errors.Join(errs...)
}

func newScratch(parent string) (*Scratch, error) {
	dir, err := os.MkdirTemp(parent, scratchPrefix)
	if err != nil {
		return nil, err
	}
	l, err := disk.TakeLock(filepath.Join(dir, scratchLock), 0)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return &Scratch{dir, l}, nil
}

// Close removes the folder and all that is in it.
func (s *Scratch) Close() error {
	s.lock.Unlock()
	return os.RemoveAll(s.Dir)
}

// sweepScratch removes scratch folders in parent whose processes are gone. One that stays takes space and does no other
// harm; the next sweep tries again.
func sweepScratch(parent string) {
	entries, _ := os.ReadDir(parent)
	for _, e := range entries {
		if e.IsDir() && strings.HasPrefix(e.Name(), scratchPrefix) {
			removeDead(filepath.Join(parent, e.Name()))
		}
	}
}

// removeDead removes a scratch folder that nobody holds.
func removeDead(dir string) {
	if disk.Owner(dir) != disk.User() {
		return // in a folder for all, what is in it may lead anywhere
	}
	lock := filepath.Join(dir, scratchLock)
	if info, err := os.Lstat(lock); err == nil && !info.Mode().IsRegular() {
		return
	} else if err != nil { // it may just begin
		if info, err := os.Lstat(dir); err != nil || time.Since(info.ModTime()) < scratchAge {
			return
		}
	}
	if l, err := disk.TakeLock(lock, 0); err == nil {
		l.Unlock()
		_ = os.RemoveAll(dir)
	}
}
