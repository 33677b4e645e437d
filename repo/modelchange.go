package repo

import (
	"slices"
	"strings"

	"dits/repo/object"
	"dits/repo/work"
	"dits/tensorstore/digest"
)

// ChangeResharded is a model that was cut into other files.
const ChangeResharded = "resharded"

// A ModelChange is what differs between two states as people count it: a file, a model in shards with the index of
// them, or either of these under another name.
type ModelChange struct {
	Path    string `json:"path"`            // by which a model goes: "model.safetensors" of shards, too
	From    string `json:"from"`            // what it was called before, "" if that is the same, or nothing
	Status  string `json:"status"`          // as that of a file, renamed or resharded
	Shards  int    `json:"shards"`          // 0: a file, or nothing
	Before  int    `json:"shards_before"`   // the same before
	Tensors int    `json:"tensors_changed"` // that came, went or differ

	// Similarity is only of what was renamed and changed at once: the share of the bytes of its tensors that are as they
	// were.
	Similarity *float64 `json:"similarity,omitempty"`

	Paths []string `json:"-"` // of its files that are there now
}

// Sharded says that either state has the model in shards.
func (c ModelChange) Sharded() bool { return c.Shards+c.Before > 0 }

// A heldModel is a model as one of two states has it.
type heldModel struct {
	object.Model
	files []object.TreeFile
	index []object.TreeFile // of the shards: one, or none
}

// heldModels groups files. Paths of indexes that count with their model are noted in folded.
func heldModels(files []object.TreeFile, folded map[string]bool) []heldModel {
	models := object.Models(files)
	out := make([]heldModel, len(models))
	for i, m := range models {
		out[i].Model = m
		out[i].files = files[m.Files[0] : m.Files[0]+1]
		for _, at := range m.Files[1:] {
			out[i].files = append(slices.Clip(out[i].files), files[at])
		}
		if m.Index >= 0 {
			out[i].index = files[m.Index : m.Index+1]
			folded[files[m.Index].Path] = true
		}
	}
	return out
}

// sameFiles says that two models have the same files, under whatever names.
func (m heldModel) sameFiles(o heldModel) bool {
	return slices.EqualFunc(m.files, o.files, object.SameFile)
}

// sameContent says the same of the content of their files.
func (m heldModel) sameContent(o heldModel) bool {
	return slices.EqualFunc(m.files, o.files, object.SameContent)
}

// isEmpty says that a model holds nothing: such files are all alike.
func (m heldModel) isEmpty() bool { return m.files[0].Size == 0 }

// A comparison finds the models that differ between two states.
type comparison struct {
	repo       *Repo
	gone, came []heldModel
	changes    []ModelChange
	counts     []tensorCount
}

// modelsBetween are the models that differ between two lists of files, ascending by name; changes are the files that do.
func (r *Repo) modelsBetween(changes []work.Change, before, after []object.TreeFile) ([]ModelChange, error) {
	if !slices.ContainsFunc(changes, ofShards) {
		before, after = only(changes, before), only(changes, after)
	}
	folded := map[string]bool{}
	a, b := heldModels(before, folded), heldModels(after, folded)
	inModel := func(m heldModel) bool { return folded[m.Name] }
	c := comparison{repo: r, changes: []ModelChange{}}
	c.sameNames(slices.DeleteFunc(a, inModel), slices.DeleteFunc(b, inModel))
	if err := c.otherNames(); err != nil {
		return nil, err
	}
	if err := c.countTensors(); err != nil {
		return nil, err
	}
	slices.SortFunc(c.changes, func(x, y ModelChange) int { return strings.Compare(x.Path, y.Path) })
	return c.changes, nil
}

// ofShards says that a file that changed is a shard, or the index of some: only then others matter.
func ofShards(c work.Change) bool {
	_, isShard := object.ShardOf(c.Path)
	return isShard || strings.HasSuffix(c.Path, object.IndexSuffix)
}

// only are the files that changed; both lists are ascending by path.
func only(changes []work.Change, files []object.TreeFile) (out []object.TreeFile) {
	for _, c := range changes {
		byPath := func(f object.TreeFile, path string) int { return strings.Compare(f.Path, path) }
		if i, found := slices.BinarySearchFunc(files, c.Path, byPath); found {
			out = append(out, files[i])
		}
	}
	return out
}

// sameNames compares what both states have by one name, and notes the others.
func (c *comparison) sameNames(a, b []heldModel) {
	for len(a) > 0 || len(b) > 0 {
		switch {
		case len(b) == 0 || len(a) > 0 && a[0].Name < b[0].Name:
			c.gone, a = append(c.gone, a[0]), a[1:]
		case len(a) == 0 || b[0].Name < a[0].Name:
			c.came, b = append(c.came, b[0]), b[1:]
		case a[0].Path == b[0].Path && a[0].sameFiles(b[0]):
			c.index(a[0], b[0])
			a, b = a[1:], b[1:]
		default:
			c.add(&a[0], &b[0])
			a, b = a[1:], b[1:]
		}
	}
}

// index compares what alone may differ of models whose shards are the same.
func (c *comparison) index(a, b heldModel) {
	for _, ch := range work.ChangesBetween(a.index, b.index) {
		c.changes = append(c.changes, ModelChange{Path: ch.Path, Status: ch.Status, Paths: []string{ch.Path}})
	}
}

// otherNames compares the others: some only go by another name.
func (c *comparison) otherNames() error {
	name := func(m heldModel) string { return m.Name }
	first := func(m heldModel) digest.ID { return m.files[0].ID }
	same := func(x, y heldModel) (bool, error) { return !x.isEmpty() && x.sameContent(y), nil }
	pairs, err := object.Pairs(c.gone, c.came, name, first, same)
	if err != nil {
		return err
	}
	for _, p := range pairs {
		c.add(&c.gone[p[0]], &c.came[p[1]])
	}
	c.gone, c.came = unpaired(c.gone, pairs, 0), unpaired(c.came, pairs, 1)
	c.alike()
	for i := range c.came {
		c.add(nil, &c.came[i])
	}
	for i := range c.gone {
		c.add(&c.gone[i], nil)
	}
	return nil
}

// unpaired are the models that are in no pair; side says which of a pair is one of them.
func unpaired(models []heldModel, pairs [][2]int, side int) (left []heldModel) {
	paired := make([]bool, len(models))
	for _, p := range pairs {
		paired[p[side]] = true
	}
	for i, m := range models {
		if !paired[i] {
			left = append(left, m)
		}
	}
	return left
}

// alike compares those that were renamed and changed at once.
func (c *comparison) alike() {
	var pairs [][2]int
	for _, p := range c.repo.AlikePairs(filesOf(c.gone), filesOf(c.came)) {
		c.add(&c.gone[p.Gone], &c.came[p.Came])
		c.changes[len(c.changes)-1].Similarity = &p.Similarity
		pairs = append(pairs, [2]int{p.Gone, p.Came})
	}
	c.gone, c.came = unpaired(c.gone, pairs, 0), unpaired(c.came, pairs, 1)
}

// filesOf are the files of each model.
func filesOf(models []heldModel) [][]object.TreeFile {
	files := make([][]object.TreeFile, len(models))
	for i, m := range models {
		files[i] = m.files
	}
	return files
}

// add notes a model of both states, or of one.
func (c *comparison) add(a, b *heldModel) {
	ch := ModelChange{}
	if a != nil {
		ch.Path, ch.Before, ch.Status = a.Name, a.Shards(), work.ChangeDeleted
	}
	if b != nil {
		ch.Path, ch.Shards, ch.Status = b.Name, b.Shards(), work.ChangeAdded
		for _, f := range b.files {
			ch.Paths = append(ch.Paths, f.Path)
		}
	}
	if a != nil && b != nil {
		ch.Status = becameOf(a, b)
		if a.Name != b.Name {
			ch.From = a.Name
		}
	}
	if a == nil || b == nil || !a.sameContent(*b) {
		c.counts = append(c.counts, tensorCount{len(c.changes), a, b})
	}
	c.changes = append(c.changes, ch)
}

// becameOf is what became of a model that both states have.
func becameOf(a, b *heldModel) string {
	switch {
	case a.Name != b.Name:
		return work.ChangeRenamed
	case a.Path != b.Path:
		return ChangeResharded
	case a.Sharded:
		return work.ChangeModified
	}
	return work.ChangesBetween(a.files, b.files)[0].Status
}
