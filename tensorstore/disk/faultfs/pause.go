package faultfs

import (
	"io/fs"
	"sync"

	"dits/tensorstore/disk"
)

// A Pausing is the operating system's file system, which can be stopped before any of its
// operations, as a process that gets no time. It is safe for concurrent use.
type Pausing struct {
	mu     sync.Mutex
	ops    int
	at     int
	before func()
}

var _ disk.FS = (*Pausing)(nil)

// PauseAt is a file system that calls before ahead of operation k, counted from 0, and goes on
// when it returns. Other operations wait meanwhile.
func PauseAt(k int, before func()) *Pausing { return &Pausing{at: k, before: before} }

// Ops is how many operations there were.
func (p *Pausing) Ops() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.ops
}

// step counts an operation, and stops ahead of the one that was chosen.
func (p *Pausing) step() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ops == p.at && p.before != nil {
		p.before()
	}
	p.ops++
}

func (p *Pausing) CreateTemp(dir, pattern string) (disk.File, error) {
	p.step()
	f, err := disk.OS.CreateTemp(dir, pattern)
	if err != nil {
		return nil, err
	}
	return &pausingFile{f, p}, nil
}

func (p *Pausing) Rename(from, to string) error {
	p.step()
	return disk.OS.Rename(from, to)
}

func (p *Pausing) Remove(path string) error {
	p.step()
	return disk.OS.Remove(path)
}

func (p *Pausing) MkdirAll(dir string, perm fs.FileMode) error {
	p.step()
	return disk.OS.MkdirAll(dir, perm)
}

func (p *Pausing) SyncDir(dir string) error {
	p.step()
	return disk.OS.SyncDir(dir)
}

func (p *Pausing) OpenRoot(dir string) (disk.Root, error) {
	r, err := disk.OS.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	return &pausingRoot{r, p}, nil
}

// A pausingFile is open for writing.
type pausingFile struct {
	disk.File
	fs *Pausing
}

func (f *pausingFile) Write(b []byte) (int, error) {
	f.fs.step()
	return f.File.Write(b)
}

func (f *pausingFile) Sync() error {
	f.fs.step()
	return f.File.Sync()
}

// A pausingRoot is a folder that is changed from within.
type pausingRoot struct {
	disk.Root
	fs *Pausing
}

func (r *pausingRoot) Create(name string, perm fs.FileMode) (disk.File, error) {
	r.fs.step()
	f, err := r.Root.Create(name, perm)
	if err != nil {
		return nil, err
	}
	return &pausingFile{f, r.fs}, nil
}

func (r *pausingRoot) Symlink(target, name string) error {
	r.fs.step()
	return r.Root.Symlink(target, name)
}

func (r *pausingRoot) Mkdir(name string, perm fs.FileMode) error {
	r.fs.step()
	return r.Root.Mkdir(name, perm)
}

func (r *pausingRoot) Rename(from, to string) error {
	r.fs.step()
	return r.Root.Rename(from, to)
}

func (r *pausingRoot) Remove(name string) error {
	r.fs.step()
	return r.Root.Remove(name)
}

func (r *pausingRoot) SyncFiles(dir string, names []string) error {
	r.fs.step()
	return r.Root.SyncFiles(dir, names)
}

func (r *pausingRoot) SyncDir(name string) error {
	r.fs.step()
	return r.Root.SyncDir(name)
}
