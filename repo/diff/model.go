package diff

import (
	"context"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
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

// shardName is how Hugging Face and llama.cpp's gguf-split number the shards of a model.
var shardName = regexp.MustCompile(`^(.+)-(\d{5})-of-(\d{5})(\.safetensors|\.gguf)$`)

// Models groups files, ascending by path, where shards is set; the models are in the order of their keys.
// Shards stay files of their own where a file has the name that they would have together.
func Models(files []Entry, shards bool) []*model {
	byKey := make(map[string]*model)
	var list []*model
	taken := make(map[string]bool)
	for _, f := range files {
		taken[f.Path] = true
	}
	for i := range files {
		f := &files[i]
		m := &model{path: f.Path, key: f.Path}
		if p := shardName.FindStringSubmatch(f.Path); shards && p != nil && f.Mode != object.ModeLink && !taken[p[1]+p[4]] {
			m.path, m.key = p[1]+"-*-of-"+p[3]+p[4], p[1]+p[4]
		}
		if have := byKey[m.key]; have != nil && have.path == m.path {
			have.files = append(have.files, f)
			continue
		} else if have != nil { // two sets of shards: the second goes by its own name
			m.key = m.path
			if have = byKey[m.key]; have != nil {
				have.files = append(have.files, f)
				continue
			}
		}
		m.files = []*Entry{f}
		byKey[m.key] = m
		list = append(list, m)
	}
	slices.SortStableFunc(list, func(a, b *model) int { return strings.Compare(a.key, b.key) })
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
func (m *model) Missing() (paths []string) {
	first := shardName.FindStringSubmatch(m.files[0].Path)
	if first == nil {
		return nil
	}
	there := make(map[string]bool)
	for _, f := range m.files {
		there[f.Path] = true
	}
	of, _ := strconv.Atoi(first[3])
	for i := 1; i <= min(of, maxShards); i++ {
		if p := fmt.Sprintf("%s-%05d-of-%s%s", first[1], i, first[3], first[4]); !there[p] {
			paths = append(paths, p)
		}
	}
	return paths
}

// maxShards bounds the shards that are looked for.
const maxShards = 10000

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
	Status string
	A, B   *model
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
	gone := make(map[weight][]int) // pairs that were removed
	var came []*model
	for len(a) > 0 || len(b) > 0 {
		switch {
		case len(b) == 0 || len(a) > 0 && a[0].key < b[0].key:
			gone[a[0].weight()] = append(gone[a[0].weight()], len(pairs))
			pairs = append(pairs, ModelPair{FileRemoved, a[0], nil})
			a = a[1:]
		case len(a) == 0 || b[0].key < a[0].key:
			came = append(came, b[0])
			b = b[1:]
		default:
			same, err := a[0].same(ctx, b[0])
			if err != nil {
				return nil, err
			}
			if !same {
				pairs = append(pairs, ModelPair{FileModified, a[0], b[0]})
			}
			a, b = a[1:], b[1:]
		}
	}
	return pairRenamed(ctx, pairs, gone, came)
}

// pairRenamed finds what came among what is gone.
func pairRenamed(ctx context.Context, pairs []ModelPair, gone map[weight][]int, came []*model) ([]ModelPair, error) {
	for _, m := range came {
		k, from := -1, gone[m.weight()]
		for i := 0; i < len(from) && k < 0 && m.Size() > 0; i++ { // an empty file is no one's
			same, err := pairs[from[i]].A.SameBytes(ctx, m)
			if err != nil {
				return nil, err
			}
			if same {
				k = i
			}
		}
		if k < 0 {
			pairs = append(pairs, ModelPair{FileAdded, nil, m})
			continue
		}
		pairs[from[k]].Status, pairs[from[k]].B = FileRenamed, m
		gone[m.weight()] = slices.Delete(from, k, k+1)
	}
	return sortPairs(pairs), nil
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
	return []ModelPair{{FileModified, ma, mb}}, nil
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
