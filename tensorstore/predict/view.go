package predict

import "io"

// A Viewer is a source whose bytes may be in memory as they are.
type Viewer interface {
	// View is n bytes from off on, not to be changed; nil where they are not in one piece, or do not all
	// exist.
	View(off int64, n int) ([]byte, error)
}

// view is n bytes of a source from off on, not to be changed: a copy only where it has to be.
func view(src io.ReaderAt, off int64, n int) ([]byte, error) {
	if v, ok := src.(Viewer); ok {
		if b, err := v.View(off, n); b != nil || err != nil {
			return b, err
		}
	}
	b := make([]byte, n)
	return b, readFull(src, b, off)
}
