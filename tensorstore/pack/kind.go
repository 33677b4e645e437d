package pack

import "fmt"

// A Kind is what an entry holds. The numbers are on disk and are never reused.
type Kind uint8

// The kinds of version 1.
const (
	Chunk      Kind = 1 // a piece of a blob
	Blob       Kind = 2 // the list of a blob's chunks
	Manifest   Kind = 3 // the recipe of a file
	Tree       Kind = 4
	Commit     Kind = 5
	Prediction Kind = 6 // how chunks of a tensor are predicted
	Tag        Kind = 7
)

var kindNames = [...]string{
	Chunk:      "chunk",
	Blob:       "blob",
	Manifest:   "manifest",
	Tree:       "tree",
	Commit:     "commit",
	Prediction: "prediction",
	Tag:        "tag",
}

// String is the kind's name in lower case, or "kind 9" for one that is not known.
func (k Kind) String() string {
	if !k.known() {
		return fmt.Sprintf("kind %d", uint8(k))
	}
	return kindNames[k]
}

func (k Kind) known() bool { return k >= Chunk && int(k) < len(kindNames) }
