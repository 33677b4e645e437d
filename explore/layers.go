package explore

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strings"

	"dits/formats/number"
	"dits/repo/diff"
	"dits/repo/object"
	"dits/tensorstore/digest"
)

// A Layers answers "layers": how far one model changed between the two sides that are asked about, and which other models
// did. Figures are those of `dits diff --json`.
type Layers struct {
	Progress *Progress `json:"progress,omitempty"` // the rest of the answer is still worked out; it has no figures
	From     Revision  `json:"from"`
	To       Revision  `json:"to"`
	Files    []Changed `json:"files"` // that differ and have tensors, the one with the most changes first
	Others   int       `json:"others"`
	Shown    int       `json:"shown"`   // which of Files the rest is about; -1 for none
	Warning  string    `json:"warning"` // why tensors could not be compared
	Cells    []Cell    `json:"cells"`
	Tensors  []Tensor  `json:"tensors"`
}

// A Revision is one side: a commit by what it was called.
type Revision struct {
	Rev     string    `json:"rev"`
	Path    string    `json:"path,omitempty"` // if one was named
	Commit  digest.ID `json:"commit"`
	Subject string    `json:"subject"`
}

// A Changed is a model that differs.
type Changed struct {
	Path    string       `json:"path"`
	PathB   string       `json:"path_b,omitempty"` // on the second side, if it is another
	Status  string       `json:"status"`           // as of diff
	Summary diff.Summary `json:"summary"`          // without figures all weights of a tensor that changed count
}

// A Cell is the tensors of one module of one layer, as a cell of diff.
type Cell struct {
	Layer    *int          `json:"layer"` // null outside of layers
	Stack    string        `json:"stack"`
	Module   string        `json:"module"` // without the stack
	Status   string        `json:"status"` // "changed", "identical"; "added" and "removed" on one side only
	Changed  int64         `json:"changed"`
	Elements int64         `json:"elements"`
	RelL2    number.Number `json:"rel_l2"`
	Tensors  []int         `json:"tensors"` // by index
}

// A Tensor is a row of the table behind the cells; see [diff.TensorDiff].
type Tensor struct {
	Name     string        `json:"name"`
	NameB    string        `json:"name_b,omitempty"` // if it is another
	Status   string        `json:"status"`
	DType    string        `json:"dtype"`             // in b; in a if it was removed
	DTypeA   string        `json:"dtype_a,omitempty"` // if it is another
	Shape    []int64       `json:"shape"`
	ShapeA   []int64       `json:"shape_a,omitempty"`
	Elements int64         `json:"elements"`
	Changed  int64         `json:"changed"`
	RelL2    number.Number `json:"rel_l2"`
	MaxAbs   number.Number `json:"max_abs"`
	Cosine   number.Number `json:"cosine"`
}

// layers answers "layers": ?from= and ?to= are revisions of ?model=, by default a branch of it and what HEAD has;
// ?from_path= and ?to_path= name a file on each side, ?path= the model of those that differ that is wanted.
func (e *Explorer) layers(ctx context.Context, about url.Values) (any, error) {
	c, err := e.comparison(about)
	if err != nil {
		return nil, err
	}
	list, _, err := e.lists.await(ctx, c.key("list"), nil, func(ctx context.Context, _ *job) (any, error) {
		return c.model.Repo.Diff(ctx, c.a, c.b, diff.Options{Paths: c.paths, DigestsOnly: true})
	})
	if err != nil {
		return nil, err
	}
	answer := &Layers{From: c.from, To: c.to, Files: []Changed{}, Shown: -1, Cells: []Cell{}, Tensors: []Tensor{}}
	file := answer.list(list.(*diff.Diff), about.Get("path"))
	if file == nil {
		return answer, nil
	}
	compare := func(ctx context.Context, j *job) (any, error) { return c.diffOf(ctx, file.Path, j) }
	full, progress, err := e.jobs.await(ctx, c.key("layers", file.Path), about, compare)
	if err != nil {
		return nil, err
	}
	answer.Progress = progress
	if progress == nil {
		file = full.(*diff.FileDiff)
		answer.Files[answer.Shown].Summary = file.Summary
	}
	answer.show(file)
	return answer, nil
}

// diffOf compares a model of those that differ.
func (c *comparison) diffOf(ctx context.Context, path string, p object.Progress) (*diff.FileDiff, error) {
	d, err := c.model.Repo.Diff(ctx, c.a, c.b, diff.Options{Paths: c.paths, Only: path, Progress: p})
	if err != nil {
		return nil, err
	}
	if len(d.Files) != 1 {
		return nil, notFound("%s: no longer differs", path)
	}
	return &d.Files[0], nil
}

// list notes the models that differ, and picks the one to be shown: that with the path, without one that which changed
// most.
func (l *Layers) list(d *diff.Diff, path string) *diff.FileDiff {
	var files []*diff.FileDiff
	for i := range d.Files {
		if f := &d.Files[i]; len(f.Tensors) > 0 || f.Warning != "" {
			files = append(files, f)
		} else {
			l.Others++
		}
	}
	slices.SortStableFunc(files, func(f, g *diff.FileDiff) int { return cmp.Compare(interest(g), interest(f)) })
	for i, f := range files {
		l.Files = append(l.Files, Changed{f.Path, f.PathB, f.Status, f.Summary})
		if isCalled(f, path) {
			l.Shown = i
		}
	}
	if l.Shown < 0 && path == "" && len(files) > 0 {
		l.Shown = 0
	}
	if l.Shown < 0 {
		return nil
	}
	return files[l.Shown]
}

// isCalled says whether a model that differs has that path on a side, or of shards that name: lineage calls them so.
func isCalled(f *diff.FileDiff, path string) bool {
	return path != "" && (path == f.Path || path == f.PathB || path == object.NameOf(f.Path))
}

// interest is how many tensors of a file changed; what is on both sides comes first.
func interest(f *diff.FileDiff) int {
	n := f.Summary.Changed + f.Summary.Reshaped
	if f.Status == diff.FileModified {
		n += 1 << 30
	}
	return n
}

// show fills in cells and tensors of a model.
func (l *Layers) show(f *diff.FileDiff) {
	l.Warning = f.Warning
	for _, t := range f.Tensors {
		l.Tensors = append(l.Tensors, tensorOf(t))
	}
	for _, c := range f.Layers {
		l.Cells = append(l.Cells, cellOf(c, statusOfCell(c, f.Tensors)))
	}
	for _, status := range []string{diff.TensorAdded, diff.TensorRemoved} {
		for _, c := range diff.OneSidedLayers(f.Tensors, status) {
			l.Cells = append(l.Cells, cellOf(c, status))
		}
	}
}

// statusOfCell is reshaped where a tensor was, else changed or identical.
func statusOfCell(c diff.LayerDiff, tensors []diff.TensorDiff) string {
	for _, i := range c.Of {
		if tensors[i].Status == diff.TensorReshaped {
			return diff.TensorReshaped
		}
	}
	if c.Changed > 0 {
		return diff.TensorChanged
	}
	return diff.TensorIdentical
}

func cellOf(c diff.LayerDiff, status string) Cell {
	module := c.Module
	if c.Layer != nil && c.Stack != "" {
		module = strings.TrimPrefix(module, c.Stack+".")
	}
	return Cell{c.Layer, c.Stack, module, status, c.Changed, c.Elements, c.RelL2, c.Of}
}

func tensorOf(d diff.TensorDiff) Tensor {
	t := Tensor{Name: d.Name, Status: d.Status, DType: d.DTypeB, Shape: d.Shape, ShapeA: d.ShapeA, Elements: d.Elements,
		Changed: d.Changed, RelL2: d.RelL2, MaxAbs: d.MaxAbs, Cosine: d.Cosine}
	if d.NameB != d.Name && d.NameB != "" {
		t.NameB = d.NameB
	}
	if d.DTypeB == "" {
		t.DType = d.DTypeA
	} else if d.DTypeA != d.DTypeB {
		t.DTypeA = d.DTypeA
	}
	return t
}
