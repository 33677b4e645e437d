package tensorstore

import (
	"errors"
	"fmt"

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
}

func (e *RecordError) Error() string {
	return fmt.Sprintf("pack %s: offset %d: %s %s: %v", e.Pack, e.Off, e.Kind, e.ID, e.Err)
}

// Unwrap gives both ErrCorrupt and the cause.
func (e *RecordError) Unwrap() []error { return []error{ErrCorrupt, e.Err} }
