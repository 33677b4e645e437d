package choose

import (
	"errors"
	"io"
)

// ErrChanged means that content changed while it was being read in.
var ErrChanged = errors.New("changed while it was being read")

// readFull fills b from byte off of what is stored; one that ends before is [ErrChanged].
func readFull(src io.ReaderAt, b []byte, off int64) error {
	n, err := src.ReadAt(b, off)
	if n == len(b) {
		return nil
	}
	if err == nil || err == io.EOF {
		return ErrChanged
	}
	return err
}
