package repo

import (
	"errors"
	"slices"

	"dits/catalog"
	"dits/formats"
	"dits/tensorstore"
)

// relatives are the tensors of HEAD and of the index by name: what a new tensor of
// the same name and shape may be similar to.
type relatives map[string][]kin

type kin struct {
	tensorstore.Relative
	path  string
	shape []int64
}

// relatives reads the tensors of HEAD and of the index.
func (r *Repo) relatives() (relatives, error) {
	files, err := r.headFiles()
	if err != nil && !isLost(err) {
		return nil, err
	}
	x, err := r.Index()
	if err != nil {
		return nil, err
	}
	for _, e := range x.Entries {
		files = append(files, TreeFile{e.Path, e.Mode, e.ID, e.Size})
	}
	rs := relatives{}
	for _, e := range files {
		f, err := r.ReadFile(e.ID)
		if isLost(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		rs.add(e.Path, f)
	}
	return rs, nil
}

// isLost says that the store does not have something, or has it damaged. Then it is no
// help to what is added, and no hindrance: adding it again may be what brings it back.
func isLost(err error) bool {
	return errors.Is(err, tensorstore.ErrUnknown) || errors.Is(err, ErrCorrupt)
}

// add adds the tensors of a file.
func (rs relatives) add(path string, f catalog.File) {
	for i, s := range f.Layout.Segments {
		if s.Kind != formats.Data {
			continue
		}
		t := f.Layout.Tensors[s.Tensor]
		rs[t.Name] = append(rs[t.Name], kin{tensorstore.Relative{Blob: f.Blobs[i], DType: t.DType}, path, t.Shape})
	}
}

// of lists what a tensor may be similar to, the likeliest first: those of the same path
// before others, and among them those of the same dtype before those to cast.
func (rs relatives) of(path string, t formats.Tensor) []tensorstore.Relative {
	var same []kin
	for _, r := range rs[t.Name] {
		if slices.Equal(r.shape, t.Shape) {
			same = append(same, r)
		}
	}
	distance := func(r kin) int {
		d := 0
		if r.path != path {
			d += 2
		}
		if r.DType != t.DType {
			d++
		}
		return d
	}
	slices.SortStableFunc(same, func(a, b kin) int { return distance(a) - distance(b) })
	out := make([]tensorstore.Relative, len(same))
	for i, r := range same {
		out[i] = r.Relative
	}
	return out
}

// headFiles lists the files of HEAD's commit, none before the first.
func (r *Repo) headFiles() ([]TreeFile, error) {
	h, err := r.Head()
	if err != nil || h.Commit.IsZero() {
		return nil, err
	}
	c, err := r.ReadCommit(h.Commit)
	if err != nil {
		return nil, err
	}
	return r.TreeFiles(c.Tree)
}
