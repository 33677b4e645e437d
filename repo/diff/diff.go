package diff

import (
	"context"
	"fmt"
	"slices"

	"dits/repo/object"
	"dits/tensorstore/digest"
)

// Options of [Of]. The zero value compares everything.
type Options struct {
	Paths       []string         // only files at or below one of these; none: all
	Only        string           // of what differs only the model with this path or name; "": all
	FilesOnly   bool             // do not look into files
	DigestsOnly bool             // find out which tensors changed, but read none: all their elements count as changed, without figures
	Rank        bool             // find out the rank of the change of each matrix
	Renamed     []object.Renamed // models that are known to have been renamed and changed, by their names
	Workers     int              // tensor blocks compared at a time; 0: one a processor

	Progress object.Progress // told of the bytes of both sides; nil: none
}

// A Diff is how state b differs from state a. Its JSON form is a contract.
type Diff struct {
	A           *digest.ID `json:"a"` // commits; null is the index or the working folder
	B           *digest.ID `json:"b"`
	Files       []FileDiff `json:"files"` // that differ, ascending by path
	Summary     Summary    `json:"summary"`
	StoredBytes *int64     `json:"stored_bytes"`  // what the files of b in Files take in packs beyond a's; null: not all are stored
	Logical     int64      `json:"logical_bytes"` // the size of those files

	came []*Entry // of b
}

// What became of a file.
const (
	FileAdded    = "added"
	FileRemoved  = "removed"
	FileModified = "modified"
	FileRenamed  = "renamed" // the same bytes under another path
)

// A FileDiff is one file that differs. The shards of a model are one file here, and so are a model that
// went and the one in another format that came for it: they have status modified and PathB.
type FileDiff struct {
	Path   string `json:"path"`             // in a; in b if it was added
	PathB  string `json:"path_b,omitempty"` // if it is another
	Status string `json:"status"`
	// Similarity is only of a model that was renamed and changed: the share of the bytes of its tensors that are as they
	// were.
	Similarity *float64     `json:"similarity,omitempty"`
	ModeA      string       `json:"mode_a,omitempty"` // octal, if they differ
	ModeB      string       `json:"mode_b,omitempty"`
	Warning    string       `json:"warning,omitempty"`       // why tensors could not be compared
	Metadata   []KeyDiff    `json:"metadata"`                // keys of the header, or of a JSON file, whose values differ
	Sums       []KeySum     `json:"metadata_sums,omitempty"` // of objects in a JSON file of which many keys differ
	LoRARank   int64        `json:"lora_rank,omitempty"`     // the one rank of all that changed, where they have one
	Tensors    []TensorDiff `json:"tensors"`                 // those of a in its order, then those that b added
	Layers     []LayerDiff  `json:"layers"`                  // see [Layers]
	Summary    Summary      `json:"summary"`
}

// A Summary counts tensors by what became of them. Elements are those of the
// tensors that both sides have.
type Summary struct {
	Tensors         int   `json:"tensors"`
	Changed         int   `json:"changed"`
	Identical       int   `json:"identical"`
	EqualValues     int   `json:"equal_values"` // of Changed: those whose values are all equal, as of a cast that loses nothing
	Added           int   `json:"added"`
	Removed         int   `json:"removed"`
	Renamed         int   `json:"renamed"`
	Reshaped        int   `json:"reshaped"`
	Elements        int64 `json:"elements"`
	ElementsChanged int64 `json:"elements_changed"`
}

// wants says whether a pair is that of Only.
func (o Options) wants(p ModelPair) bool {
	return o.Only == "" || p.Path() == o.Only || object.NameOf(p.Path()) == o.Only
}

// Of compares two states. Files and tensors whose digests are equal are not read; those whose digests are not known
// are read up to where they differ. The others are streamed once, in bounded memory.
func Of(ctx context.Context, a, b Snapshot, o Options) (*Diff, error) {
	d := &Diff{A: a.Commit, B: b.Commit, Files: []FileDiff{}}
	pairs, err := Pairs(ctx, a, b, o)
	if err != nil {
		return nil, err
	}
	pairs = slices.DeleteFunc(pairs, func(p ModelPair) bool { return !o.wants(p) })
	if !o.FilesOnly && len(pairs) > 0 {
		o.start(pairs)
		defer object.OrQuiet(o.Progress).Done()
	}
	for _, p := range pairs {
		object.OrQuiet(o.Progress).Turn(comparing, p.Path())
		f, err := diffFile(ctx, p, o)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.Path(), err)
		}
		d.Files = append(d.Files, f)
		d.Summary.merge(f.Summary)
		d.came = append(d.came, p.came()...)
	}
	for _, f := range d.came {
		d.Logical += f.Size
	}
	return d, nil
}

// Came are the files of b that a has not, or has otherwise.
func (d *Diff) Came() []*Entry { return d.came }

// Pairs are the models that differ.
func Pairs(ctx context.Context, a, b Snapshot, o Options) ([]ModelPair, error) {
	shards := !o.FilesOnly
	ma, mb := Models(a.Files, shards && !a.IsFile), Models(b.Files, shards && !b.IsFile)
	if a.IsFile || b.IsFile {
		return onlyPair(ctx, ma, mb)
	}
	pairs, err := pairModels(ctx, ma, mb)
	if err != nil {
		return nil, err
	}
	pairs = pairKnown(pairs, o.Renamed)
	if o.FilesOnly {
		return pairs, nil
	}
	return pairConverted(pairs)
}

// add counts one tensor.
func (s *Summary) add(t TensorDiff) {
	s.Tensors++
	switch t.Status {
	case TensorAdded:
		s.Added++
		return
	case TensorRemoved:
		s.Removed++
		return
	case TensorIdentical:
		s.Identical++
	case TensorChanged:
		s.Changed++
		if t.HasEqualValues() {
			s.EqualValues++
		}
	case TensorRenamed:
		s.Renamed++
	case TensorReshaped:
		s.Reshaped++
	}
	s.Elements += t.Elements
	s.ElementsChanged += t.Changed
}

// Unequal is how many tensors changed, but for those whose values are equal.
func (s Summary) Unequal() int { return s.Changed - s.EqualValues }

// Same says that all tensors are identical, or have equal values.
func (s Summary) Same() bool { return s.Tensors == s.Identical+s.EqualValues }

func (s *Summary) merge(o Summary) {
	s.Tensors += o.Tensors
	s.Changed += o.Changed
	s.Identical += o.Identical
	s.EqualValues += o.EqualValues
	s.Added += o.Added
	s.Removed += o.Removed
	s.Renamed += o.Renamed
	s.Reshaped += o.Reshaped
	s.Elements += o.Elements
	s.ElementsChanged += o.ElementsChanged
}
