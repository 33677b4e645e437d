package safetensors

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"unicode/utf8"

	"dits/formats"
)

// maxDepth is how deep arrays and objects may nest. Upstream's JSON reader
// (serde_json) counts down from 128 and refuses at 0.
const maxDepth = 127

// windowLen is how much is read at once, in bytes.
const windowLen = 16 << 10

// A scanner reads JSON (RFC 8259) piece by piece and holds no more than the
// string or number it is at. It is as strict as upstream's reader: UTF-8 only,
// no lone surrogates, no numbers beyond float64. encoding/json is more lenient
// in all three, and it takes memory for the tokens before they are judged.
type scanner struct {
	r      io.Reader
	window []byte // bytes that were read
	pos    int    // of the next byte in window
	off    int64  // of the next byte, from the start of the file
	depth  int    // open arrays and objects
	buf    []byte // the string or number being read
}

func newScanner(r io.Reader, off int64) *scanner {
	return &scanner{r: r, off: off, window: make([]byte, 0, windowLen)}
}

// peek returns the next byte without taking it.
func (s *scanner) peek() (byte, error) {
	if s.pos == len(s.window) {
		if err := s.fill(); err != nil {
			return 0, err
		}
	}
	return s.window[s.pos], nil
}

// fill reads the next window.
func (s *scanner) fill() error {
	n, err := io.ReadAtLeast(s.r, s.window[:cap(s.window)], 1)
	s.window, s.pos = s.window[:n], 0
	switch {
	case n > 0:
		return nil
	case errors.Is(err, io.EOF):
		return formats.Damaged(s.off, "JSON ends early")
	}
	return fmt.Errorf("read at offset %d: %w", s.off, err)
}

// take goes past the byte that peek returned.
func (s *scanner) take() {
	s.pos++
	s.off++
}

// next returns the first byte that is no white space, without reading it.
func (s *scanner) next() (byte, error) {
	for {
		c, err := s.peek()
		if err != nil || !isSpace(c) {
			return c, err
		}
		s.take()
	}
}

// want reads one punctuation mark.
func (s *scanner) want(mark byte) error {
	c, err := s.next()
	if err != nil {
		return err
	}
	if c != mark {
		return formats.Damaged(s.off, "JSON: got %q, want %q", c, mark)
	}
	s.take()
	return nil
}

// startsWithBrace checks that there is no white space before the header's object.
func (s *scanner) startsWithBrace() error {
	c, err := s.peek()
	if err == nil && c != '{' {
		return formats.Damaged(s.off, "header starts with %q, want '{'", c)
	}
	return err
}

// end checks that only white space follows.
func (s *scanner) end() error {
	c, err := s.next()
	var damage *formats.Error
	switch {
	case errors.As(err, &damage):
		return nil // next finds nothing but the end, as there should be
	case err != nil:
		return err
	}
	return formats.Damaged(s.off, "JSON: got %q after the end of the object", c)
}

// uint reads an integer from 0 to 2^63-1, written without sign, fraction or exponent.
func (s *scanner) uint() (int64, error) {
	if _, err := s.next(); err != nil {
		return 0, err
	}
	at := s.off
	token, err := s.number()
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseUint(string(token), 10, 63)
	if err != nil {
		return 0, formats.Damaged(at, "number: got %.40q, want an integer from 0 to 2^63-1", token)
	}
	return int64(n), nil
}

// text reads a string and returns it with the offset of its opening quote.
func (s *scanner) text() (string, int64, error) {
	at, err := s.passText()
	if err != nil {
		return "", at, err
	}
	return string(s.buf), at, nil
}

// passText is text where the string is of no interest.
func (s *scanner) passText() (int64, error) {
	c, err := s.next()
	at := s.off
	if err != nil {
		return at, err
	}
	if c != '"' {
		return at, formats.Damaged(at, "JSON: got %q, want a string", c)
	}
	if err := s.str(); err != nil {
		return at, err
	}
	if !utf8.Valid(s.buf) {
		return at, formats.Damaged(at, "string is not UTF-8")
	}
	return at, nil
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\r' || c == '\t' }
