package repo

import (
	"errors"

	"dits/repo/object"
	"dits/repo/refs"
	"dits/tensorstore"
	"dits/tensorstore/digest"
)

// A Finding is what is wrong, as [Repo.Fsck] reports it, in fields. Its JSON form is a contract.
type Finding struct {
	Message   string    `json:"message"`
	At        string    `json:"at"`        // REV:PATH, ":PATH" in the index, or a file of .dits; "" if it is none
	File      digest.ID `json:"file"`      // the content that cannot be read; zero if it is none
	Tensor    string    `json:"tensor"`    // of it, "" if it is none
	Offset    int64     `json:"offset"`    // of the part in the file
	Dependent bool      `json:"dependent"` // what it is coded against is damaged
	Packs     []Place   `json:"packs"`     // where the damage is
	Next      string    `json:"next"`      // what to do
}

// A Place is a record in a pack.
type Place struct {
	Pack   string `json:"pack"`
	Offset int64  `json:"pack_offset"`
}

// FindingOf sorts what is known of a problem into fields.
func FindingOf(err error) Finding {
	f := Finding{Message: err.Error(), Packs: []Place{}}
	for _, loc := range tensorstore.Causes(err) {
		f.Packs = append(f.Packs, Place{loc.Pack, loc.Off})
	}
	var part *TensorError
	var broken *refs.BrokenError
	lost := errors.Is(err, object.ErrCorrupt) || errors.Is(err, tensorstore.ErrUnknown)
	if errors.As(err, &part) {
		f.At, f.File, f.Tensor, f.Offset, f.Dependent = part.At, part.File, part.Tensor, part.Off, part.Dependent
	}
	switch {
	case errors.As(err, &broken):
		f.At, f.Next = broken.Path, "dits fsck --repair"
	case errors.Is(err, errStale) || errors.Is(err, tensorstore.ErrIndex):
		f.Next = "dits fsck --rebuild"
	case lost && f.Dependent:
		f.Next = "mend what it is coded against"
	case lost:
		f.Next = "add the original file again, or dits fsck --repair --from FILE, or put the pack back from a copy"
	case tensorstore.IsSystem(err):
		f.Next = "make it readable, and check again"
	}
	return f
}
