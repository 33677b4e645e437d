package merge

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
	How      string `json:"how"`      // theirs, removed, merged
	Theirs   int    `json:"theirs"`   // of a merged file: tensors taken from the other side
	Averaged int    `json:"averaged"` // tensors that are the mean of both sides
}

// A Conflict is something that both sides changed, each in its own way.
type Conflict struct {
	Path   string `json:"path"`
	Tensor string `json:"tensor"` // "" for the whole file
	Reason string `json:"reason"`
}
