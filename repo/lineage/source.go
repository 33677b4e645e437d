package lineage

import (
	"cmp"
	"slices"

	"dits/repo/object"
	"dits/tensorstore/digest"
)

// A FileSource is a file that another one's tensors were stored from.
type FileSource struct {
	Path    string         `json:"path"` // "" when no branch or tag leads to it
	Rev     string         `json:"rev"`  // where it is, "" in the same commit
	Digest  digest.ID      `json:"digest"`
	Tensors map[string]int `json:"tensors"` // how many of them of which kind: identical, delta, cast, low rank, …

	Bytes map[string]SourceBytes `json:"-"` // of those tensors, by the same kinds
	place Place
}

// SourceBytes are the tensors of one kind that came from a source.
type SourceBytes struct {
	Whole, Stored int64 // bytes of the tensors, and the payload that they take besides their source
	Derived       bool  // they are computed from it
}

// plus are the tensors of both.
func (b SourceBytes) plus(o SourceBytes) SourceBytes {
	return SourceBytes{b.Whole + o.Whole, b.Stored + o.Stored, b.Derived || o.Derived}
}

// count is the number of tensors.
func (s *FileSource) count() (n int) {
	for _, c := range s.Tensors {
		n += c
	}
	return n
}

// A tally adds up sources by file.
type tally struct{ byFile map[digest.ID]*FileSource }

// add counts a tensor of so many bytes that came about as a kind says from its sources. Those that no
// ref leads to count as one file.
func (t *tally) add(kind string, bytes SourceBytes, from []*Source) {
	seen := map[digest.ID]bool{}
	for _, s := range from {
		if seen[s.Place.File] {
			continue
		}
		seen[s.Place.File] = true
		src := t.byFile[s.Place.File]
		if src == nil {
			src = newSource(s.Place)
			t.byFile[s.Place.File] = src
		}
		src.Tensors[kind]++
		src.Bytes[kind] = src.Bytes[kind].plus(bytes)
	}
}

func newSource(p Place) *FileSource {
	return &FileSource{Path: p.Path, Digest: p.File, Tensors: map[string]int{}, Bytes: map[string]SourceBytes{}, place: p}
}

// list is the sources, the one of the most tensors first, as seen from a commit.
func (k *Namer) list(t *tally, from digest.ID) ([]FileSource, error) {
	out := make([]FileSource, 0, len(t.byFile))
	for _, s := range t.byFile {
		if !s.Digest.IsZero() {
			var err error
			if s.Rev, err = k.revFrom(from, s.place); err != nil {
				return nil, err
			}
		}
		out = append(out, *s)
	}
	slices.SortFunc(out, func(a, b FileSource) int {
		return cmp.Or(cmp.Compare(b.count(), a.count()), cmp.Compare(a.Path, b.Path), cmp.Compare(a.Rev, b.Rev))
	})
	return out, nil
}

// ByModel adds up the sources that are shards of one model.
func ByModel(sources []FileSource) (out []FileSource) {
	type place struct{ path, rev string }
	at := map[place]int{}
	for _, s := range sources {
		p := place{object.ModelName(s.Path), s.Rev}
		i, known := at[p]
		if !known {
			i = len(out)
			at[p] = i
			out = append(out, FileSource{Path: p.path, Rev: p.rev, Digest: s.Digest, Tensors: map[string]int{},
				Bytes: map[string]SourceBytes{}})
		}
		for kind, n := range s.Tensors {
			out[i].Tensors[kind] += n
			out[i].Bytes[kind] = out[i].Bytes[kind].plus(s.Bytes[kind])
		}
	}
	return out
}
