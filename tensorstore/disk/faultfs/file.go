package faultfs

import (
	"io/fs"
	"slices"

	"dits/tensorstore/disk"
)

// A file is open for writing.
type file struct {
	fs   *FS
	node *node
	real disk.File
}

func (f *file) Name() string { return f.real.Name() }

// Write appends b, but for the bit that is to be flipped. A write that fails has written the
// first half of it.
func (f *file) Write(b []byte) (int, error) {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	fault := f.fs.step("write %s %d", f.fs.rel(f.Name()), len(b))
	if fault != nil {
		b = b[:len(b)/2]
	}
	if at := f.fs.flipAt - int64(len(f.node.data)); at >= 0 && at < int64(len(b)) {
		b = slices.Clone(b)
		b[at] ^= 1
	}
	n, err := f.real.Write(b)
	f.node.data = append(f.node.data, b[:n]...)
	if err == nil {
		err = fault
	}
	return n, err
}

func (f *file) Chmod(mode fs.FileMode) error {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	if err := f.fs.step("chmod %s %#o", f.fs.rel(f.Name()), mode); err != nil {
		return err
	}
	f.node.mode = mode
	return f.real.Chmod(mode)
}

// Sync makes what was written durable. The real file is not flushed: the crash
// is simulated, so that would only take time.
func (f *file) Sync() error {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	if err := f.fs.step("sync %s", f.fs.rel(f.Name())); err != nil {
		return err
	}
	f.node.synced = slices.Clone(f.node.data)
	return nil
}

// Close closes the real file even when it is made to fail.
func (f *file) Close() error {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	fault := f.fs.step("close %s", f.fs.rel(f.Name()))
	if err := f.real.Close(); err != nil {
		return err
	}
	return fault
}
