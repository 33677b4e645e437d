package lineage

import (
	"math"

	"dits/catalog"
	"dits/formats"
	"dits/formats/number"
	"dits/tensorstore/digest"
)

// A growth is one file on its way to say what its tensors came from.
type growth struct {
	*lineage
	node    *FileLineage
	from    Place // where it came in
	file    catalog.File
	storage []catalog.Storage // of each tensor
	blobs   []digest.ID       // of each tensor
	costs   *costs
	tally   tally
}

// grow finds what the tensors of a file came from, and notes the files that have it.
func (b *lineage) grow(g generation) error {
	f := b.nodes[g.place.File]
	file, err := b.namer.Files.History.ReadFile(g.place.File)
	if err != nil {
		return err
	}
	f.Format, f.Size = file.Layout.Format, file.Layout.Size
	if f.Cut = b.options.Depth > 0 && g.depth >= b.options.Depth; f.Cut {
		f.Bits = number.Number(math.NaN())
		return nil
	}
	gr := &growth{lineage: b, node: f, from: b.ages.of(f.Digest).place, file: file, tally: tally{map[digest.ID]*FileSource{}}}
	if gr.from.File.IsZero() { // staged only
		gr.from = g.place
	}
	if gr.storage, err = b.stored(f.Digest); err != nil {
		return err
	}
	if err := gr.tensors(); err != nil {
		return err
	}
	if f.Sources, err = b.namer.list(&gr.tally, b.home); err != nil {
		return err
	}
	f.Bits = number.Number(8 * float64(f.Stored) / float64(f.weights))
	for i := range f.Sources {
		if err := b.noteSource(&f.Sources[i], g.depth+1); err != nil {
			return err
		}
	}
	return nil
}

// noteSource notes the file of a source, by where it came in unless the commit asked for has it.
func (b *lineage) noteSource(s *FileSource, depth int) error {
	if s.place.File.IsZero() {
		return nil
	}
	at := b.ages.of(s.place.File).place
	here, err := b.namer.has(b.home, s.place)
	if err != nil {
		return err
	}
	if here {
		at = Place{s.place.Path, s.place.File, b.home}
	}
	if err := b.note(at, depth); err != nil {
		return err
	}
	if n := b.nodes[s.Digest]; n != nil {
		s.Path, s.Rev = n.Path, n.Rev
		return nil
	}
	s.Path = at.Path // a file without tensors: an importance matrix in its older form
	s.Rev, err = b.rev(at)
	return err
}

// tensors finds what each tensor came from: first those that an older file has.
func (g *growth) tensors() error {
	g.blobs = g.file.TensorBlobs()
	same := make([]*Source, len(g.blobs))
	var ask []*Source
	first := map[digest.ID]bool{{}: true} // blobs met before
	for i, id := range g.blobs {
		if !first[id] {
			same[i] = &Source{Blob: id}
			ask = append(ask, same[i])
		}
		first[id] = true
	}
	older := func(file digest.ID) bool { return g.compareAge(file, g.node.Digest) < 0 }
	if err := g.versionBefore(ask); err != nil {
		return err
	}
	if err := g.namer.Find(g.from.Commit, g.from.Path, ask, older); err != nil {
		return err
	}
	sources, err := g.sources(same)
	if err != nil {
		return err
	}
	if g.costs, err = g.namer.costs(g.storage); err != nil {
		return err
	}
	for i := range g.blobs {
		if err := g.tensor(i, same[i], sources); err != nil {
			return err
		}
	}
	return nil
}

// versionBefore looks for tensors in what was at the file's path before it came in.
func (g *growth) versionBefore(ask []*Source) error {
	if g.from.Commit.IsZero() {
		return nil // staged, and there is no commit yet
	}
	c, err := g.namer.Files.Commit(g.from.Commit)
	if err != nil {
		return err
	}
	for _, p := range c.Parents {
		parent, err := g.namer.Files.Commit(p)
		if err != nil {
			return err
		}
		id, err := g.namer.Files.At(parent.Tree, g.from.Path)
		if err == nil && !id.IsZero() {
			err = g.namer.findIn(Place{g.from.Path, id, p}, ask)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// sources finds what the tensors that no older file has are predicted from.
func (g *growth) sources(same []*Source) (map[digest.ID]*Source, error) {
	sources := map[digest.ID]*Source{}
	var ask []*Source
	for i, s := range same {
		if s == nil || s.Found {
			continue
		}
		w, err := g.namer.Storage.Prediction(g.storage[i].Prediction)
		if err != nil {
			return nil, err
		}
		for _, id := range w.Sources {
			if sources[id] == nil {
				sources[id] = &Source{Blob: id}
				ask = append(ask, sources[id])
			}
		}
	}
	other := func(file digest.ID) bool { return file != g.node.Digest }
	return sources, g.namer.Find(g.from.Commit, g.from.Path, ask, other)
}

// tensor counts tensor i. same is nil for one without bytes, or that the file had before.
func (g *growth) tensor(i int, same *Source, sources map[digest.ID]*Source) error {
	t := g.file.Layout.Tensors[i]
	g.node.weights += formats.Elements(t.Shape)
	g.node.bytes += t.Len
	d := TensorLineage{Name: t.Name, Sources: []TensorSource{}}
	var from []*Source
	switch {
	case same == nil && g.blobs[i].IsZero():
		d.Kind = kindNew
		g.node.New++
	case same == nil:
		d.Kind, d.How = kindRepeated, Same
		g.node.Repeated++
	case same.Found:
		d.Kind, d.How, from = Identical, Same, []*Source{same}
		g.node.Same += t.Len
		g.tally.add(Identical, SourceBytes{Whole: t.Len}, from)
	default:
		w, err := g.namer.Storage.Prediction(g.storage[i].Prediction)
		if err != nil {
			return err
		}
		d.Stored = g.costs.of(i)
		g.node.Stored += d.Stored
		if w.kind == "" {
			d.Kind = kindNew
			g.node.New++
			g.node.NewBytes += t.Len
			return g.detail(d, nil)
		}
		kind, ids := w.told(d.Stored, t.Len)
		d.How = Difference
		switch d.Kind = w.Detail; {
		case kind == kindDelta:
			d.Kind = kindDelta
		case w.Derived:
			d.How = Recomputed
			g.node.Derived += t.Len
			g.node.Residual += d.Stored
		}
		for _, id := range ids {
			from = append(from, sources[id])
		}
		g.tally.add(kind, SourceBytes{t.Len, d.Stored, d.How == Recomputed}, from)
	}
	return g.detail(d, from)
}

// detail keeps a tensor's line, where tensors were asked for.
func (g *growth) detail(d TensorLineage, from []*Source) error {
	if g.options.Path == "" {
		return nil
	}
	for _, s := range from {
		src, err := g.namer.tensorSource(g.home, s)
		if err != nil {
			return err
		}
		d.Sources = append(d.Sources, src)
	}
	g.node.details = append(g.node.details, d)
	return nil
}
