package faultfs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"dits/tensorstore/disk"
)

// ErrInjected is the failure of an operation that was told to fail.
var ErrInjected = errors.New("injected failure")

// never is the number of no operation.
const never = -1

// An FS is a [disk.FS] over the files below one folder. It is safe for
// concurrent use.
type FS struct {
	root string

	mu      sync.Mutex
	ops     int // operations so far
	failAt  int // operation that fails
	crashAt int // first operation that fails with all that follow
	failed  bool
	temps   int
	log     []string
	live    map[string]*node // by path relative to root: what a process sees
	durable map[string]*node // what the disk has whatever happens
}

// A node is a file or a folder, whatever its names are.
type node struct {
	dir    bool
	mode   fs.FileMode
	data   []byte // file: written
	synced []byte // file: part of it, or an older state, that a Sync made durable
}

var _ disk.FS = (*FS)(nil)

// New is a file system over root, whose present content is durable.
func New(root string) (*FS, error) {
	f := &FS{root: root, failAt: never, crashAt: never, live: map[string]*node{}, durable: map[string]*node{}}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == root {
			return err
		}
		n, err := load(path, d)
		f.live[f.rel(path)], f.durable[f.rel(path)] = n, n
		return err
	})
	return f, err
}

func load(path string, d fs.DirEntry) (*node, error) {
	st, err := d.Info()
	if err != nil {
		return nil, err
	}
	n := &node{dir: d.IsDir(), mode: st.Mode().Perm()}
	if !n.dir {
		n.data, err = os.ReadFile(path)
		n.synced = n.data
	}
	return n, err
}

// FailAt makes operation k, counted from 0, fail alone: a full disk, a lost
// permission. A write that fails has written the first half.
func (f *FS) FailAt(k int) { f.failAt = k }

// CrashAt makes operation k and all later ones fail: the process is dead, and
// does not clean up either.
func (f *FS) CrashAt(k int) { f.crashAt = k }

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
	if r, err := filepath.Rel(f.root, path); err == nil {
		return filepath.ToSlash(r)
	}
	return path
}
