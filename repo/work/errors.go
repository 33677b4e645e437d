package work

import (
	"errors"
	"fmt"
	"strings"
)

// ErrDirty is what every [DirtyError] is.
var ErrDirty = errors.New("unsaved changes")

// A DirtyError lists the files that an operation would have overwritten. Nothing
// was changed.
type DirtyError struct {
	Changed   []string // tracked, with changes that are not committed
	Untracked []string // not tracked, in the way of a tracked file
}

// Error names up to ten files of each kind.
func (e *DirtyError) Error() string {
	var b strings.Builder
	if len(e.Changed) > 0 {
		b.WriteString("unsaved changes would be overwritten: " + SomeOf(e.Changed))
	}
	if len(e.Untracked) > 0 {
		if b.Len() > 0 {
			b.WriteString("; ")
		}
		b.WriteString("untracked files would be overwritten: " + SomeOf(e.Untracked))
	}
	return b.String()
}

// Unwrap makes errors.Is(err, ErrDirty) true.
func (e *DirtyError) Unwrap() error { return ErrDirty }

// SomeOf names up to ten of them.
func SomeOf(names []string) string {
	return FirstOf(names, 10)
}

// FirstOf is the first names of a list, and how many there are more.
func FirstOf(names []string, most int) string {
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}
