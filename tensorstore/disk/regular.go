package disk

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// ErrSpecial means that a pipe, a device or a socket is where a file was wanted.
var ErrSpecial = errors.New("want a file")

// OpenRegular opens a file for reading. What is no file is an [ErrSpecial], and is not opened: to
// open a pipe would wait for a writer. A folder is the error that reading one gives.
func OpenRegular(path string) (*os.File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	switch {
	case info.IsDir():
		return nil, &fs.PathError{Op: "open", Path: path, Err: syscall.EISDIR}
	case !info.Mode().IsRegular():
		return nil, &fs.PathError{Op: "open", Path: path, Err: &specialError{info.Mode().Type()}}
	}
	return os.Open(path)
}

// ReadRegular reads a file that [OpenRegular] opens, at most so many bytes of it.
func ReadRegular(path string, most int64) ([]byte, error) {
	f, err := OpenRegular(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, most))
}

// A specialError says what is where a file was wanted.
type specialError struct{ kind fs.FileMode }

func (e *specialError) Error() string {
	switch {
	case e.kind&fs.ModeNamedPipe != 0:
		return "is a pipe, want a file"
	case e.kind&fs.ModeSocket != 0:
		return "is a socket, want a file"
	}
	return "is a device, want a file"
}

func (e *specialError) Unwrap() error { return ErrSpecial }
