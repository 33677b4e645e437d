package object

import "fmt"

// absent is an [ErrNoPath] that says so in its own words.
type absent string

func (e absent) Error() string { return string(e) }

// Unwrap makes errors.Is(err, ErrNoPath) true.
func (e absent) Unwrap() error { return ErrNoPath }

// Absent is an [ErrNoPath] of that text.
func Absent(format string, args ...any) error { return absent(fmt.Sprintf(format, args...)) }
