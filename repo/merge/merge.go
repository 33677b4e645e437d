package merge

import "dits/repo/object"

// A Strategy says what becomes of what both sides of a merge changed.
type Strategy string

// Strategies. Without one, what both sides changed is a conflict.
const (
	None    Strategy = ""
	Average Strategy = "average" // float tensors: the mean of both, in float32
	Ours    Strategy = "ours"    // as in HEAD
	Theirs  Strategy = "theirs"  // as in what is merged
)

// A MergedFile is a file of the result that is not as in HEAD.
type MergedFile struct {
	Path     string `json:"path"`
	How      string `json:"how"`      // theirs, removed, renamed, merged
	Theirs   int    `json:"theirs"`   // of a merged file: tensors taken from the other side
	Averaged int    `json:"averaged"` // tensors that are the mean of both sides
	From     string `json:"from"`     // its path in HEAD, "" if that is the same, or none
}

// A Conflict is something that both sides changed, each in its own way.
type Conflict struct {
	Path   string `json:"path"`
	Tensor string `json:"tensor"` // "" for the whole file
	Reason string `json:"reason"`
}

// Forward tells what a file of HEAD becomes when all of it becomes as in theirs.
func Forward(ours, theirs []object.TreeFile) []MergedFile {
	m := &Merge{Changed: []MergedFile{}, strategy: None}
	for _, t := range m.triples(ours, ours, theirs) {
		changed := len(m.Changed)
		if !object.SameFile(t.ours, t.theirs) {
			m.take(t)
		}
		if t.theirs.Path != "" {
			m.rename(t, changed)
		}
	}
	return m.Changed
}
