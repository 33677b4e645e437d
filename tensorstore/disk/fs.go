// Package disk is the file system as dits writes to it: the few operations that
// durability depends on, so that tests can make each of them fail. [OS] is the
// real one. [WriteFile] replaces a file so that a reader, and a machine that
// loses power, sees the old content or the new, whole.
package disk

import (
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
)

// An FS does what writers of packs, refs and indexes need, and of a working folder.
// It is safe for concurrent use.
type FS interface {
	// CreateTemp makes a new file in dir for writing, of mode 0666 less the umask; the * of pattern
	// becomes digits.
	CreateTemp(dir, pattern string) (File, error)
	Rename(from, to string) error
	Remove(path string) error
	// MkdirAll makes a folder and those above it, of mode perm less the umask.
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

func (osFS) Rename(from, to string) error                { return rename(from, to) }
func (osFS) Remove(path string) error                    { return os.Remove(path) }
func (osFS) MkdirAll(dir string, perm fs.FileMode) error { return os.MkdirAll(dir, perm) }

// CreateTemp does not use that of os, whose files are for their owner alone, whatever the umask
// or a default access list of the folder says.
func (osFS) CreateTemp(dir, pattern string) (File, error) {
	before, after, _ := strings.Cut(pattern, "*")
	for {
		name := filepath.Join(dir, before+strconv.FormatUint(rand.Uint64(), 10)+after)
		f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return nil, err // not a File that holds nil
		}
		return f, nil
	}
}

func (osFS) SyncDir(dir string) error {
	return syncDir(func() (*os.File, error) { return os.Open(dir) })
}

func syncDir(open func() (*os.File, error)) error {
	if runtime.GOOS == "windows" {
		// A folder cannot be flushed there; see rename.
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
