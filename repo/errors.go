package repo

import (
	"errors"

	"dits/tensorstore/upkeep"
)

// What callers distinguish. Each is wrapped by an error that says what and where.
var (
	// ErrNoRepository means that no folder from the start up to the root has a .dits.
	ErrNoRepository = errors.New("not in a dits repository (no .dits here or above; `dits init` makes one)")
	// ErrNothing means that a commit would record no change.
	ErrNothing = errors.New("nothing to commit")
	// ErrUnmerged means that deleting a branch would lose commits.
	ErrUnmerged = errors.New("not fully merged")
	// ErrOutdated means that a store changed faster than a gc could look at it.
	ErrOutdated = upkeep.ErrOutdated
)
