package diff

import (
	"context"
	"fmt"

	"dits/repo/object"
)

// diffFile looks into a pair.
func diffFile(ctx context.Context, p ModelPair, o Options) (FileDiff, error) {
	d := describeFile(p)
	if o.FilesOnly {
		return d, nil
	}
	a, err := p.A.Open()
	if err != nil {
		return d, err
	}
	defer a.Close()
	b, err := p.B.Open()
	if err != nil {
		return d, err
	}
	defer b.Close()
	if d.Warning = OneOpaque(p, a, b); d.Warning != "" {
		return d, nil
	}
	if p.Status == FileModified {
		if err := d.diffMetadata(p, a, b); err != nil {
			return d, err
		}
	}
	if d.Tensors, err = diffTensors(ctx, a, b, o); err != nil {
		return d, err
	}
	for _, t := range d.Tensors {
		d.Summary.add(t)
	}
	d.Layers = LayersOf(d.Tensors)
	if o.Rank {
		d.LoRARank = commonRank(d.Tensors)
	}
	return d, nil
}

// describeFile says all that is known without looking into a pair.
func describeFile(p ModelPair) FileDiff {
	d := FileDiff{Path: p.Path(), Status: p.Status, Similarity: p.Similarity, Tensors: []TensorDiff{}, Layers: []LayerDiff{}, Metadata: []KeyDiff{}}
	if p.A == nil || p.B == nil {
		return d
	}
	if p.A.path != p.B.path {
		d.PathB = p.B.path
	}
	if p.A.mode() != p.B.mode() && p.A.mode() != 0 && p.B.mode() != 0 {
		d.ModeA, d.ModeB = fmt.Sprintf("%06o", p.A.mode()), fmt.Sprintf("%06o", p.B.mode())
	}
	return d
}

// Open opens a model that may not be there; nil for a link, which has no content to look into.
func (m *model) Open() (*object.File, error) {
	if m == nil {
		return nil, nil
	}
	var parts []*object.File
	for _, f := range m.files {
		if f.Open == nil {
			continue // a link
		}
		c, err := f.Open()
		if err != nil {
			object.Shards(parts).Close()
			return nil, fmt.Errorf("%s: %w", f.Path, err)
		}
		parts = append(parts, c)
	}
	return object.Shards(parts), nil
}

// OneOpaque says why a file's tensors cannot be set against the other side's: only
// one of the two could be read as tensors.
func OneOpaque(p ModelPair, a, b *object.File) string {
	if p.A == nil || p.B == nil {
		return ""
	}
	opaqueA, opaqueB := a.IsOpaque(), b.IsOpaque()
	if opaqueA == opaqueB {
		return ""
	}
	which, f, m := "a", a, p.A
	if opaqueB {
		which, f, m = "b", b, p.B
	}
	if f != nil {
		if flaw, err := f.Flaw(m.path); err == nil && flaw != nil {
			return fmt.Sprintf("%s has no tensors to compare: %s", which, flaw.Text)
		}
	}
	return which + " has no tensors to compare"
}
