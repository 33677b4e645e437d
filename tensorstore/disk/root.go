package disk

import (
	"io/fs"
	"os"
)

// A Root is a folder that is changed by slash-separated names below it. Nothing
// outside can be reached, whatever a name or a link on the way says; "." is the
// folder itself. It is safe for concurrent use. Close it.
type Root interface {
	// Create makes a new file of mode perm less the umask, for writing; an error if
	// something is there.
	Create(name string, perm fs.FileMode) (File, error)
	Symlink(target, name string) error
	Mkdir(name string, perm fs.FileMode) error
	// Rename replaces a file or a link that is there.
	Rename(from, to string) error
	// Remove removes a file, a link or an empty folder.
	Remove(name string) error
	// SyncDir makes what was made, renamed and removed in the folder name durable.
	SyncDir(name string) error

	Lstat(name string) (fs.FileInfo, error)
	Readlink(name string) (string, error)
	ReadDir(name string) ([]fs.DirEntry, error)
	// Open opens a file for reading.
	Open(name string) (fs.File, error)
	Close() error
}

// osRoot is a Root of the operating system. What links lead to is [os.Root]'s care.
type osRoot struct{ *os.Root }

func (osFS) OpenRoot(dir string) (Root, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	return osRoot{root}, nil
}

func (r osRoot) Create(name string, perm fs.FileMode) (File, error) {
	f, err := r.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, perm)
	if err != nil {
		return nil, err // not a File that holds nil
	}
	return f, nil
}

func (r osRoot) Open(name string) (fs.File, error) {
	f, err := r.Root.Open(name)
	if err != nil {
		return nil, err
	}
	return f, nil
}

func (r osRoot) ReadDir(name string) ([]fs.DirEntry, error) { return fs.ReadDir(r.FS(), name) }

func (r osRoot) SyncDir(name string) error {
	return syncDir(func() (*os.File, error) { return r.Root.Open(name) })
}
