package formats

import (
	"errors"
	"fmt"
	"io"
)

// A Parser turns files of one format into layouts. Parsers hold no state and
// may be used at the same time.
type Parser interface {
	// Name is the format's name, as in Layout.Format.
	Name() string
	// Claims reports whether a file should be of this format: by the first
	// bytes, up to [HeadLen] of them, or by the end of its path. An empty path
	// asks about the bytes alone.
	Claims(head []byte, path string) bool
	// Parse returns the layout of size bytes of r. It returns an [*Error] if
	// they are damaged, and any other error if they could not be read. It takes
	// memory in proportion to the bytes it read, whatever they claim.
	Parse(r io.ReaderAt, size int64) (*Layout, error)
}

// A Guesser is a parser of a format without a magic number: Guess reports
// whether a file that nothing claims is worth a try. A wrong guess costs time
// and nothing else.
type Guesser interface {
	Guess(head []byte, size int64) bool
}

// HeadLen is how many first bytes of a file a parser is shown.
const HeadLen = 16

// Parse returns the layout of a file of size bytes. The path is never opened:
// only how it ends matters. A file that a parser claims and no parser
// understands is opaque, with a warning that names the reason and the offset;
// a file that nothing claims is opaque without one. So the only errors are those of
// r itself: content that makes no sense never is one. The result has been
// validated.
func Parse(r io.ReaderAt, size int64, path string, parsers ...Parser) (*Layout, error) {
	if size < 0 {
		return nil, fmt.Errorf("file size: got %d, want at least 0", size)
	}
	head := make([]byte, min(size, HeadLen))
	var short *Error
	if err := ReadFull(r, head, 0); errors.As(err, &short) {
		head = head[:short.Off]
	} else if err != nil {
		return nil, err
	}
	warning := ""
	for _, p := range claimants(head, path, parsers) {
		layout, err := parseWith(p, r, size)
		if err == nil || !isDamage(err) {
			return layout, err
		}
		if warning == "" {
			warning = p.Name() + ": " + err.Error()
		}
	}
	for _, p := range parsers {
		if g, ok := p.(Guesser); !ok || !g.Guess(head, size) {
			continue
		}
		layout, err := parseWith(p, r, size)
		if err == nil || !isDamage(err) {
			return layout, err
		}
	}
	return NewOpaque(size, warning), nil
}

// claimants returns the parsers that claim a file, those that know its bytes
// before those that only know its name.
func claimants(head []byte, path string, parsers []Parser) []Parser {
	var byBytes, byName []Parser
	for _, p := range parsers {
		switch {
		case p.Claims(head, ""):
			byBytes = append(byBytes, p)
		case p.Claims(head, path):
			byName = append(byName, p)
		}
	}
	return append(byBytes, byName...)
}

func parseWith(p Parser, r io.ReaderAt, size int64) (*Layout, error) {
	layout, err := p.Parse(r, size)
	if err != nil {
		return nil, err
	}
	if err := layout.Validate(); err != nil {
		return nil, err
	}
	if layout.Size != size {
		return nil, Damaged(layout.Size, "layout size: got %d bytes, want %d", layout.Size, size)
	}
	return layout, nil
}

func isDamage(err error) bool {
	var damage *Error
	return errors.As(err, &damage)
}

// NewOpaque is the layout of a file about which nothing is known: one segment,
// or none if the file is empty. The warning says why, if that needs saying.
func NewOpaque(size int64, warning string) *Layout {
	l := &Layout{Format: "opaque", Size: size, Warning: warning}
	if size > 0 {
		l.Segments = []Segment{{Kind: Opaque, Len: size, Tensor: -1}}
	}
	return l
}
