package repo

import (
	"context"
	"fmt"
)

// diffFile looks into a pair.
func diffFile(ctx context.Context, p modelPair, o DiffOptions) (FileDiff, error) {
	d := describeFile(p)
	if o.FilesOnly {
		return d, nil
	}
	a, err := p.a.open()
	if err != nil {
		return d, err
	}
	defer a.Close()
	b, err := p.b.open()
	if err != nil {
		return d, err
	}
	defer b.Close()
	if d.Warning = oneOpaque(p, a, b); d.Warning != "" {
		return d, nil
	}
	if p.status == FileModified {
		if d.Metadata, err = diffMetadata(p, a, b); err != nil {
			return d, err
		}
	}
	if d.Tensors, err = diffTensors(ctx, a, b, o); err != nil {
		return d, err
	}
	for _, t := range d.Tensors {
		d.Summary.add(t)
	}
	d.Layers = Layers(d.Tensors)
	if o.Rank {
		d.LoRARank = commonRank(d.Tensors)
	}
	return d, nil
}

// describeFile says all that is known without looking into a pair.
func describeFile(p modelPair) FileDiff {
	d := FileDiff{Path: p.path(), Status: p.status, Tensors: []TensorDiff{}, Layers: []LayerDiff{}, Metadata: []KeyDiff{}}
	if p.a == nil || p.b == nil {
		return d
	}
	if p.a.path != p.b.path {
		d.PathB = p.b.path
	}
	if p.a.mode() != p.b.mode() && p.a.mode() != 0 && p.b.mode() != 0 {
		d.ModeA, d.ModeB = fmt.Sprintf("%06o", p.a.mode()), fmt.Sprintf("%06o", p.b.mode())
	}
	return d
}

// open opens a model that may not be there; nil for a link, which has no content to look into.
func (m *model) open() (*File, error) {
	if m == nil {
		return nil, nil
	}
	var parts []*File
	for _, f := range m.files {
		if f.Open == nil {
			continue // a link
		}
		c, err := f.Open()
		if err != nil {
			Shards(parts).Close()
			return nil, fmt.Errorf("%s: %w", f.Path, err)
		}
		parts = append(parts, c)
	}
	return Shards(parts), nil
}

// oneOpaque says why a file's tensors cannot be set against the other side's: only
// one of the two could be read as tensors.
func oneOpaque(p modelPair, a, b *File) string {
	if p.a == nil || p.b == nil {
		return ""
	}
	opaqueA, opaqueB := a.IsOpaque(), b.IsOpaque()
	if opaqueA == opaqueB {
		return ""
	}
	which, c := "a", a
	if opaqueB {
		which, c = "b", b
	}
	if c != nil && c.Layout.Warning != "" {
		return fmt.Sprintf("%s is stored as opaque content, so tensors cannot be compared: %s", which, c.Layout.Warning)
	}
	return which + " has no tensors to compare"
}
