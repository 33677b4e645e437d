package faultfs

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"

	"dits/tensorstore/disk"
)

// ErrInjected is the failure of an operation that was told to fail.
var ErrInjected = errors.New("injected failure")

// never is the number of no operation.
const never = -1

// An FS is a [disk.FS] over the files below one folder. Its operations are safe for
// concurrent use.
type FS struct {
	dir string

	mu      sync.Mutex
	ops     int   // operations so far
	failAt  int   // operation that fails
	crashAt int   // first operation that fails with all that follow
	flipAt  int64 // offset of a byte that is written wrong in every file
	failed  bool
	temps   int
	log     []string
	mounts  []string
	top     *node // the root
}

var _ disk.FS = (*FS)(nil)

// New is a file system over root, whose present content is durable.
func New(root string) (*FS, error) {
	top, err := load(root)
	return &FS{dir: root, failAt: never, crashAt: never, flipAt: never, top: top}, err
}

// Dir is the folder that it is over.
func (f *FS) Dir() string { return f.dir }

// FailAt makes operation k, counted from 0 at the first, fail alone: a full disk, a lost
// permission. A write that fails has written the first half.
func (f *FS) FailAt(k int) { f.failAt = k }

// CrashAt makes operation k and all later ones fail: the process is dead, and
// does not clean up either.
func (f *FS) CrashAt(k int) { f.crashAt = k }

// Mount makes the folder dir, relative to the root, another file system to renames:
// they do not lead into it or out of it.
func (f *FS) Mount(dir string) { f.mounts = append(f.mounts, dir) }

// FlipAt makes the byte at offset off of every file come out wrong, and no write tells: bad
// memory, a bad disk.
func (f *FS) FlipAt(off int64) { f.flipAt = off }

// Failed says that an operation was made to fail.
func (f *FS) Failed() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.failed
}

// Log is the operations so far, one a line, paths relative to the folder.
func (f *FS) Log() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return strings.Join(f.log, "")
}

// step counts and logs an operation and returns the error it is to have. The
// caller holds the lock.
func (f *FS) step(format string, args ...any) error {
	line := fmt.Sprintf(format, args...)
	k := f.ops
	f.ops++
	if k == f.failAt || f.crashAt != never && k >= f.crashAt {
		f.failed = true
		f.log = append(f.log, line+": "+ErrInjected.Error()+"\n")
		return fmt.Errorf("%s: %w", line, ErrInjected)
	}
	f.log = append(f.log, line+"\n")
	return nil
}

// rel is path as it is logged: relative to the root, with slashes.
func (f *FS) rel(path string) string {
	if r, err := filepath.Rel(f.dir, path); err == nil {
		return filepath.ToSlash(r)
	}
	return path
}
