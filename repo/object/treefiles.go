package object

import (
	"fmt"
	"strings"

	"dits/catalog"
	"dits/tensorstore"
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
)

// A TreeFile is a file somewhere below a tree.
type TreeFile struct {
	Path string
	Mode uint32
	ID   digest.ID
	Size int64 // bytes
}

// CommitFiles returns the files of the commit id; none for the zero ID.
func (r *Database) CommitFiles(id digest.ID) ([]TreeFile, error) {
	if id.IsZero() {
		return nil, nil
	}
	c, err := r.ReadCommit(id)
	if err != nil {
		return nil, err
	}
	return r.TreeFiles(c.Tree)
}

// WorkFiles returns the files of the commit id that the working folder may have: all but those of other version
// control. foreign are the folders that are left out, each once.
func (r *Database) WorkFiles(id digest.ID) (files []TreeFile, foreign []string, err error) {
	all, err := r.CommitFiles(id)
	for _, f := range all {
		part := ForeignPart(f.Path)
		if part == "" {
			files = append(files, f)
		} else if len(foreign) == 0 || foreign[len(foreign)-1] != part {
			foreign = append(foreign, part)
		}
	}
	return files, foreign, err
}

// SameFile says that two files have the same content and mode.
func SameFile(a, b TreeFile) bool { return a.ID == b.ID && a.Mode == b.Mode }

// SameContent says that two files have the same content, and that both are links or none is.
func SameContent(a, b TreeFile) bool {
	return a.ID == b.ID && (a.Mode == ModeLink) == (b.Mode == ModeLink)
}

// ByPath finds files by their path.
func ByPath(files []TreeFile) map[string]TreeFile {
	m := make(map[string]TreeFile, len(files))
	for _, f := range files {
		m[f.Path] = f
	}
	return m
}

// TreeFiles returns all files below the tree id, ascending by the bytes of their
// path. The zero ID is the empty tree.
func (r *Database) TreeFiles(id digest.ID) ([]TreeFile, error) {
	if id.IsZero() {
		return nil, nil
	}
	w := treeWalk{db: r, folders: map[digest.ID]*folder{}}
	top, err := w.measure(id, "", 0)
	if err != nil {
		return nil, err
	}
	w.files = make([]TreeFile, 0, top.files)
	w.list(top, "")
	return w.files, nil
}

// Lookup returns the entry at path below the tree id: a file or a folder; "" is
// the tree itself. [ErrNoPath] if there is none.
func (r *Database) Lookup(id digest.ID, path string) (catalog.TreeEntry, error) {
	e := catalog.TreeEntry{Mode: ModeDir, ID: id}
	if path == "" {
		return e, nil
	}
	for name := range strings.SplitSeq(path, "/") {
		if e.Mode != ModeDir || e.ID.IsZero() {
			return e, &NoPathError{Path: path}
		}
		t, err := r.ReadTree(e.ID)
		if err != nil {
			return e, err
		}
		found := false
		if e, found = FindEntry(t, name); !found {
			return e, &NoPathError{Path: path}
		}
	}
	return e, nil
}

// PutTree stores the tree of the files, ascending by path, and the trees below
// it, and returns its entry. w knows which it has already.
func PutTree(w *tensorstore.Writer, files []TreeFile, level int) (catalog.TreeEntry, error) {
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
			sub, err := PutTree(w, files[:n], len(prefix))
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
	b := EncodeTree(entries)
	if len(b) > maxTree {
		return catalog.TreeEntry{}, fmt.Errorf("a folder of %d files and folders: names of %d bytes in all, want at most %d", len(entries), len(b), maxTree)
	}
	id := digest.Sum(b)
	return catalog.TreeEntry{Mode: ModeDir, ID: id, Size: size}, w.PutObject(pack.Tree, id, b)
}

// IDs are the digests of files, in their order.
func IDs(files []TreeFile) []digest.ID {
	ids := make([]digest.ID, len(files))
	for i, f := range files {
		ids[i] = f.ID
	}
	return ids
}
