package repo

import "fmt"

// An IncompleteError lists what [AddOptions.KeepGoing] could not stage, each with its path. All else is staged.
type IncompleteError struct{ Failed []error }

// Error counts them; what is wrong with each is for the caller to tell.
func (e *IncompleteError) Error() string {
	return fmt.Sprintf("%d could not be staged, all others are", len(e.Failed))
}

func (e *IncompleteError) add(err error) { e.Failed = append(e.Failed, err) }

// orNil is e, or nil without failures.
func (e *IncompleteError) orNil() error {
	if len(e.Failed) == 0 {
		return nil
	}
	return e
}
