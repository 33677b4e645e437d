package pack

import (
	"errors"
	"fmt"

	"dits/tensorstore/digest"
)

// ErrTorn means the trailer is missing or does not match: the writer died, or
// the file was cut short.
var ErrTorn = errors.New("torn pack: no valid trailer")

// A CorruptError is a part of a pack whose checksum is wrong.
type CorruptError struct {
	Pack      string    // name of the pack, or its path where the name is not known
	Entry     int       // index of the entry; -1: the header or the index
	Part      string    // "header", "index", or the kind of the entry
	ID        digest.ID // of the entry
	Off       int64     // start of the part in the file
	Got, Want uint64    // xxhash64
}

func (e *CorruptError) Error() string {
	what := e.Part
	if !e.ID.IsZero() {
		what = fmt.Sprintf("entry %d: %s %s", e.Entry, e.Part, e.ID)
	}
	return fmt.Sprintf("pack %s: %s at offset %d: xxhash %016x, want %016x", e.Pack, what, e.Off, e.Got, e.Want)
}
