package safetensors

import (
	"errors"

	"dits/formats"
)

// A keyRule says which keys of an object may come twice: it returns false for
// one that must not have come again.
type keyRule func(key string) bool

// uniqueKeys lets no key come twice. Costs memory for each key.
func uniqueKeys() keyRule {
	seen := make(map[string]struct{})
	return func(key string) bool {
		n := len(seen)
		seen[key] = struct{}{}
		return len(seen) > n
	}
}

// uniqueOf lets these keys come once, and others as often as they like.
func uniqueOf(names ...string) keyRule {
	seen := make([]bool, len(names))
	return func(key string) bool {
		for i, name := range names {
			if name == key {
				again := seen[i]
				seen[i] = true
				return !again
			}
		}
		return true
	}
}

// object reads an object; value is called with the scanner before each value,
// and has to read it. off is where the key starts.
func (s *scanner) object(rule keyRule, value func(key string, off int64) error) error {
	if err := s.open('{', "an object"); err != nil {
		return err
	}
	for first := true; ; first = false {
		done, err := s.item(first, '}')
		if done || err != nil {
			return err
		}
		key, at, err := s.text()
		if err != nil {
			return err
		}
		if !rule(key) {
			return formats.Damaged(at, "key %.80q comes twice", key)
		}
		if err := s.want(':'); err != nil {
			return err
		}
		if err := value(key, at); err != nil {
			return err
		}
	}
}

// array reads an array; element is called with the scanner before element i, and
// has to read it.
func (s *scanner) array(element func(i int) error) error {
	if err := s.open('[', "an array"); err != nil {
		return err
	}
	for i := 0; ; i++ {
		done, err := s.item(i == 0, ']')
		if done || err != nil {
			return err
		}
		if err := element(i); err != nil {
			return err
		}
	}
}

// open reads an opening bracket.
func (s *scanner) open(bracket byte, what string) error {
	c, err := s.next()
	if err != nil {
		return err
	}
	if c != bracket {
		return formats.Damaged(s.off, "JSON: got %q, want %s", c, what)
	}
	if s.depth++; s.depth > maxDepth {
		return formats.Damaged(s.off, "JSON: got more than %d levels", maxDepth)
	}
	s.take()
	return nil
}

// item goes to the next item of an object or array: past a comma, unless it is
// the first. done is true if there is none and the closing bracket was read.
func (s *scanner) item(first bool, closing byte) (done bool, err error) {
	c, err := s.next()
	switch {
	case err != nil:
		return false, err
	case c == closing:
		s.depth--
		s.take()
		return true, nil
	case first:
		return false, nil
	case c != ',':
		return false, formats.Damaged(s.off, "JSON: got %q, want ',' or %q", c, closing)
	}
	s.take()
	return false, nil
}

// inTensor names the tensor in an error about damage.
func inTensor(err error, name string) error {
	var damage *formats.Error
	if errors.As(err, &damage) && damage.Tensor == "" {
		return damage.In(name)
	}
	return err
}
