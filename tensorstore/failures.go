package tensorstore

import (
	"errors"
	"fmt"
	"io/fs"
	"sync"

	"dits/tensorstore/digest"
)

// failures are the chunks that could not be read while one chunk was. Two chunks that need each other, in many records
// each, are not tried in every order.
type failures struct {
	mu   sync.Mutex
	byID map[digest.ID]failure
}

// A failure is that of a chunk whose chain of sources could be so long.
type failure struct {
	depth int
	err   error
}

// of is the error of a chunk that cannot be read by a chain of sources of a length, nil if that is not known.
func (f *failures) of(id digest.ID, depth int) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if known, ok := f.byID[id]; ok && depth <= known.depth {
		return known.err
	}
	return nil
}

// add notes that a chunk cannot be read.
func (f *failures) add(id digest.ID, depth int, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if known, ok := f.byID[id]; ok && depth <= known.depth {
		return
	}
	if f.byID == nil {
		f.byID = map[digest.ID]failure{}
	}
	f.byID[id] = failure{depth, &againError{id, classesOf(err)}}
}

// An againError is an error that was told already, in few words.
type againError struct {
	id      digest.ID
	classes []error
}

func (e *againError) Error() string {
	return fmt.Sprintf("chunk %s: cannot be read, as above", e.id.Short())
}
func (e *againError) Unwrap() []error { return e.classes }

// classesOf are the errors that readers tell apart which err is.
func classesOf(err error) (classes []error) {
	for _, c := range []error{ErrCorrupt, ErrUnknown, errTooDeep, errTooMuch, fs.ErrNotExist, fs.ErrPermission} {
		if errors.Is(err, c) {
			classes = append(classes, c)
		}
	}
	return classes
}

// maxTold is how many records of a content are told in an error.
const maxTold = 2

// A recordsError is that of a content of which no record can be read.
type recordsError []error

// joined is the error of some records, as it is of one.
func joined(errs []error) error {
	if len(errs) == 1 {
		return errs[0]
	}
	return recordsError(errs)
}

func (e recordsError) Error() string {
	told := errors.Join(e[:min(len(e), maxTold)]...).Error()
	if more := len(e) - maxTold; more > 0 {
		told += fmt.Sprintf("\nand %d more of its records", more)
	}
	return told
}

func (e recordsError) Unwrap() []error { return e }
