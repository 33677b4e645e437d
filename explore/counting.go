package explore

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"dits/catalog"
	"dits/formats"
	"dits/repo/lineage"
	"dits/tensorstore/digest"
)

// A sharing is the answer to one question in the making: rows are looked at in order, and only as far as they are asked
// for. What it has of a row stays, so that numbers mean the same on each page.
type sharing struct {
	explorer *Explorer
	version  string
	chosen   *selection

	mu      sync.Mutex
	answer  Sharing           // all until now
	ends    []end             // after each row that was looked at
	blobs   map[digest.ID]int // their numbers
	layouts map[string]int    // by what they say
	kinds   map[string]int
	chunks  map[chunkKey]met
	readers map[int]*lineage.StorageReader // by model
}

// An end is how much of an answer there is after a row.
type end struct{ layouts, blobs, kin int }

// A chunkKey is a chunk of a store: numbers of two catalogs have nothing in common.
type chunkKey struct {
	store string
	chunk catalog.Number
}

// A met chunk is in so many blobs: which first, and which last.
type met struct{ first, last, blobs int }

func newSharing(e *Explorer, version string, chosen *selection) *sharing {
	return &sharing{
		explorer: e, version: version, chosen: chosen,
		answer: Sharing{Total: len(chosen.rows), LeftOut: chosen.leftOut, Kinds: []string{""}, Kin: [][3]int{}},
		blobs:  map[digest.ID]int{}, layouts: map[string]int{}, kinds: map[string]int{"": 0},
		chunks: map[chunkKey]met{}, readers: map[int]*lineage.StorageReader{},
	}
}

// page is the rows from one on.
func (s *sharing) page(ctx context.Context, from, limit int) (*Sharing, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	from = min(from, len(s.chosen.rows))
	to := min(from+limit, len(s.chosen.rows))
	if err := s.lookUpTo(ctx, to); err != nil {
		return nil, err
	}
	var a, b end
	if from > 0 {
		a = s.ends[from-1]
	}
	if to > 0 {
		b = s.ends[to-1]
	}
	all := s.answer
	p := &Sharing{Total: all.Total, LeftOut: all.LeftOut, Rows: all.Rows[from:to], Layouts: all.Layouts[a.layouts:b.layouts],
		Blobs: all.Blobs.part(a.blobs, b.blobs), Kinds: all.Kinds, Kin: all.Kin[a.kin:b.kin],
		FirstRow: from, FirstLayout: a.layouts, FirstBlob: a.blobs}
	if to < len(s.chosen.rows) {
		p.Next = cursor{to, s.version}.String()
	}
	return p, nil
}

// lookUpTo looks at the first so many rows.
func (s *sharing) lookUpTo(ctx context.Context, rows int) error {
	for i := len(s.ends); i < rows; i++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := s.look(s.chosen.rows[i]); err != nil {
			return err
		}
	}
	return nil
}

// look adds a row.
func (s *sharing) look(r selected) error {
	m := s.explorer.models[r.model]
	f, err := m.Repo.ReadFile(r.file)
	if err != nil {
		return fmt.Errorf("%s: %w", r.path, err)
	}
	row := Row{Model: m.Name, Path: r.path, Refs: r.refs, File: r.file, Size: r.size, Format: formatOf(f.Layout), Age: r.age,
		Layout: s.layout(f.Layout), Blobs: make([]int, len(f.Blobs))}
	if err := s.meet(r.model, f.Blobs); err != nil {
		return fmt.Errorf("%s: %w", r.path, err)
	}
	for i, id := range f.Blobs {
		row.Blobs[i] = s.blobs[id]
	}
	s.answer.Rows = append(s.answer.Rows, row)
	s.ends = append(s.ends, end{len(s.answer.Layouts), len(s.answer.Blobs.Len), len(s.answer.Kin)})
	return nil
}

// formatOf is the format of a file with tensors, "" of another.
func formatOf(l formats.Layout) string {
	if len(l.Tensors) == 0 {
		return ""
	}
	return l.Format
}

// layout is the number of a layout.
func (s *sharing) layout(l formats.Layout) int {
	var out Layout
	var key strings.Builder
	for _, seg := range l.Segments {
		name, kind, elements := "", "", int64(0)
		if seg.Kind == formats.Data {
			t := l.Tensors[seg.Tensor]
			name, kind, elements = t.Name, typeOf(t), elementsOf(t)
		}
		out.Names = append(out.Names, name)
		out.Kinds = append(out.Kinds, kindsOfSegments[seg.Kind])
		out.Types = append(out.Types, kind)
		out.Elements = append(out.Elements, elements)
		out.Lens = append(out.Lens, seg.Len)
		fmt.Fprintf(&key, "%d %d %q %s\n", seg.Kind, seg.Len, name, kind)
	}
	n, known := s.layouts[key.String()]
	if !known {
		n = len(s.answer.Layouts)
		s.layouts[key.String()] = n
		s.answer.Layouts = append(s.answer.Layouts, out)
	}
	return n
}

var kindsOfSegments = map[formats.Kind]string{
	formats.Header: "header", formats.Padding: "padding", formats.Data: "tensor", formats.Opaque: "other",
}

// typeOf is "BF16 4096×4096".
func typeOf(t formats.Tensor) string {
	dims := make([]string, len(t.Shape))
	for i, n := range t.Shape {
		dims[i] = strconv.FormatInt(n, 10)
	}
	return strings.TrimSpace(string(t.DType) + " " + strings.Join(dims, "×"))
}

// elementsOf is how many numbers a tensor has.
func elementsOf(t formats.Tensor) int64 {
	n := int64(1)
	for _, d := range t.Shape {
		n *= d
	}
	return n
}

// A fresh blob is one that has no number yet, and how it is kept.
type fresh struct {
	id     digest.ID
	kept   lineage.Kept
	chunks []catalog.KeptChunk
}

// meet numbers blobs of a model that were not met yet, and those that they are made of: all of them, or on an error none.
func (s *sharing) meet(model int, blobs []digest.ID) error {
	all, err := s.read(model, blobs)
	if err != nil {
		return err
	}
	for _, f := range all {
		s.blobs[f.id] = len(s.blobs)
	}
	for _, f := range all {
		s.note(f.kept, len(f.chunks))
		s.kin(s.explorer.models[model].Repo.StoreDir, s.blobs[f.id], f.chunks)
	}
	return nil
}

// read reads how blobs that were not met yet are kept, and those that they are made of, in the order of their numbers.
func (s *sharing) read(model int, blobs []digest.ID) (all []fresh, err error) {
	m := s.explorer.models[model]
	reader := s.readers[model]
	if reader == nil {
		reader = lineage.NewStorageReader(m.Repo.History)
		s.readers[model] = reader
	}
	seen := map[digest.ID]bool{}
	for blobs = s.unmet(blobs, seen); len(blobs) > 0; {
		kept, err := m.Repo.Catalog.Kept(blobs)
		if err != nil {
			return nil, err
		}
		var sources []digest.ID
		for _, id := range blobs {
			k, err := reader.Kept(kept[id])
			if err != nil {
				return nil, err
			}
			sources = append(sources, s.unmet(k.Sources[:min(1, len(k.Sources))], seen)...)
			all = append(all, fresh{id, k, kept[id]})
		}
		blobs = sources
	}
	return all, nil
}

// unmet are the blobs that have no number and were not seen, which they are then.
func (s *sharing) unmet(blobs []digest.ID, seen map[digest.ID]bool) (out []digest.ID) {
	for _, id := range blobs {
		if _, known := s.blobs[id]; !known && !seen[id] {
			seen[id] = true
			out = append(out, id)
		}
	}
	return out
}

// note adds how the next blob is kept.
func (s *sharing) note(k lineage.Kept, chunks int) {
	kind, known := s.kinds[k.Kind]
	if !known {
		kind = len(s.answer.Kinds)
		s.kinds[k.Kind] = kind
		s.answer.Kinds = append(s.answer.Kinds, k.Kind)
	}
	source := -1
	if len(k.Sources) > 0 {
		source = s.blobs[k.Sources[0]]
	}
	b := &s.answer.Blobs
	b.Len = append(b.Len, k.Len)
	b.How = append(b.How, int(k.How))
	b.Kind = append(b.Kind, kind)
	b.Stored = append(b.Stored, k.Stored)
	b.Source = append(b.Source, source)
	b.Chunks = append(b.Chunks, chunks)
}

// kin notes which blobs have chunks of this one: each that was the first to have some.
func (s *sharing) kin(store string, blob int, chunks []catalog.KeptChunk) {
	with := map[int]int{}
	for _, c := range chunks {
		key := chunkKey{store, c.Chunk}
		seen, known := s.chunks[key]
		switch {
		case !known:
			s.chunks[key] = met{blob, blob, 1}
		case seen.last != blob:
			s.chunks[key] = met{seen.first, blob, seen.blobs + 1}
		}
		if known && seen.first != blob {
			with[seen.first] += int(c.Len)
		}
	}
	for _, first := range slices.Sorted(maps.Keys(with)) {
		s.answer.Kin = append(s.answer.Kin, [3]int{first, blob, with[first]})
	}
}

// part is the blobs from one number to another.
func (b Blobs) part(from, to int) Blobs {
	return Blobs{b.Len[from:to], b.How[from:to], b.Kind[from:to], b.Stored[from:to], b.Source[from:to], b.Chunks[from:to]}
}
