package pack

import (
	"fmt"
	"path/filepath"

	"dits/tensorstore/digest"
)

// MaxLen bounds a payload, and what it decodes to, in bytes. A reader can
// refuse what claims more before it takes memory for it.
const MaxLen = 1 << 30

// An Entry is one payload of a pack and what its reader must know of it.
// Several entries may have the same ID: one content in different encodings.
type Entry struct {
	Kind       Kind
	ID         digest.ID // of the raw content; Blob and Manifest: of the blob or file that the record describes
	Encoding   uint8     // how the payload is stored; pack does not interpret it
	Off, Len   int64     // payload in the pack, bytes
	RawLen     int64     // decoded bytes
	Prediction digest.ID // object that decoding the payload needs; zero: none
	First      int64     // chunk: index in its tensor of its first element
	Depth      uint8     // 0: no sources, else 1 + that of the deepest source
	Sum        uint64    // xxhash64 of the payload
}

// An Info is what is known of a sealed pack without its payloads.
type Info struct {
	Name    string  // 64 hexadecimal digits: BLAKE3-256 of the index
	Size    int64   // of the file, bytes
	Entries []Entry // in file order; not to be changed
}

// Ext ends the file name of a sealed pack.
const Ext = ".pack"

// Path is the file of the pack called name in dir.
func Path(dir, name string) string { return filepath.Join(dir, name+Ext) }

// check holds e to the rules that writer and reader share.
func (e *Entry) check() error {
	switch {
	case !e.Kind.known():
		return fmt.Errorf("%v is not known", e.Kind)
	case e.ID.IsZero():
		return fmt.Errorf("%v: ID is zero", e.Kind)
	case e.Len < 0 || e.Len > MaxLen:
		return fmt.Errorf("%v %s: payload of %d bytes, limit %d", e.Kind, e.ID.Short(), e.Len, MaxLen)
	case e.RawLen < 0 || e.RawLen > MaxLen:
		return fmt.Errorf("%v %s: decoded length %d, limit %d", e.Kind, e.ID.Short(), e.RawLen, MaxLen)
	case e.First < 0:
		return fmt.Errorf("%v %s: first element %d, want 0 or more", e.Kind, e.ID.Short(), e.First)
	case e.Kind == Prediction && e.Prediction == e.ID:
		return fmt.Errorf("%v %s: needs itself", e.Kind, e.ID.Short())
	}
	return nil
}
