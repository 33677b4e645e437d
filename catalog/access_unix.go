//go:build unix

package catalog

import (
	"io/fs"

	"golang.org/x/sys/unix"
)

// mayWrite is an error if this user cannot write the file or folder at path. It is not opened:
// closing it would give up the locks that SQLite has on it in this process.
func mayWrite(path string) error {
	if err := unix.Faccessat(unix.AT_FDCWD, path, unix.W_OK, unix.AT_EACCESS); err != nil {
		return &fs.PathError{Op: "write", Path: path, Err: unwritable{err}}
	}
	return nil
}

// unwritable is a reason of the operating system that is [Unwritable], whatever it is.
type unwritable struct{ error }

func (u unwritable) Unwrap() []error { return []error{u.error, errReadOnly} }
