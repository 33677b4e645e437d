package lineage

import (
	"slices"

	"dits/repo/object"
	"dits/tensorstore/digest"
)

// A Model is a file, or the shards of one, and what it came from.
type Model struct {
	Path    string // of shards the name of the model: "model.safetensors"
	Rev     string
	Files   []*FileLineage
	Size    int64          // bytes of the files
	Stored  int64          // as in [FileLineage], and so below
	Whole   int64          // bytes of all tensors
	New     int64          // of these, bytes of tensors stored for themselves
	Same    int64          // bytes of tensors that an older model has
	Derived int64          // bytes of tensors that are computed from others
	Left    int64          // what these add to Stored
	Kinds   map[string]int // tensors of each kind, of all sources
	Sources []ModelSource  // the one of the most tensors first
	Cut     bool
}

// A ModelSource is a model that tensors of another came from, or a file that is none.
type ModelSource struct {
	Of        *Model // nil: not in the lineage
	Path, Rev string // Path is "" when no branch or tag leads to it
	Made      bool   // tensors were made of its own, and not only are there already
	Tensors   map[string]int
	Bytes     map[string]SourceBytes // as those of [FileSource]
}

// add counts a source that is one file of it.
func (m *ModelSource) add(s FileSource) {
	for kind, n := range s.Tensors {
		m.Tensors[kind] += n
		m.Bytes[kind] = m.Bytes[kind].plus(s.Bytes[kind])
	}
	m.Made = m.Made || s.count() > s.Tensors[Identical]
}

// shardsOf is the path of all shards for that of one, and of any other file its own.
func shardsOf(path string) string {
	if s, ok := object.ShardOf(path); ok {
		return s.All
	}
	return path
}

// A place of a model: its path, and a revision.
type modelAt struct{ path, rev string }

// Models are the files by models, one after those it came from as far as that can be.
func (l *Lineage) Models() []*Model {
	var models []*Model
	at := map[modelAt]*Model{}
	of := map[digest.ID]*Model{}
	for _, f := range l.Files {
		key := modelAt{shardsOf(f.Path), f.Rev}
		m := at[key]
		if m == nil {
			m = &Model{Path: object.ModelName(f.Path), Rev: key.rev, Kinds: map[string]int{}}
			at[key] = m
			models = append(models, m)
		}
		m.add(f)
		of[f.Digest] = m
	}
	for _, m := range models {
		m.join(of)
	}
	return models
}

// add counts a file.
func (m *Model) add(f *FileLineage) {
	m.Files = append(m.Files, f)
	m.Size += f.Size
	m.Stored += f.Stored
	m.Whole += f.bytes
	m.New += f.NewBytes
	m.Same += f.Same
	m.Derived += f.Derived
	m.Left += f.Residual
	m.Cut = m.Cut || f.Cut
}

// join adds up the sources of the files, which are in the models that they are in.
func (m *Model) join(of map[digest.ID]*Model) {
	counts := map[modelAt]int{}
	at := map[modelAt]*ModelSource{}
	var order []modelAt
	for _, f := range m.Files {
		for _, s := range f.Sources {
			for kind, n := range s.Tensors {
				m.Kinds[kind] += n
			}
			if of[s.Digest] == m {
				continue
			}
			key := modelAt{shardsOf(s.Path), s.Rev}
			if at[key] == nil {
				at[key] = &ModelSource{Of: of[s.Digest], Path: object.ModelName(s.Path), Rev: key.rev,
					Tensors: map[string]int{}, Bytes: map[string]SourceBytes{}}
				order = append(order, key)
			}
			counts[key] += s.count()
			at[key].add(s)
		}
	}
	slices.SortStableFunc(order, func(a, b modelAt) int { return counts[b] - counts[a] })
	for _, key := range order {
		m.Sources = append(m.Sources, *at[key])
	}
}
