package formats

import (
	"errors"
	"fmt"
	"io"
)

// ErrTruncated means that a file ends before something that it says it has.
var ErrTruncated = errors.New("truncated")

// An Error says what is wrong with a file that claims a format. A parser
// returns one for every kind of damage, and never for a failing disk: that is
// how [Parse] tells a bad file from a bad read.
type Error struct {
	Off    int64  // bytes from the start of the file to what is wrong
	Tensor string // the tensor concerned, or ""
	Reason string // what: got, want
	Err    error  // ErrTruncated, or nil
}

func (e *Error) Error() string {
	at := fmt.Sprintf("offset %d: %s", e.Off, e.Reason)
	if e.Err != nil {
		at = fmt.Sprintf("offset %d: %v: %s", e.Off, e.Err, e.Reason)
	}
	if e.Tensor != "" {
		return fmt.Sprintf("tensor %.200q: %s", e.Tensor, at)
	}
	return at
}

func (e *Error) Unwrap() error { return e.Err }

// Damaged returns an [Error] at an offset, in bytes from the start of the file.
func Damaged(off int64, reason string, args ...any) *Error {
	return &Error{Off: off, Reason: fmt.Sprintf(reason, args...)}
}

// Truncated returns an [Error] that wraps [ErrTruncated].
func Truncated(off int64, reason string, args ...any) *Error {
	e := Damaged(off, reason, args...)
	e.Err = ErrTruncated
	return e
}

// In returns e with the name of the tensor that it is about.
func (e *Error) In(tensor string) *Error {
	named := *e
	named.Tensor = tensor
	return &named
}

// ReadFull reads len(p) bytes at off. The end of the file is an [Error] that
// wraps [ErrTruncated]; whatever else the reader reports comes back with the
// offset, and is no [Error].
func ReadFull(r io.ReaderAt, p []byte, off int64) error {
	n, err := r.ReadAt(p, off)
	switch {
	case n == len(p):
		return nil
	case err == nil:
		return fmt.Errorf("read at offset %d: got %d bytes and no error, want %d", off, n, len(p))
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return Truncated(off+int64(n), "got %d bytes, want %d", n, len(p))
	}
	return fmt.Errorf("read at offset %d: %w", off, err)
}
