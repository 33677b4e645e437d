package tensorstore

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"dits/tensorstore/choose"
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
)

// ErrUnknown means that the store does not have a content.
var ErrUnknown = errors.New("not in the store")

// ErrGone means that another process has deleted what was relied on: doing the same again stores it anew.
var ErrGone = errors.New("deleted by another process meanwhile")

// ErrCorrupt means that stored bytes are not what they were.
var ErrCorrupt = errors.New("corrupt")

// ErrIndex means that the index says other things than the packs: it is to be made again from them.
var ErrIndex = errors.New("the catalog is wrong: no such record is there")

// ErrChanged means that content changed while it was being read in.
var ErrChanged = choose.ErrChanged

// An UnknownError names what the store does not have. It is an [ErrUnknown].
type UnknownError struct {
	Kind pack.Kind
	ID   digest.ID
}

func (e *UnknownError) Error() string { return fmt.Sprintf("%s %s: %v", e.Kind, e.ID, ErrUnknown) }
func (e *UnknownError) Unwrap() error { return ErrUnknown }

// A RecordError says which record of which pack cannot be read. It is an [ErrCorrupt].
type RecordError struct {
	Location
	Err error

	system bool // the system was in the way
}

// badRecord is the error of a record. Whether the system was in the way is asked once: errors are about
// other errors, many levels deep.
func badRecord(loc Location, err error) *RecordError { return &RecordError{loc, err, IsSystem(err)} }

func (e *RecordError) Error() string {
	return fmt.Sprintf("pack %s: offset %d: %s %s: %v", e.Pack, e.Off, e.Kind, e.ID, e.Err)
}

// Unwrap gives both ErrCorrupt and the cause; the cause alone where the system was in the way.
func (e *RecordError) Unwrap() []error {
	if e.system {
		return []error{e.Err}
	}
	return []error{ErrCorrupt, e.Err}
}

// ErrBusy means that another process keeps the index from being written for longer than is waited for.
var ErrBusy = errors.New("the catalog is busy")

// IsSystem says that the system was in the way of reading: by its permissions, its limits or a disk that fails.
// That says nothing of what the bytes are. A file that is not there is another matter.
func IsSystem(err error) bool {
	var no syscall.Errno
	return errors.As(err, &no) && !errors.Is(err, fs.ErrNotExist)
}

// asDamage is err as an [ErrCorrupt], unless the system was in the way.
func asDamage(err error) error {
	if IsSystem(err) {
		return err
	}
	return fmt.Errorf("%w: %w", ErrCorrupt, err)
}

// ofOneFile says that what is in the way of reading a pack is about that one, and not about this process.
func ofOneFile(err error) bool {
	for _, of := range []error{syscall.EMFILE, syscall.ENFILE, syscall.ENOMEM, syscall.EINTR} {
		if errors.Is(err, of) {
			return false
		}
	}
	return IsSystem(err)
}
