package tensorstore

import "io"

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
