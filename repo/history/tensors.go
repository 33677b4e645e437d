package history

import (
	"bytes"
	"cmp"
	"fmt"
	"path"
	"slices"

	"dits/catalog"
	"dits/repo/object"
	"dits/repo/work"
	"dits/tensorstore/digest"
)

// A tensorFilter picks the commits that changed a tensor whose name matches.
type tensorFilter struct {
	files *FileHistory
	paths []string // at or below which files count; none: all
	globs []string // patterns of path.Match
	names map[string]bool
}

// tensorFilter prepares a filter for the commits of h: it reads the tensors of all files
// that any of them changed, at once.
func (r *History) tensorFilter(h *history, o LogOptions) (*tensorFilter, error) {
	for _, g := range o.Tensors {
		if _, err := path.Match(g, ""); err != nil {
			return nil, fmt.Errorf("pattern %q: %w", g, err)
		}
	}
	f := &tensorFilter{r.FileHistory(), o.Paths, o.Tensors, map[string]bool{}}
	var ids []digest.ID
	for _, c := range h.commits {
		for i := range max(1, len(c.Parents)) {
			pairs, err := f.changed(c, i)
			if err != nil {
				return nil, err
			}
			for _, p := range pairs {
				ids = append(ids, p[0], p[1])
			}
		}
	}
	slices.SortFunc(ids, func(a, b digest.ID) int { return bytes.Compare(a[:], b[:]) })
	return f, f.files.LoadLists(slices.Compact(ids))
}

// changed are the files at one path that c and its i-th parent have with different bytes,
// as pairs; the zero ID is no file.
func (f *tensorFilter) changed(c catalog.Commit, i int) ([][2]digest.ID, error) {
	var parent digest.ID
	if i < len(c.Parents) {
		p, err := f.files.Commit(c.Parents[i])
		if err != nil {
			return nil, err
		}
		parent = p.Tree
	}
	paths, err := f.pathsIn(parent, c.Tree)
	if err != nil {
		return nil, err
	}
	d := treesDiffer{f.files, paths, object.MaxEntries, nil}
	err = d.folders(parent, c.Tree, "", 0)
	return d.pairs, err
}

// pathsIn are the paths that count, with the shards that trees have of models that they name.
func (f *tensorFilter) pathsIn(trees ...digest.ID) ([]string, error) {
	paths := f.paths
	for _, name := range f.paths {
		for _, tree := range trees {
			files, err := f.files.History.model(tree, name, f.files.tree)
			if err != nil {
				return nil, err
			}
			paths = append(slices.Clip(paths), object.WithShards([]string{name}, files)[1:]...)
		}
	}
	return paths, nil
}

// A treesDiffer finds the files that differ between two trees.
type treesDiffer struct {
	files *FileHistory
	paths []string // at or below which files count; none: all
	left  int      // entries that it may still meet
	pairs [][2]digest.ID
}

// folders compares two trees, whose path is dir: "" or with a slash at its end. Trees that
// are equal are not looked into.
func (d *treesDiffer) folders(a, b digest.ID, dir string, level int) error {
	if a == b {
		return nil
	}
	x, err := d.files.tree(a)
	if err != nil {
		return err
	}
	y, err := d.files.tree(b)
	if err != nil {
		return err
	}
	if d.left -= len(x.Entries) + len(y.Entries); d.left < 0 || level > object.MaxLevels {
		return fmt.Errorf("folder %.40q: too many files and folders, or too deep: %w", dir, object.ErrCorrupt)
	}
	for _, e := range unite(x.Entries, y.Entries) {
		if e[0].ID == e[1].ID && e[0].Mode == e[1].Mode {
			continue
		}
		name := dir + cmp.Or(e[0].Name, e[1].Name)
		files := [2]digest.ID{fileOf(e[0]), fileOf(e[1])}
		if files != [2]digest.ID{} && (len(d.paths) == 0 || work.Inside(name, d.paths)) {
			d.pairs = append(d.pairs, files)
		}
		if err := d.folders(folderOf(e[0]), folderOf(e[1]), name+"/", level+1); err != nil {
			return err
		}
	}
	return nil
}

// unite pairs the entries of two folders by name; the zero entry stands for none.
func unite(a, b []catalog.TreeEntry) (out [][2]catalog.TreeEntry) {
	for len(a) > 0 || len(b) > 0 {
		switch {
		case len(b) == 0 || len(a) > 0 && a[0].Name < b[0].Name:
			out, a = append(out, [2]catalog.TreeEntry{a[0]}), a[1:]
		case len(a) == 0 || b[0].Name < a[0].Name:
			out, b = append(out, [2]catalog.TreeEntry{{}, b[0]}), b[1:]
		default:
			out, a, b = append(out, [2]catalog.TreeEntry{a[0], b[0]}), a[1:], b[1:]
		}
	}
	return out
}

// fileOf is the digest of an entry that is a file, zero of any other.
func fileOf(e catalog.TreeEntry) digest.ID {
	if e.Mode == object.ModeDir || e.Mode == object.ModeLink {
		return digest.ID{}
	}
	return e.ID
}

// folderOf is the tree of an entry that is a folder, zero of any other.
func folderOf(e catalog.TreeEntry) digest.ID {
	if e.Mode != object.ModeDir {
		return digest.ID{}
	}
	return e.ID
}

// touches says that a tensor that matches is not in c as in any one parent, as [History.Log]
// has it of paths.
func (f *tensorFilter) touches(c catalog.Commit) (bool, error) {
	for i := range max(1, len(c.Parents)) {
		pairs, err := f.changed(c, i)
		if err != nil {
			return false, err
		}
		differ := false
		for _, p := range pairs {
			differ = differ || f.tensorsDiffer(f.files.Lists[p[0]], f.files.Lists[p[1]])
		}
		if !differ {
			return false, nil
		}
	}
	return true, nil
}

// tensorsDiffer says that a tensor whose name matches came, went or changed.
func (f *tensorFilter) tensorsDiffer(a, b catalog.TensorList) bool {
	for i, name := range a.Names {
		if !f.matches(name) {
			continue
		}
		j := i
		if a.Signature != b.Signature {
			j = b.Find(name)
		}
		if j < 0 || !a.Same(i, b, j) {
			return true
		}
	}
	if a.Signature == b.Signature {
		return false
	}
	return slices.ContainsFunc(b.Names, func(name string) bool { return a.Find(name) < 0 && f.matches(name) })
}

// matches says that a name matches one of the patterns; it asks once for each.
func (f *tensorFilter) matches(name string) bool {
	m, known := f.names[name]
	if !known {
		m = slices.ContainsFunc(f.globs, func(g string) bool { ok, _ := path.Match(g, name); return ok })
		f.names[name] = m
	}
	return m
}
