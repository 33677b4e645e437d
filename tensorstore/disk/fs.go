// Package disk is the file system as dits writes to it: the few operations that
// durability depends on, so that tests can make each of them fail. [OS] is the
// real one. [WriteFile] replaces a file so that a reader, and a machine that
// loses power, sees the old content or the new, whole.
package disk

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"runtime"
	"syscall"
)

// An FS does what writers of packs, refs and indexes need, and of a working folder.
// It is safe for concurrent use.
type FS interface {
	// CreateTemp makes a new file in dir for writing; pattern as in os.CreateTemp.
	CreateTemp(dir, pattern string) (File, error)
	Rename(from, to string) error
	Remove(path string) error
	MkdirAll(dir string, perm fs.FileMode) error
	// SyncDir makes renames and removals in dir durable.
	SyncDir(dir string) error
	// OpenRoot opens a folder to be changed from within.
	OpenRoot(dir string) (Root, error)
}

// A File is open for writing.
type File interface {
	io.Writer
	Name() string
	Chmod(mode fs.FileMode) error
	Sync() error
	Close() error
}

// OS is the operating system's file system.
var OS FS = osFS{}

type osFS struct{}

func (osFS) CreateTemp(dir, pattern string) (File, error) { return os.CreateTemp(dir, pattern) }
func (osFS) Rename(from, to string) error                 { return os.Rename(from, to) }
func (osFS) Remove(path string) error                     { return os.Remove(path) }
func (osFS) MkdirAll(dir string, perm fs.FileMode) error  { return os.MkdirAll(dir, perm) }

func (osFS) SyncDir(dir string) error {
	return syncDir(func() (*os.File, error) { return os.Open(dir) })
}

func syncDir(open func() (*os.File, error)) error {
	if runtime.GOOS == "windows" {
		// A folder cannot be flushed there; NTFS journals renames.
		return nil
	}
	d, err := open()
	if err != nil {
		return err
	}
	err = d.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, errors.ErrUnsupported) {
		// Some network and FUSE file systems have no fsync of folders.
		err = nil
	}
	if cerr := d.Close(); err == nil {
		err = cerr
	}
	return err
}
