package repo

import (
	"context"
	"errors"
	"io"
	"slices"

	"dits/catalog"
	"dits/formats"
	"dits/tensorstore"
	"dits/tensorstore/digest"
)

// maxRelatives is how many files are weighed as relatives of a new one, apart from those
// of HEAD and the index.
const maxRelatives = 24

// A member is a file that has tensors of the same role as a new one.
type member struct {
	path     string // in HEAD or the index; "" for one from elsewhere in the store
	file     catalog.File
	roles    map[string][]int // segments by role name
	distance float64          // to the new file, as far as sampled
}

func newMember(path string, f catalog.File) *member {
	r := &member{path: path, file: f, roles: map[string][]int{}}
	for i, s := range f.Layout.Segments {
		if s.Kind == formats.Data {
			role := roleName(f.Layout.Tensors[s.Tensor].Name)
			r.roles[role] = append(r.roles[role], i)
		}
	}
	return r
}

// relatives finds what new files may be similar to: the files of HEAD and of the index,
// those added in the same call, and those elsewhere in the store with tensors of the same names.
type relatives struct {
	repo *Repo
	near []*member // of HEAD, the index and this call
}

// relatives reads the files of HEAD and of the index.
func (r *Repo) relatives() (*relatives, error) {
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
	rs := &relatives{repo: r}
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

// add makes a file a relative of those to come.
func (rs *relatives) add(path string, f catalog.File) {
	for _, near := range rs.near {
		if near.file.ID == f.ID && near.path == path {
			return
		}
	}
	if r := newMember(path, f); len(r.roles) > 0 {
		rs.near = append(rs.near, r)
	}
}

// A family is the relatives of one new file, the closest first.
type family []*member

// family ranks what the file at path, whose bytes are src, may be similar to.
func (rs *relatives) family(ctx context.Context, path string, f catalog.File, src io.ReaderAt) (family, error) {
	me := newMember(path, f)
	if len(me.roles) == 0 {
		return nil, nil
	}
	all, err := rs.candidates(me)
	if err != nil {
		return nil, err
	}
	if len(all) > 1 {
		for _, r := range all {
			if r.distance, err = rs.repo.sampledDistance(ctx, me, src, r); err != nil {
				return nil, err
			}
		}
	}
	slices.SortStableFunc(all, func(a, b *member) int {
		switch {
		case a.distance < b.distance:
			return -1
		case a.distance > b.distance:
			return 1
		}
		return 0
	})
	return all, nil
}

// candidates are files that share a role with me: of the same path first, then near, then
// from the store. Each content is there once.
func (rs *relatives) candidates(me *member) (family, error) {
	var same, other, far family
	seen := map[digest.ID]bool{me.file.ID: true}
	for _, r := range rs.near {
		switch {
		case seen[r.file.ID] || !r.shares(me):
			continue
		case r.path == me.path:
			same = append(same, r)
		default:
			other = append(other, r)
		}
		seen[r.file.ID] = true
	}
	ids, err := rs.repo.Catalog.Similar(me.someNames(), maxRelatives)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		if seen[id] {
			continue
		}
		f, err := rs.repo.ReadFile(id)
		if isLost(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		far = append(far, newMember("", f))
	}
	if n := max(maxRelatives-len(same), 0); len(other) > n {
		other = other[:n]
	}
	return slices.Concat(same, other, far), nil
}

// shares says that a tensor of me has the role and the row length of one of r.
func (r *member) shares(me *member) bool {
	for role, segments := range me.roles {
		for _, i := range segments {
			if len(r.like(role, me.tensor(i))) > 0 {
				return true
			}
		}
	}
	return false
}

// someNames are names by which files with the tensors of me are found: of a few of them,
// with all the wrappers that they may have.
func (me *member) someNames() []string {
	const few = 32
	var names []string
	step := max(len(me.file.Layout.Tensors)/few, 1)
	for i := 0; i < len(me.file.Layout.Tensors); i += step {
		names = append(names, roleNames(me.file.Layout.Tensors[i].Name)...)
	}
	return names
}

func (r *member) tensor(segment int) formats.Tensor {
	return r.file.Layout.Tensors[r.file.Layout.Segments[segment].Tensor]
}

// like lists the segments of r with a role and the shape of t; if there is none, those
// that have more or fewer of the same rows.
func (r *member) like(role string, t formats.Tensor) []int {
	var same, rows []int
	for _, i := range r.roles[role] {
		shape := r.tensor(i).Shape
		switch {
		case slices.Equal(shape, t.Shape):
			same = append(same, i)
		case len(shape) == len(t.Shape) && len(shape) > 1 && slices.Equal(shape[1:], t.Shape[1:]):
			rows = append(rows, i)
		}
	}
	if len(same) > 0 {
		return same
	}
	return rows
}

// of lists what a tensor may be similar to, the closest file's first, and in one file
// that of the same dtype before those to cast.
func (fam family) of(t formats.Tensor) []tensorstore.Relative {
	role := roleName(t.Name)
	var out []tensorstore.Relative
	for _, r := range fam {
		var same, cast []tensorstore.Relative
		for _, i := range r.like(role, t) {
			rel := tensorstore.Relative{Blob: r.file.Blobs[i], DType: r.tensor(i).DType}
			if rel.DType == t.DType {
				same = append(same, rel)
			} else {
				cast = append(cast, rel)
			}
		}
		out = append(append(out, same...), cast...)
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
