package repo

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"dits/catalog"
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
)

// Derivations are the files of a commit with tensors that are computed from others. Its JSON form is a contract.
type Derivations struct {
	Files []DerivedFile `json:"files"` // ascending by path
}

// A DerivedFile is a file and how its tensors are computed.
type DerivedFile struct {
	Path    string       `json:"path"`
	Format  string       `json:"format"`
	Size    int64        `json:"size"` // bytes
	Tensors int          `json:"tensors"`
	Recipes []RecipeUse  `json:"recipes"`           // that of most bytes first
	Derived []DerivedOne `json:"derived,omitempty"` // the tensors, only of a file that was asked for, in the order of its header
	blobs   []digest.ID  // of the derived ones
}

// A RecipeUse is the tensors of a file that are computed in one way from one source.
type RecipeUse struct {
	Recipe
	Tensors  int            `json:"tensors"`
	Types    map[string]int `json:"types"` // how many of them have which dtype
	Logical  int64          `json:"derived_bytes"`
	Residual int64          `json:"residual_bytes"` // what the packs hold of them, their predictions included
}

// A DerivedOne is a tensor that is computed from others.
type DerivedOne struct {
	Name       string         `json:"name"`
	DType      string         `json:"dtype"`
	Prediction string         `json:"prediction"` // as in ls: "quantised hinted imatrix"
	Sources    []TensorSource `json:"sources"`    // what it is computed from, adapters and importance matrices last
	Logical    int64          `json:"derived_bytes"`
	Residual   int64          `json:"residual_bytes"`
}

// Derivations lists the files that rev names with tensors computed from others; with a path that one file, and each
// of these tensors. It reads no tensor.
func DerivationsOf(ctx context.Context, r *Repo, rev, path string) (*Derivations, error) {
	commit, err := r.Resolve(rev)
	if err != nil {
		return nil, err
	}
	files, err := derivable(r, rev, path)
	if err != nil {
		return nil, err
	}
	k, err := NewNamer(r)
	if err != nil {
		return nil, err
	}
	out := &Derivations{Files: []DerivedFile{}}
	for _, tf := range files {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		d := deriveListing{kin: k, place: Place{tf.Path, tf.ID, commit}}
		f, err := d.list()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", tf.Path, err)
		}
		if path == "" {
			f.Derived = nil
		}
		if len(f.Recipes) > 0 || path != "" {
			out.Files = append(out.Files, f)
		}
	}
	return out, nil
}

// derivable are the files of a commit, or the one at path.
func derivable(r *Repo, rev, path string) ([]TreeFile, error) {
	if path != "" {
		tf, err := r.fileAt(rev, path)
		return []TreeFile{tf}, err
	}
	files, err := r.Files(rev)
	return slices.DeleteFunc(files, func(f TreeFile) bool { return f.Mode == ModeLink }), err
}

// A deriveListing is one file on its way to say how its tensors are computed.
type deriveListing struct {
	kin   *Namer
	place Place
	file  catalog.File
	kept  []catalog.Storage
	ways  []*way // of each tensor, nil of one that is not derived
	named map[digest.ID]TensorSource
	seen  map[digest.ID]bool // predictions that were counted

	anonymous bool // no names are wanted for what they are computed from
}

func (d *deriveListing) list() (DerivedFile, error) {
	if err := d.read(); err != nil {
		return DerivedFile{}, err
	}
	f := DerivedFile{Path: d.place.Path, Format: d.file.Layout.Format, Size: d.file.Layout.Size, Tensors: len(d.file.Layout.Tensors)}
	uses := map[string]*RecipeUse{}
	blobs := d.file.TensorBlobs()
	for i, w := range d.ways {
		if w == nil {
			continue
		}
		one, err := d.tensor(i)
		if err != nil {
			return f, err
		}
		f.Derived = append(f.Derived, one)
		f.blobs = append(f.blobs, blobs[i])
		d.add(uses, w, one)
	}
	for _, u := range uses {
		f.Recipes = append(f.Recipes, *u)
	}
	slices.SortFunc(f.Recipes, func(a, b RecipeUse) int {
		return cmp.Or(cmp.Compare(b.Logical, a.Logical), cmp.Compare(a.Source, b.Source), cmp.Compare(a.Way, b.Way), slices.Compare(a.With, b.With))
	})
	if f.Recipes == nil {
		f.Recipes = []RecipeUse{}
	}
	return f, nil
}

// read reads how the tensors are stored, and finds names for what they are computed from.
func (d *deriveListing) read() (err error) {
	r := d.kin.files.repo
	if d.file, err = r.ReadFile(d.place.File); err != nil {
		return err
	}
	if d.kept, err = r.Catalog.Storage(d.place.File); err != nil {
		return err
	}
	d.seen, d.ways = map[digest.ID]bool{}, make([]*way, len(d.kept))
	var ask []digest.ID
	for i, s := range d.kept {
		w, err := d.kin.ways.prediction(s.Prediction)
		if err != nil {
			return err
		}
		if w.derived {
			d.ways[i] = w
			ask = append(ask, w.sources...)
		}
	}
	if len(ask) > 0 && !d.anonymous {
		d.named, err = d.kin.tensorSources(d.place, distinct(ask))
	}
	return err
}

// tensor is the line of tensor i.
func (d *deriveListing) tensor(i int) (DerivedOne, error) {
	t := d.file.Layout.Tensors[i]
	one := DerivedOne{Name: t.Name, DType: string(t.DType), Prediction: d.ways[i].detail, Logical: t.Len, Residual: d.kept[i].Stored}
	for _, id := range d.ways[i].sources {
		one.Sources = append(one.Sources, d.named[id])
	}
	id := d.kept[i].Prediction
	if d.seen[id] {
		return one, nil
	}
	d.seen[id] = true
	records, err := d.kin.files.repo.Catalog.Records(pack.Prediction, id)
	if err == nil && len(records) > 0 {
		one.Residual += records[0].Len
	}
	return one, err
}

// add counts a tensor with those of the same recipe.
func (d *deriveListing) add(uses map[string]*RecipeUse, w *way, one DerivedOne) {
	r := Recipe{Way: w.recipe, Source: fileName(d.named[w.source()]), With: []string{}}
	for _, id := range w.with {
		name := fileName(d.named[id])
		if name == "" {
			name = id.Short() // of an importance matrix that was named and not committed
		}
		if !slices.Contains(r.With, name) {
			r.With = append(r.With, name)
		}
	}
	key := fmt.Sprint(r)
	if uses[key] == nil {
		uses[key] = &RecipeUse{Recipe: r, Types: map[string]int{}}
	}
	u := uses[key]
	u.Tensors++
	u.Types[one.DType]++
	u.Logical += one.Logical
	u.Residual += one.Residual
}

// fileName is PATH or REV:PATH of the file that has a tensor, "" when no branch or tag leads to one.
func fileName(s TensorSource) string {
	if s.Rev == "" || s.Path == "" {
		return s.Path
	}
	return s.Rev + ":" + s.Path
}
