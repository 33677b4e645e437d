package repo

import (
	"fmt"
	"strings"

	"dits/catalog"
	"dits/tensorstore"
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
)

// Bounds on a tree with all that is below it. Folders that name each other's
// content many times over would otherwise unfold without end.
const (
	maxEntries = 1 << 22 // files and folders
	maxLevels  = maxPath / 2
)

// A TreeFile is a file somewhere below a tree.
type TreeFile struct {
	Path string
	Mode uint32
	ID   digest.ID
	Size int64 // bytes
}

// Files returns all files of the commit that rev names, ascending by the bytes of
// their path.
func (r *Repo) Files(rev string) ([]TreeFile, error) {
	id, err := r.Resolve(rev)
	if err != nil {
		return nil, err
	}
	return r.commitFiles(id)
}

// commitFiles returns the files of the commit id; none for the zero ID.
func (r *Repo) commitFiles(id digest.ID) ([]TreeFile, error) {
	if id.IsZero() {
		return nil, nil
	}
	c, err := r.ReadCommit(id)
	if err != nil {
		return nil, err
	}
	return r.TreeFiles(c.Tree)
}

// TreeFiles returns all files below the tree id, ascending by the bytes of their
// path. The zero ID is the empty tree.
func (r *Repo) TreeFiles(id digest.ID) ([]TreeFile, error) {
	if id.IsZero() {
		return nil, nil
	}
	var files []TreeFile
	err := r.walkTree(id, "", 0, func(f TreeFile) error {
		files = append(files, f)
		return nil
	})
	return files, err
}

// walkTree visits the files below the tree id, whose path is dir ("" or with a
// slash at its end) and which lies level folders deep.
func (r *Repo) walkTree(id digest.ID, dir string, level int, visit func(TreeFile) error) error {
	w := treeWalk{r, maxEntries, visit}
	return w.folder(id, dir, level)
}

// A treeWalk visits the files below a tree.
type treeWalk struct {
	repo  *Repo
	left  int // entries that it may still meet
	visit func(TreeFile) error
}

// folder visits the files of the tree id, whose path is dir: "" or with a slash at
// its end.
func (w *treeWalk) folder(id digest.ID, dir string, level int) error {
	t, err := w.repo.ReadTree(id)
	if err != nil {
		return fmt.Errorf("folder %q: %w", dir, err)
	}
	if w.left -= len(t.Entries); w.left < 0 {
		return fmt.Errorf("folder %.40q: too many files and folders, want at most %d: %w", dir, maxEntries, ErrCorrupt)
	}
	if level > maxLevels {
		return fmt.Errorf("folder %.40q…: more than %d folders deep: %w", dir, maxLevels, ErrCorrupt)
	}
	for _, e := range asPaths(t.Entries) {
		path := dir + e.Name
		if len(path) > maxPath {
			return fmt.Errorf("path %.40q…: %d bytes, want at most %d: %w", path, len(path), maxPath, ErrCorrupt)
		}
		if e.Mode == ModeDir {
			err = w.folder(e.ID, path+"/", level+1)
		} else {
			err = w.visit(TreeFile{path, e.Mode, e.ID, e.Size})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Lookup returns the entry at path below the tree id: a file or a folder; "" is
// the tree itself. [ErrNoPath] if there is none.
func (r *Repo) Lookup(id digest.ID, path string) (catalog.TreeEntry, error) {
	e := catalog.TreeEntry{Mode: ModeDir, ID: id}
	if path == "" {
		return e, nil
	}
	for name := range strings.SplitSeq(path, "/") {
		if e.Mode != ModeDir || e.ID.IsZero() {
			return e, fmt.Errorf("%s: %w", path, ErrNoPath)
		}
		t, err := r.ReadTree(e.ID)
		if err != nil {
			return e, err
		}
		found := false
		if e, found = findEntry(t, name); !found {
			return e, fmt.Errorf("%s: %w", path, ErrNoPath)
		}
	}
	return e, nil
}

// putTree stores the tree of the files, ascending by path, and the trees below
// it, and returns its entry. w knows which it has already.
func putTree(w *tensorstore.Writer, files []TreeFile, level int) (catalog.TreeEntry, error) {
	var entries []catalog.TreeEntry
	var size int64
	for len(files) > 0 {
		name, _, isDir := strings.Cut(files[0].Path[level:], "/")
		n := 1
		e := catalog.TreeEntry{Name: name, Mode: files[0].Mode, ID: files[0].ID, Size: files[0].Size}
		if isDir {
			prefix := files[0].Path[:level+len(name)+1]
			for n < len(files) && strings.HasPrefix(files[n].Path, prefix) {
				n++
			}
			sub, err := putTree(w, files[:n], len(prefix))
			if err != nil {
				return sub, err
			}
			sub.Name = name
			e = sub
		}
		if size += e.Size; size < 0 {
			return e, fmt.Errorf("folder of %q: sizes overflow", files[0].Path)
		}
		entries = append(entries, e)
		files = files[n:]
	}
	sortByName(entries)
	b := encodeTree(entries)
	id := digest.Sum(b)
	return catalog.TreeEntry{Mode: ModeDir, ID: id, Size: size}, w.PutObject(pack.Tree, id, b)
}
