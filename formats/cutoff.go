package formats

import (
	"errors"
	"io"
)

// A Measurer is a parser that tells from the header how many bytes a file has to have. Where the header itself
// is cut off, it is what that alone would have, or an error that wraps [ErrTruncated] if not even that can be told.
type Measurer interface {
	Extent(r io.ReaderAt, size int64) (int64, error)
}

// A Cut is a file that ends before what its header says that it has.
type Cut struct {
	Format string
	Want   int64   // bytes that the file should have, at least; 0: the header does not even say that
	Layout *Layout // of the whole file; nil where the header is cut off
}

// CutOff says whether a file ends too early, by its own header; nil if not. The path is never opened: only how it
// ends matters. It reads the header only.
func CutOff(r io.ReaderAt, size int64, path string, parsers ...Parser) (*Cut, error) {
	head := make([]byte, min(size, HeadLen))
	if err := ReadFull(r, head, 0); err != nil {
		return nil, err
	}
	candidates := claimants(head, path, parsers)
	for _, p := range parsers {
		if g, ok := p.(Guesser); ok && g.Guess(head, size) {
			candidates = append(candidates, p)
		}
	}
	for _, p := range candidates {
		m, ok := p.(Measurer)
		if !ok {
			continue
		}
		want, err := m.Extent(r, size)
		switch {
		case errors.Is(err, ErrTruncated):
			return &Cut{Format: p.Name()}, nil
		case err != nil && !isDamage(err):
			return nil, err
		case err != nil || want <= size:
			continue
		}
		c := &Cut{Format: p.Name(), Want: want}
		if layout, err := parseWith(p, Filled(r, size), want); err == nil {
			c.Layout = layout
		} else if !isDamage(err) {
			return nil, err
		}
		return c, nil
	}
	return nil, nil
}

// Filled reads a file of size bytes as if zeros followed it: headers are read in blocks, and the last one of a file that
// is cut off may reach beyond the end.
func Filled(r io.ReaderAt, size int64) io.ReaderAt { return filled{r, size} }

type filled struct {
	r    io.ReaderAt
	size int64
}

// ReadAt implements [io.ReaderAt].
func (f filled) ReadAt(p []byte, off int64) (int, error) {
	there := max(0, min(int64(len(p)), f.size-off))
	clear(p[there:])
	if err := ReadFull(f.r, p[:there], off); err != nil {
		return 0, err
	}
	return len(p), nil
}
