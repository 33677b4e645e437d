package object

import (
	"errors"

	"dits/tensorstore"
)

// ErrCorrupt means that bytes in the store or in .dits are not what was written.
var ErrCorrupt = tensorstore.ErrCorrupt

// ErrNoPath means that a path names nothing in the tree or index it was looked up in.
var ErrNoPath = errors.New("no such path")

// ErrVersion means that the repository needs a newer dits.
var ErrVersion = errors.New("repository needs a newer dits")
