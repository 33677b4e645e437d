package mount

import "errors"

// Options of [Start]. The zero value shows all branches, tags and commits.
type Options struct {
	Rev    string              // show the files of this revision only
	Failed func(string, error) // called for what cannot be read, once a place: its path, and why; nil: no one wants to know
}

// ErrBusy means that programs use what is mounted.
var ErrBusy = errors.New("is in use")

// ErrUnsupported means that this system has no FUSE, or dits none for it.
var ErrUnsupported = errors.New("nothing can be mounted")
