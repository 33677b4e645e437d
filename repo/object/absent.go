package object

import (
	"cmp"
	"fmt"
	"strings"
)

// absent is an [ErrNoPath] that says so in its own words.
type absent string

func (e absent) Error() string { return string(e) }

// Unwrap makes errors.Is(err, ErrNoPath) true.
func (e absent) Unwrap() error { return ErrNoPath }

// Absent is an [ErrNoPath] of that text.
func Absent(format string, args ...any) error { return absent(fmt.Sprintf(format, args...)) }

// NotTracked is why nothing is at a path of the index.
const NotTracked = "not tracked"

// A NoPathError is an [ErrNoPath] about one path.
type NoPathError struct {
	Path string   // from the root of the repository
	Why  string   // "" is that there is no such path
	Near []string // those that may be meant
}

func (e *NoPathError) Error() string {
	text := cmp.Or(e.Path, ".") + ": " + cmp.Or(e.Why, ErrNoPath.Error())
	if len(e.Near) > 0 {
		text += " (did you mean " + strings.Join(e.Near, ", ") + "?)"
	}
	return text
}

// Unwrap makes errors.Is(err, ErrNoPath) true.
func (e *NoPathError) Unwrap() error { return ErrNoPath }

// A ShardsError is an [ErrNoPath] about the name of a model in shards, where one file is wanted.
type ShardsError struct {
	Rev    string // "" is the index
	Path   string // from the root of the repository
	Shards int
	First  string // of the shards
}

func (e *ShardsError) Error() string {
	first := e.First
	if e.Rev != "" {
		first = e.Rev + ":" + first
	}
	return fmt.Sprintf("%s: a model in %d shards, want one of them, as %s", e.Path, e.Shards, first)
}

// Unwrap makes errors.Is(err, ErrNoPath) true.
func (e *ShardsError) Unwrap() error { return ErrNoPath }
