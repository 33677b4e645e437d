package repo

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"dits/tensorstore/digest"
)

// A filePair is a file on both sides; nil where a side does not have it.
type filePair struct {
	status string
	a, b   *sideFile
}

func (p filePair) path() string {
	if p.a != nil {
		return p.a.Path
	}
	return p.b.Path
}

// pairFiles merges two lists, ascending by path, into the pairs that differ. A file
// that went and one that came with the same bytes are one that was renamed.
func pairFiles(a, b []sideFile) []filePair {
	var pairs []filePair
	gone := make(map[digest.ID][]int) // pairs that were removed
	var came []*sideFile
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case j == len(b) || i < len(a) && a[i].Path < b[j].Path:
			gone[a[i].ID] = append(gone[a[i].ID], len(pairs))
			pairs = append(pairs, filePair{FileRemoved, &a[i], nil})
			i++
		case i == len(a) || b[j].Path < a[i].Path:
			came = append(came, &b[j])
			j++
		default:
			if a[i].ID != b[j].ID || a[i].Mode != b[j].Mode {
				pairs = append(pairs, filePair{FileModified, &a[i], &b[j]})
			}
			i, j = i+1, j+1
		}
	}
	for _, f := range came {
		from := gone[f.ID]
		if len(from) == 0 || f.Size == 0 { // an empty file is no one's
			pairs = append(pairs, filePair{FileAdded, nil, f})
			continue
		}
		pairs[from[0]].status, pairs[from[0]].b = FileRenamed, f
		gone[f.ID] = from[1:]
	}
	slices.SortStableFunc(pairs, func(p, q filePair) int { return strings.Compare(p.path(), q.path()) })
	return pairs
}

// diffFile looks into a pair.
func (r *Repo) diffFile(ctx context.Context, p filePair, o DiffOptions) (FileDiff, error) {
	d := FileDiff{Path: p.path(), Status: p.status, Tensors: []TensorDiff{}, Layers: []LayerDiff{}}
	if p.a != nil && p.b != nil && p.a.Mode != p.b.Mode {
		d.ModeA, d.ModeB = fmt.Sprintf("%06o", p.a.Mode), fmt.Sprintf("%06o", p.b.Mode)
	}
	if p.status == FileRenamed {
		d.PathB = p.b.Path
	}
	if o.FilesOnly {
		return d, nil
	}
	a, err := r.openSide(p.a)
	if err != nil {
		return d, err
	}
	defer a.close()
	b, err := r.openSide(p.b)
	if err != nil {
		return d, err
	}
	defer b.close()
	if d.Warning = oneOpaque(p, a, b); d.Warning != "" {
		return d, nil
	}
	if d.Tensors, err = diffTensors(ctx, a, b, o); err != nil {
		return d, err
	}
	for _, t := range d.Tensors {
		d.Summary.add(t)
	}
	d.Layers = Layers(d.Tensors)
	return d, nil
}

// openSide opens a file that may not be there.
func (r *Repo) openSide(f *sideFile) (*content, error) {
	if f == nil {
		return nil, nil
	}
	return r.open(*f)
}

// oneOpaque says why a file's tensors cannot be set against the other side's: only
// one of the two could be read as tensors.
func oneOpaque(p filePair, a, b *content) string {
	if p.a == nil || p.b == nil {
		return ""
	}
	opaqueA, opaqueB := isOpaque(a), isOpaque(b)
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

// isOpaque says that there are no tensors to be looked for.
func isOpaque(c *content) bool { return c == nil || c.Layout.Format == "opaque" }
