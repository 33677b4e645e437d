package lineage

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"dits/catalog"
	"dits/repo/history"
	"dits/repo/object"
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
	Blobs   []digest.ID  `json:"-"`                 // of the derived ones
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

// Derived lists the files that rev names with tensors computed from others; with a path that one file, and each
// of these tensors. It reads no tensor.
func Derived(ctx context.Context, r *history.History, rev, path string) (*Derivations, error) {
	commit, err := r.Resolve(rev)
	if err != nil {
		return nil, err
	}
	files, err := Derivable(r, rev, path)
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
		d := DeriveListing{Namer: k, Place: Place{tf.Path, tf.ID, commit}}
		f, err := d.List()
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

// Derivable are the files of a commit, or the one at path.
func Derivable(r *history.History, rev, path string) ([]object.TreeFile, error) {
	if path != "" {
		tf, err := r.FileAt(rev, path)
		return []object.TreeFile{tf}, err
	}
	files, err := r.Files(rev)
	return slices.DeleteFunc(files, func(f object.TreeFile) bool { return f.Mode == object.ModeLink }), err
}

// A DeriveListing is one file on its way to say how its tensors are computed.
type DeriveListing struct {
	Namer       *Namer
	Place       Place
	file        catalog.File
	storage     []catalog.Storage
	predictions []*Prediction // of each tensor, nil of one that is not derived
	names       map[digest.ID]TensorSource
	seen        map[digest.ID]bool // predictions that were counted

	Anonymous bool // no names are wanted for what they are computed from
}

// List reads how the tensors of the file are stored.
func (d *DeriveListing) List() (DerivedFile, error) {
	if err := d.read(); err != nil {
		return DerivedFile{}, err
	}
	f := DerivedFile{Path: d.Place.Path, Format: d.file.Layout.Format, Size: d.file.Layout.Size, Tensors: len(d.file.Layout.Tensors)}
	uses := map[string]*RecipeUse{}
	blobs := d.file.TensorBlobs()
	for i, p := range d.predictions {
		if p == nil {
			continue
		}
		one, err := d.tensor(i)
		if err != nil {
			return f, err
		}
		f.Derived = append(f.Derived, one)
		f.Blobs = append(f.Blobs, blobs[i])
		d.add(uses, p, one)
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
func (d *DeriveListing) read() (err error) {
	r := d.Namer.Files.History
	if d.file, err = r.ReadFile(d.Place.File); err != nil {
		return err
	}
	if d.storage, err = r.Catalog.Storage(d.Place.File); err != nil {
		return err
	}
	d.seen, d.predictions = map[digest.ID]bool{}, make([]*Prediction, len(d.storage))
	var ask []digest.ID
	for i, s := range d.storage {
		p, err := d.Namer.Storage.Prediction(s.Prediction)
		if err != nil {
			return err
		}
		if p.Derived {
			d.predictions[i] = p
			ask = append(ask, p.Sources...)
		}
	}
	if len(ask) > 0 && !d.Anonymous {
		d.names, err = d.Namer.TensorSources(d.Place, object.Distinct(ask))
	}
	return err
}

// tensor is the line of tensor i.
func (d *DeriveListing) tensor(i int) (DerivedOne, error) {
	t := d.file.Layout.Tensors[i]
	one := DerivedOne{Name: t.Name, DType: string(t.DType), Prediction: d.predictions[i].Detail, Logical: t.Len, Residual: d.storage[i].Stored}
	for _, id := range d.predictions[i].Sources {
		one.Sources = append(one.Sources, d.names[id])
	}
	id := d.storage[i].Prediction
	if d.seen[id] {
		return one, nil
	}
	d.seen[id] = true
	records, err := d.Namer.Files.History.Catalog.Records(pack.Prediction, id)
	if err == nil && len(records) > 0 {
		one.Residual += records[0].Len
	}
	return one, err
}

// add counts a tensor with those of the same recipe.
func (d *DeriveListing) add(uses map[string]*RecipeUse, p *Prediction, one DerivedOne) {
	r := Recipe{Way: p.Recipe, Source: fileName(d.names[p.Source()]), With: []string{}}
	for _, id := range p.with {
		name := fileName(d.names[id])
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
