package faultfs

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"dits/tensorstore/disk"
)

// CreateTemp numbers its files: the * of pattern becomes 1, 2, ….
func (f *FS) CreateTemp(dir, pattern string) (disk.File, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	before, after, _ := cutLast(pattern, "*")
	f.temps++
	name := filepath.Join(dir, before+strconv.Itoa(f.temps)+after)
	return f.create(name, func() (disk.File, error) {
		return os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
	})
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// Rename moves a file. (Folders are not moved by any writer of ours.)
func (f *FS) Rename(from, to string) error {
	return f.rename(from, to, func() error { return os.Rename(from, to) })
}

// Remove removes a file or an empty folder.
func (f *FS) Remove(path string) error {
	return f.remove(path, func() error { return os.Remove(path) })
}

// MkdirAll makes dir and its parents below the root. As on a disk, a folder is
// durable once its parent was synced.
func (f *FS) MkdirAll(dir string, perm fs.FileMode) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.step("mkdir %s", f.rel(dir)); err != nil {
		return err
	}
	if err := os.MkdirAll(dir, perm); err != nil {
		return err
	}
	for i, c := range f.rel(dir) + "/" {
		if rel := f.rel(dir)[:i]; c == '/' && f.at(rel) == nil {
			f.link(rel, newFolder(perm))
		}
	}
	return nil
}

// SyncDir makes the names in dir durable, and not what they name. The real folder is
// not flushed.
func (f *FS) SyncDir(dir string) error {
	return f.syncDir(dir, func() error {
		_, err := os.Stat(dir)
		return err
	})
}

// The operations follow, for this file system and its roots alike: each on a path, and
// how to do it to the real file.

// create is called with the lock held.
func (f *FS) create(path string, real func() (disk.File, error)) (disk.File, error) {
	if err := f.step("create %s", f.rel(path)); err != nil {
		return nil, err
	}
	opened, err := real()
	if err != nil {
		return nil, err
	}
	st, err := os.Lstat(path)
	if err != nil {
		return nil, err
	}
	n := &node{mode: st.Mode()} // less the umask
	f.link(f.rel(path), n)
	return &file{fs: f, node: n, real: opened}, nil
}

func (f *FS) rename(from, to string, real func() error) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.step("rename %s %s", f.rel(from), f.rel(to)); err != nil {
		return err
	}
	n := f.at(f.rel(from))
	if n == nil || n.mode.IsDir() {
		return &os.LinkError{Op: "rename", Old: from, New: to, Err: fs.ErrNotExist}
	}
	if f.mountOf(from) != f.mountOf(to) {
		return &os.LinkError{Op: "rename", Old: from, New: to, Err: syscall.EXDEV}
	}
	if err := real(); err != nil {
		return err
	}
	f.unlink(f.rel(from))
	f.link(f.rel(to), n)
	return nil
}

// mountOf is which of the mounts path is in, "" if in none.
func (f *FS) mountOf(path string) string {
	for _, dir := range f.mounts {
		if strings.HasPrefix(f.rel(path), dir+"/") {
			return dir
		}
	}
	return ""
}

func (f *FS) remove(path string, real func() error) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.step("remove %s", f.rel(path)); err != nil {
		return err
	}
	if err := real(); err != nil {
		return err
	}
	f.unlink(f.rel(path))
	return nil
}

func (f *FS) syncFile(path string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.step("sync %s", f.rel(path)); err != nil {
		return err
	}
	n := f.at(f.rel(path))
	if n == nil || !n.mode.IsRegular() {
		return &fs.PathError{Op: "sync", Path: path, Err: fs.ErrNotExist}
	}
	n.synced = slices.Clone(n.data)
	return nil
}

func (f *FS) syncDir(dir string, stat func() error) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.step("syncdir %s", f.rel(dir)); err != nil {
		return err
	}
	if err := stat(); err != nil {
		return err
	}
	if n := f.at(f.rel(dir)); n != nil {
		n.durable = maps.Clone(n.live)
	}
	return nil
}
