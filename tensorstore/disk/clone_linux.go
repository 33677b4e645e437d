package disk

import (
	"errors"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"
)

// Clone gives the new, empty file to the bytes of from without copying them: both have the same blocks until one is
// written to. It is an [errors.ErrUnsupported] where the file system has no such thing, and nothing was done then.
func Clone(to File, from fs.File) error {
	dst, isFile := to.(*os.File)
	src, areFiles := from.(*os.File)
	if !isFile || !areFiles {
		return errors.ErrUnsupported
	}
	if err := unix.IoctlFileClone(int(dst.Fd()), int(src.Fd())); err != nil {
		return errors.Join(errors.ErrUnsupported, &os.PathError{Op: "clone", Path: dst.Name(), Err: err})
	}
	return nil
}
