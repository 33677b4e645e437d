package faultfs

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"dits/tensorstore/disk"
)

// CreateTemp numbers its files: the * of pattern becomes 1, 2, ….
func (f *FS) CreateTemp(dir, pattern string) (disk.File, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	before, after, _ := cutLast(pattern, "*")
	f.temps++
	name := filepath.Join(dir, before+strconv.Itoa(f.temps)+after)
	if err := f.step("create %s", f.rel(name)); err != nil {
		return nil, err
	}
	real, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	n := &node{mode: 0o600}
	f.live[f.rel(name)] = n
	return &file{fs: f, node: n, real: real}, nil
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// Rename moves a file. (Folders are not moved by any writer of ours.)
func (f *FS) Rename(from, to string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.step("rename %s %s", f.rel(from), f.rel(to)); err != nil {
		return err
	}
	n := f.live[f.rel(from)]
	if n == nil || n.dir {
		return &os.LinkError{Op: "rename", Old: from, New: to, Err: fs.ErrNotExist}
	}
	if err := os.Rename(from, to); err != nil {
		return err
	}
	f.live[f.rel(to)] = n
	delete(f.live, f.rel(from))
	return nil
}

// Remove removes a file or an empty folder.
func (f *FS) Remove(path string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.step("remove %s", f.rel(path)); err != nil {
		return err
	}
	if err := os.Remove(path); err != nil {
		return err
	}
	delete(f.live, f.rel(path))
	return nil
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
	for p := f.rel(dir); p != "." && f.live[p] == nil; p = path.Dir(p) {
		f.live[p] = &node{dir: true, mode: perm}
	}
	return nil
}

// SyncDir makes the names in dir durable, and not what they name.
func (f *FS) SyncDir(dir string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	d := f.rel(dir)
	if err := f.step("syncdir %s", d); err != nil {
		return err
	}
	if _, err := os.Stat(dir); err != nil {
		return err
	}
	for p := range f.durable {
		if path.Dir(p) == d && f.live[p] == nil {
			delete(f.durable, p)
		}
	}
	for p, n := range f.live {
		if path.Dir(p) == d {
			f.durable[p] = n
		}
	}
	return nil
}
