package faultfs

import (
	"io/fs"
	"path/filepath"

	"dits/tensorstore/disk"
)

// A root is a folder that is changed from within. What only reads is no operation,
// and goes to the real folder.
type root struct {
	disk.Root // the real one
	fs        *FS
	dir       string
}

// OpenRoot opens a folder in the file system's own.
func (f *FS) OpenRoot(dir string) (disk.Root, error) {
	real, err := disk.OS.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	return &root{real, f, dir}, nil
}

func (r *root) path(name string) string { return filepath.Join(r.dir, filepath.FromSlash(name)) }

func (r *root) Create(name string, perm fs.FileMode) (disk.File, error) {
	r.fs.mu.Lock()
	defer r.fs.mu.Unlock()
	return r.fs.create(r.path(name), func() (disk.File, error) { return r.Root.Create(name, perm) })
}

func (r *root) Symlink(target, name string) error {
	n := &node{mode: fs.ModeSymlink | 0o777, target: target}
	return r.add(name, n, "symlink", func() error { return r.Root.Symlink(target, name) })
}

func (r *root) Mkdir(name string, perm fs.FileMode) error {
	return r.add(name, newFolder(perm), "mkdir", func() error { return r.Root.Mkdir(name, perm) })
}

// add is an operation that gives a new node its name.
func (r *root) add(name string, n *node, what string, real func() error) error {
	r.fs.mu.Lock()
	defer r.fs.mu.Unlock()
	rel := r.fs.rel(r.path(name))
	if err := r.fs.step("%s %s", what, rel); err != nil {
		return err
	}
	if err := real(); err != nil {
		return err
	}
	r.fs.link(rel, n)
	return nil
}

func (r *root) Rename(from, to string) error {
	return r.fs.rename(r.path(from), r.path(to), func() error { return r.Root.Rename(from, to) })
}

func (r *root) Remove(name string) error {
	return r.fs.remove(r.path(name), func() error { return r.Root.Remove(name) })
}

// SyncFiles is an operation for each file. The real ones are not flushed.
func (r *root) SyncFiles(dir string, names []string) error {
	for _, name := range names {
		if err := r.fs.syncFile(r.path(dir + "/" + name)); err != nil {
			return err
		}
	}
	return nil
}

func (r *root) SyncDir(name string) error {
	return r.fs.syncDir(r.path(name), func() error {
		f, err := r.Root.Open(name)
		if err != nil {
			return err
		}
		return f.Close()
	})
}
