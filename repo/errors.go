package repo

import (
	"errors"
	"fmt"
	"strings"

	"dits/tensorstore"
)

// What callers distinguish. Each is wrapped by an error that says what and where.
var (
	// ErrNoRepository means that no folder from the start up to the root has a .dits.
	ErrNoRepository = errors.New("not in a dits repository (no .dits here or above; `dits init` makes one)")
	// ErrLocked means that another process is changing this repository.
	ErrLocked = errors.New("repository is locked by another dits process")
	// ErrCorrupt means that bytes in the store or in .dits are not what was written.
	ErrCorrupt = tensorstore.ErrCorrupt
	// ErrNothing means that a commit would record no change.
	ErrNothing = errors.New("nothing to commit")
	// ErrRefMoved means that a ref no longer has the value that the update started from.
	ErrRefMoved = errors.New("ref moved")
	// ErrUnknownRevision means that nothing goes by that name.
	ErrUnknownRevision = errors.New("unknown revision")
	// ErrAmbiguous means that several commits start with the given digits.
	ErrAmbiguous = errors.New("ambiguous revision")
	// ErrExists means that a branch or tag of that name is there already.
	ErrExists = errors.New("already exists")
	// ErrUnmerged means that deleting a branch would lose commits.
	ErrUnmerged = errors.New("not fully merged")
	// ErrNoPath means that a path names nothing in the tree or index it was looked up in.
	ErrNoPath = errors.New("no such path")
	// ErrDirty is what every [DirtyError] is.
	ErrDirty = errors.New("unsaved changes")
	// ErrVersion means that the repository needs a newer dits.
	ErrVersion = errors.New("repository needs a newer dits")
)

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
		b.WriteString("unsaved changes would be overwritten: " + someOf(e.Changed))
	}
	if len(e.Untracked) > 0 {
		if b.Len() > 0 {
			b.WriteString("; ")
		}
		b.WriteString("untracked files would be overwritten: " + someOf(e.Untracked))
	}
	b.WriteString(" (commit or move them, or force)")
	return b.String()
}

// Unwrap makes errors.Is(err, ErrDirty) true.
func (e *DirtyError) Unwrap() error { return ErrDirty }

func someOf(names []string) string {
	const most = 10
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}
