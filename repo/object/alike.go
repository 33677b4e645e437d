package object

import (
	"cmp"
	"path"
	"slices"

	"dits/catalog"
	"dits/formats"
	"dits/tensorstore/digest"
)

// alike says that a model that has so many of the tensors of an old one, by their names, may be that model, changed.
func alike(shared, old int) bool { return shared > 0 && 2*shared >= old }

// Alike says that a file has at least half of the tensors of an old one, by their names: it may be that, changed.
func Alike(old, now []formats.Tensor) bool {
	names := make(map[string]bool, len(now))
	for _, t := range now {
		names[t.Name] = true
	}
	shared := 0
	for _, t := range old {
		if names[t.Name] {
			shared++
		}
	}
	return alike(shared, len(old))
}

// An AlikePair is a model that is gone and one that came, by their places in two lists, of which the second is the first,
// renamed and changed.
type AlikePair struct {
	Gone, Came int
	Similarity float64 // share of the bytes of its tensors that are as they were
	kin        int64   // bytes of tensors that are as they were, or are stored against one of the old model
	kept       bool    // its name, in another folder
}

// mostAlike bounds the models of a side that are compared with those of the other, and mostPredicted the tensors that are
// asked what they are stored against: status has to be fast.
const (
	mostAlike     = 256
	mostPredicted = 20000
)

// AlikePairs finds models that were renamed and changed at once. A model is the files that it is in, by content. It is
// another one if it has at least half of its tensors, by their names, and at least half of the bytes of its own are as
// there or, as the store has them, made of what is there. The pairs that have most in common are taken first; two that
// have the same in common are none. What cannot be read is like nothing: to tell of it is up to fsck.
func (r *Database) AlikePairs(gone, came [][]TreeFile) []AlikePair {
	if n, m := countModels(gone), countModels(came); n == 0 || m == 0 || n > mostAlike || m > mostAlike {
		return nil
	}
	a := alikeness{db: r, names: map[string][]placedTensor{}, blobs: map[digest.ID][]int{}, ask: mostPredicted}
	a.read(gone, came)
	for i, files := range gone {
		a.index(i, files)
	}
	var all []AlikePair
	for k, files := range came {
		all = append(all, a.find(k, files)...)
	}
	for i, p := range all {
		all[i].kept = path.Base(gone[p.Gone][0].Path) == path.Base(came[p.Came][0].Path)
	}
	return surest(all)
}

// countModels counts those that may have tensors.
func countModels(models [][]TreeFile) (n int) {
	for _, files := range models {
		if mayBeModel(files[0]) {
			n++
		}
	}
	return n
}

// mayBeModel goes by the name.
func mayBeModel(f TreeFile) bool {
	ext := path.Ext(f.Path)
	return f.Mode != ModeLink && (ext == ".safetensors" || ext == ".gguf")
}

// surest are the pairs that have most in common, one for each model. Where two have the same in common none of them is
// sure.
func surest(all []AlikePair) (pairs []AlikePair) {
	slices.SortStableFunc(all, AlikePair.compare)
	gone, came := map[int]bool{}, map[int]bool{}
	for len(all) > 0 {
		n := 1
		for n < len(all) && all[n].compare(all[0]) == 0 {
			n++
		}
		equal := slices.DeleteFunc(slices.Clone(all[:n]), func(p AlikePair) bool { return gone[p.Gone] || came[p.Came] })
		all = all[n:]
		goneTimes, cameTimes := map[int]int{}, map[int]int{}
		for _, p := range equal {
			goneTimes[p.Gone]++
			cameTimes[p.Came]++
		}
		for _, p := range equal {
			sure := goneTimes[p.Gone] == 1 && cameTimes[p.Came] == 1
			if sure {
				pairs = append(pairs, p)
			}
			gone[p.Gone] = gone[p.Gone] || sure || goneTimes[p.Gone] > 1
			came[p.Came] = came[p.Came] || sure || cameTimes[p.Came] > 1
		}
	}
	return pairs
}

// compare puts the pair that has more in common first.
func (p AlikePair) compare(q AlikePair) int {
	kept := func(p AlikePair) int {
		if p.kept {
			return 0
		}
		return 1
	}
	return cmp.Or(cmp.Compare(q.kin, p.kin), cmp.Compare(q.Similarity, p.Similarity), cmp.Compare(kept(p), kept(q)))
}

// An alikeness is one call of AlikePairs.
type alikeness struct {
	db    *Database
	files map[digest.ID]catalog.File
	names map[string][]placedTensor // tensors of what is gone
	blobs map[digest.ID][]int       // the models among what is gone that have them
	sizes []int                     // of these, how many tensors they have
	ask   int                       // tensors that may still be asked
}

// A placedTensor is the content of a tensor of one of several models.
type placedTensor struct {
	model int
	blob  digest.ID
}

// read gets the headers of all models.
func (a *alikeness) read(lists ...[][]TreeFile) {
	var ids []digest.ID
	for _, models := range lists {
		for _, files := range models {
			for _, f := range files {
				if mayBeModel(f) {
					ids = append(ids, f.ID)
				}
			}
		}
	}
	a.files, _ = a.db.ReadFiles(ids)
}

// index notes the tensors of a model that is gone.
func (a *alikeness) index(model int, files []TreeFile) {
	n := 0
	for _, file := range files {
		f := a.files[file.ID]
		for i, blob := range f.TensorBlobs() {
			name := f.Layout.Tensors[i].Name
			a.names[name] = append(a.names[name], placedTensor{model, blob})
			if has := a.blobs[blob]; !blob.IsZero() && (len(has) == 0 || has[len(has)-1] != model) {
				a.blobs[blob] = append(has, model)
			}
			n++
		}
	}
	a.sizes = append(a.sizes, n)
}

// find are the models among what is gone that one that came may be.
func (a *alikeness) find(k int, files []TreeFile) (pairs []AlikePair) {
	shared, same, all := make([]int, len(a.sizes)), make([]int64, len(a.sizes)), int64(0)
	for _, file := range files {
		f := a.files[file.ID]
		for i, blob := range f.TensorBlobs() {
			t := f.Layout.Tensors[i]
			all += t.Len
			for _, old := range a.names[t.Name] {
				if shared[old.model]++; old.blob == blob {
					same[old.model] += t.Len
				}
			}
		}
	}
	var made []int64
	for i, n := range shared {
		if !alike(n, a.sizes[i]) || all == 0 {
			continue
		}
		kin := same[i]
		if 2*kin < all {
			if made == nil {
				made = a.made(files)
			}
			kin = made[i]
		}
		if 2*kin >= all {
			pairs = append(pairs, AlikePair{Gone: i, Came: k, Similarity: float64(same[i]) / float64(all), kin: kin})
		}
	}
	return pairs
}

// made are the bytes of a model that each of those that are gone has, or from which they are made.
func (a *alikeness) made(files []TreeFile) []int64 {
	bytes := make([]int64, len(a.sizes))
	for _, file := range files {
		f := a.files[file.ID]
		if a.ask -= len(f.Layout.Tensors); len(f.Layout.Tensors) == 0 || a.ask < 0 {
			continue
		}
		stored, err := a.db.Catalog.Storage(file.ID)
		if err != nil {
			continue
		}
		for i, blob := range f.TensorBlobs() {
			from := []digest.ID{blob}
			if id := stored[i].Prediction; !id.IsZero() {
				if p, err := a.db.Store.Prediction(id); err == nil {
					from = append(from, p.Blobs()...)
				}
			}
			a.credit(bytes, from, f.Layout.Tensors[i].Len)
		}
	}
	return bytes
}

// credit counts the bytes of a tensor for each model that has one of some blobs.
func (a *alikeness) credit(bytes []int64, blobs []digest.ID, n int64) {
	seen := map[int]bool{}
	for _, blob := range blobs {
		for _, model := range a.blobs[blob] {
			if !seen[model] {
				seen[model] = true
				bytes[model] += n
			}
		}
	}
}
