package refs

import (
	"errors"
	"fmt"

	"dits/repo/object"
)

// ErrLocked means that another process is changing this repository.
var ErrLocked = errors.New("repository is being changed")

// ErrRefMoved means that a ref no longer has the value that the update started from.
var ErrRefMoved = errors.New("ref moved")

// ErrChanged means that another process changed a file of .dits meanwhile, although that was locked: the
// locks of this file system do nothing.
var ErrChanged = errors.New("changed by another dits process meanwhile; run the command again")

// ErrUnknownRevision means that nothing goes by that name.
var ErrUnknownRevision = errors.New("unknown revision")

// ErrAmbiguous means that several commits start with the given digits.
var ErrAmbiguous = errors.New("ambiguous revision")

// ErrExists means that a branch or tag of that name is there already.
var ErrExists = errors.New("already exists")

// A BrokenError is a file of .dits that cannot be understood; `dits fsck --repair` mends it. It is an
// [object.ErrCorrupt].
type BrokenError struct {
	Path string
	Err  error
}

func (e *BrokenError) Error() string { return e.Path + ": " + e.Err.Error() }

// Unwrap gives both ErrCorrupt and the cause.
func (e *BrokenError) Unwrap() []error { return []error{object.ErrCorrupt, e.Err} }

// missing is an [ErrUnknownRevision] that says so in its own words.
type missing string

func (e missing) Error() string { return string(e) }

// Unwrap makes errors.Is(err, ErrUnknownRevision) true.
func (e missing) Unwrap() error { return ErrUnknownRevision }

// Missing is an [ErrUnknownRevision] of that text.
func Missing(format string, args ...any) error { return missing(fmt.Sprintf(format, args...)) }
