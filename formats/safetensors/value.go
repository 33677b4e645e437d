package safetensors

import (
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"dits/formats"
)

// skip reads a value of any kind and checks its grammar.
func (s *scanner) skip() error {
	c, err := s.next()
	if err != nil {
		return err
	}
	switch {
	case c == '{':
		return s.object(uniqueOf(), func(string, int64) error { return s.skip() })
	case c == '[':
		return s.array(func(int) error { return s.skip() })
	case c == '"':
		_, err := s.passText()
		return err
	case c == 't':
		return s.literal("true")
	case c == 'f':
		return s.literal("false")
	case c == 'n':
		return s.literal("null")
	}
	at := s.off
	token, err := s.number()
	if err != nil {
		return err
	}
	if _, err := strconv.ParseFloat(string(token), 64); err != nil {
		return formats.Damaged(at, "number: got %.40q, want one that a float64 can hold", token)
	}
	return nil
}

func (s *scanner) literal(word string) error {
	for i := range len(word) {
		c, err := s.peek()
		if err != nil {
			return err
		}
		if c != word[i] {
			return formats.Damaged(s.off, "JSON: got %q, want %s", c, word)
		}
		s.take()
	}
	return nil
}

// number reads a number token into s.buf and returns that:
// [-] (0 | 1-9 digits) [. digits] [(e|E) [+|-] digits].
func (s *scanner) number() ([]byte, error) {
	s.buf = s.buf[:0]
	s.takeIf('-', '-')
	start := len(s.buf)
	if err := s.digits(); err != nil {
		return nil, err
	}
	if whole := s.buf[start:]; len(whole) > 1 && whole[0] == '0' {
		return nil, formats.Damaged(s.off, "number: got %.40q, want no leading zero", s.buf)
	}
	if s.takeIf('.', '.') {
		if err := s.digits(); err != nil {
			return nil, err
		}
	}
	if s.takeIf('e', 'E') {
		s.takeIf('+', '-')
		if err := s.digits(); err != nil {
			return nil, err
		}
	}
	return s.buf, nil
}

// digits reads one or more digits onto the end of s.buf.
func (s *scanner) digits() error {
	for n := 0; ; n++ {
		c, err := s.peek()
		if n > 0 && (err != nil || c < '0' || c > '9') {
			return nil // an error comes back with the next read
		}
		if err != nil {
			return err
		}
		if c < '0' || c > '9' {
			return formats.Damaged(s.off, "JSON: got %q, want a value", c)
		}
		s.buf = append(s.buf, c)
		s.take()
	}
}

// takeIf reads one byte onto the end of s.buf if it is either of two.
func (s *scanner) takeIf(a, b byte) bool {
	c, err := s.peek()
	if err != nil || c != a && c != b {
		return false
	}
	s.buf = append(s.buf, c)
	s.take()
	return true
}

// str reads a string into s.buf, escapes resolved.
func (s *scanner) str() error {
	s.buf = s.buf[:0]
	s.take()
	for {
		c, err := s.peek()
		if err != nil {
			return err
		}
		if c < ' ' {
			return formats.Damaged(s.off, "string: got control character %q, want it escaped", c)
		}
		s.take()
		switch c {
		case '"':
			return nil
		case '\\':
			if err := s.escape(); err != nil {
				return err
			}
		default:
			s.buf = append(s.buf, c)
		}
	}
}

// escapes maps the letter after a backslash to what it stands for.
var escapes = map[byte]byte{
	'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t',
}

// escape reads what follows a backslash.
func (s *scanner) escape() error {
	c, err := s.peek()
	if err != nil {
		return err
	}
	if c == 'u' {
		return s.unicode()
	}
	plain, ok := escapes[c]
	if !ok {
		return formats.Damaged(s.off, "string: got escape \\%c, want one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u", c)
	}
	s.buf = append(s.buf, plain)
	s.take()
	return nil
}

// unicode reads a \u escape from its u on, and the second one if the first is
// half of a surrogate pair.
func (s *scanner) unicode() error {
	at := s.off
	r, err := s.hex()
	if err != nil {
		return err
	}
	if utf16.IsSurrogate(r) {
		if err := s.literal(`\`); err != nil {
			return err
		}
		low, err := s.hex()
		if err != nil {
			return err
		}
		if r = utf16.DecodeRune(r, low); r == utf8.RuneError {
			return formats.Damaged(at, "string: got half of a surrogate pair")
		}
	}
	s.buf = utf8.AppendRune(s.buf, r)
	return nil
}

// hex reads a u and four hexadecimal digits.
func (s *scanner) hex() (rune, error) {
	if err := s.literal("u"); err != nil {
		return 0, err
	}
	var digits [4]byte
	for i := range digits {
		c, err := s.peek()
		if err != nil {
			return 0, err
		}
		digits[i] = c
		s.take()
	}
	n, err := strconv.ParseUint(string(digits[:]), 16, 16)
	if err != nil {
		return 0, formats.Damaged(s.off-4, "string: got escape \\u%q, want four hexadecimal digits", digits)
	}
	return rune(n), nil
}
