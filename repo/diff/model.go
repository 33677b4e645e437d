package diff

import (
	"context"
	"path"
	"slices"
	"strings"

	"dits/repo/object"
	"dits/tensorstore/digest"
)

// A model is what one side of a diff has of one model: a file, or the shards of one.
type model struct {
	path  string // of the file; of shards "model-*-of-00003.safetensors"
	key   string // by which the other side has it: "model.safetensors" for both
	files []*Entry
}

// Models groups files, ascending by path, where shards is set, as [object.Models] does.
func Models(files []Entry, shards bool) []*model {
	list := make([]*model, 0, len(files))
	if !shards {
		for i := range files {
			list = append(list, &model{files[i].Path, files[i].Path, []*Entry{&files[i]}})
		}
		return list
	}
	plain := make([]object.TreeFile, len(files))
	for i, f := range files {
		plain[i] = f.TreeFile
	}
	for _, g := range object.Models(plain) {
		m := &model{path: g.Path, key: g.Name}
		for _, i := range g.Files {
			m.files = append(m.files, &files[i])
		}
		list = append(list, m)
	}
	return list
}

// ID stands for the bytes of all files; zero where the digest of one is not known.
func (m *model) ID() digest.ID {
	if len(m.files) == 1 {
		return m.files[0].ID
	}
	var all []byte
	for _, f := range m.files {
		if f.ID.IsZero() {
			return digest.ID{}
		}
		all = append(all, f.ID[:]...)
	}
	return digest.Sum(all)
}

// Path is that of the file, or of all shards.
func (m *model) Path() string { return m.path }

// Files are those of the model that are there.
func (m *model) Files() []*Entry { return m.files }

// Missing are the paths of the shards that are not there, by the number that each says.
func (m *model) Missing() []string {
	first, ok := object.ShardOf(m.files[0].Path)
	if !ok {
		return nil
	}
	there := make(map[string]bool)
	for _, f := range m.files {
		there[f.Path] = true
	}
	return slices.DeleteFunc(first.Shards(), func(path string) bool { return there[path] })
}

// SameBytes says that two models have the same bytes, under whatever names.
func (m *model) SameBytes(ctx context.Context, o *model) (bool, error) {
	if len(m.files) != len(o.files) {
		return false, nil
	}
	for i, f := range m.files {
		if same, err := f.sameBytes(ctx, o.files[i]); !same || err != nil {
			return false, err
		}
	}
	return true, nil
}

// Size is that of all files, in bytes.
func (m *model) Size() (n int64) {
	for _, f := range m.files {
		n += f.Size
	}
	return n
}

// mode is that of the only file, 0 of shards.
func (m *model) mode() uint32 {
	if len(m.files) == 1 {
		return m.files[0].Mode
	}
	return 0
}

// same says that two models are the same files under the same names.
func (m *model) same(ctx context.Context, o *model) (bool, error) {
	alike := slices.EqualFunc(m.files, o.files, func(f, g *Entry) bool {
		return f.Mode == g.Mode && (f.Path == g.Path || len(m.files) == 1)
	})
	if !alike {
		return false, nil
	}
	return m.SameBytes(ctx, o)
}

// MayHoldTensors goes by the name.
func (m *model) MayHoldTensors() bool {
	ext := path.Ext(m.path)
	return (ext == ".safetensors" || ext == ".gguf") && m.mode() != object.ModeLink
}

// A ModelPair is a model on both sides; nil where a side does not have it.
type ModelPair struct {
	Status     string
	A, B       *model
	Similarity *float64 // only of a model that is known to have been renamed and changed
}

// Path is that of the first side, of the second if the model came.
func (p ModelPair) Path() string {
	if p.A != nil {
		return p.A.path
	}
	return p.B.path
}

// came are the files of b that a has not, or has otherwise.
func (p ModelPair) came() (files []*Entry) {
	if p.B == nil {
		return nil
	}
	for _, f := range p.B.files {
		there := p.A != nil && slices.ContainsFunc(p.A.files, func(g *Entry) bool {
			return g.Path == f.Path && g.ID == f.ID && !g.ID.IsZero() && g.Mode == f.Mode
		})
		if !there {
			files = append(files, f)
		}
	}
	return files
}

// A weight is what two models have in common that may have the same bytes.
type weight struct {
	id   digest.ID
	size int64
}

func (m *model) weight() weight { return weight{m.ID(), m.Size()} }

// pairModels merges two lists, ascending by key, into the pairs that differ. A model
// that went and one that came with the same bytes are one that was renamed.
func pairModels(ctx context.Context, a, b []*model) ([]ModelPair, error) {
	var pairs []ModelPair
	var gone, came []*model
	for len(a) > 0 || len(b) > 0 {
		switch {
		case len(b) == 0 || len(a) > 0 && a[0].key < b[0].key:
			gone, a = append(gone, a[0]), a[1:]
		case len(a) == 0 || b[0].key < a[0].key:
			came, b = append(came, b[0]), b[1:]
		default:
			same, err := a[0].same(ctx, b[0])
			if err != nil {
				return nil, err
			}
			if !same {
				pairs = append(pairs, ModelPair{Status: FileModified, A: a[0], B: b[0]})
			}
			a, b = a[1:], b[1:]
		}
	}
	moved, err := pairRenamed(ctx, gone, came)
	return sortPairs(append(pairs, moved...)), err
}

// pairRenamed finds what came among what is gone. An empty file is no one's.
func pairRenamed(ctx context.Context, gone, came []*model) ([]ModelPair, error) {
	same := func(a, b *model) (bool, error) {
		if b.Size() == 0 {
			return false, nil
		}
		return a.SameBytes(ctx, b)
	}
	renamed, err := object.Pairs(gone, came, (*model).Path, (*model).weight, same)
	var pairs []ModelPair
	for _, p := range renamed {
		pairs = append(pairs, ModelPair{Status: FileRenamed, A: gone[p[0]], B: came[p[1]]})
		gone[p[0]], came[p[1]] = nil, nil
	}
	for _, m := range gone {
		if m != nil {
			pairs = append(pairs, ModelPair{Status: FileRemoved, A: m})
		}
	}
	for _, m := range came {
		if m != nil {
			pairs = append(pairs, ModelPair{Status: FileAdded, B: m})
		}
	}
	return pairs, err
}

// pairKnown makes one pair of each model that is known to have been renamed and changed.
func pairKnown(pairs []ModelPair, renamed []object.Renamed) []ModelPair {
	gone, came := map[string]int{}, map[string]int{}
	for i, p := range pairs {
		switch p.Status {
		case FileRemoved:
			gone[p.A.key] = i
		case FileAdded:
			came[p.B.key] = i
		}
	}
	for _, n := range renamed {
		i, was := gone[n.From]
		j, is := came[n.To]
		if was && is {
			pairs[i] = ModelPair{FileModified, pairs[i].A, pairs[j].B, n.Similarity}
			pairs[j].B = nil
		}
	}
	return sortPairs(slices.DeleteFunc(pairs, func(p ModelPair) bool { return p.A == nil && p.B == nil }))
}

func sortPairs(pairs []ModelPair) []ModelPair {
	slices.SortStableFunc(pairs, func(p, q ModelPair) int { return strings.Compare(p.Path(), q.Path()) })
	return pairs
}

// onlyPair is the pair of the only model that each side has: a file that was named, or what a folder has. That they have
// other names is no difference: they were named.
func onlyPair(ctx context.Context, a, b []*model) ([]ModelPair, error) {
	ma, err := onlyModel("first", a)
	if err != nil {
		return nil, err
	}
	mb, err := onlyModel("second", b)
	if err != nil {
		return nil, err
	}
	same, err := ma.SameBytes(ctx, mb)
	if err != nil || same && ma.mode() == mb.mode() {
		return nil, err
	}
	return []ModelPair{{Status: FileModified, A: ma, B: mb}}, nil
}

// onlyModel is the only file of a side, or the only one with tensors.
func onlyModel(side string, all []*model) (*model, error) {
	if len(all) == 1 {
		return all[0], nil
	}
	var found []*model
	for _, m := range all {
		if m.MayHoldTensors() {
			found = append(found, m)
		}
	}
	if len(found) != 1 {
		return nil, object.Absent("%d models on the %s side, want one to compare with a file", len(found), side)
	}
	return found[0], nil
}
