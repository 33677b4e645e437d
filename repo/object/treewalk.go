package object

import (
	"fmt"

	"dits/catalog"
	"dits/tensorstore/digest"
)

// Bounds on a tree with all that is below it. Folders that name each other's
// content many times over would otherwise unfold without end.
const (
	MaxEntries = 1 << 22 // files and folders
	MaxLevels  = MaxPath / 2
)

// A treeWalk lists the files below a tree. It reads each folder once, however often it is named, and knows how much
// there is before it unfolds any.
type treeWalk struct {
	db      *Database
	folders map[digest.ID]*folder
	files   []TreeFile
}

// A folder is a tree that was read, with what is below it.
type folder struct {
	entries []catalog.TreeEntry // in the order that the paths below them have
	all     int                 // files and folders
	files   int                 // of them
	levels  int                 // of folders
	path    int                 // bytes of the longest path
}

// measure reads the tree id and those below it. Its path is dir, "" or with a slash at its end, and it lies level
// folders deep: where it was met first.
func (w *treeWalk) measure(id digest.ID, dir string, level int) (*folder, error) {
	if f := w.folders[id]; f != nil {
		return f, f.within(dir, level)
	}
	if err := (&folder{}).within(dir, level); err != nil {
		return nil, err
	}
	t, err := w.db.ReadTree(id)
	if err != nil {
		return nil, fmt.Errorf("folder %q: %w", dir, err)
	}
	f := &folder{entries: asPaths(t.Entries)}
	for _, e := range f.entries {
		if e.Mode != ModeDir {
			f.all, f.files, f.path = f.all+1, f.files+1, max(f.path, len(e.Name))
			continue
		}
		sub, err := w.measure(e.ID, dir+e.Name+"/", level+1)
		if err != nil {
			return nil, err
		}
		f.all, f.files = f.all+1+sub.all, f.files+sub.files
		f.levels, f.path = max(f.levels, 1+sub.levels), max(f.path, len(e.Name)+1+sub.path)
		if f.all > MaxEntries {
			break // before it overflows
		}
	}
	w.folders[id] = f
	return f, f.within(dir, level)
}

// within holds what is below the folder at a path to the bounds.
func (f *folder) within(dir string, level int) error {
	switch {
	case f.all > MaxEntries:
		return fmt.Errorf("folder %.40q: too many files and folders, want at most %d: %w", dir, MaxEntries, ErrCorrupt)
	case level+f.levels > MaxLevels:
		return fmt.Errorf("folder %.40q: more than %d folders deep: %w", dir, MaxLevels, ErrCorrupt)
	case len(dir)+f.path > MaxPath:
		return fmt.Errorf("folder %.40q: a path of %d bytes, want at most %d: %w", dir, len(dir)+f.path, MaxPath, ErrCorrupt)
	}
	return nil
}

// list appends the files of a folder whose path is dir.
func (w *treeWalk) list(f *folder, dir string) {
	for _, e := range f.entries {
		if e.Mode == ModeDir {
			w.list(w.folders[e.ID], dir+e.Name+"/")
		} else {
			w.files = append(w.files, TreeFile{dir + e.Name, e.Mode, e.ID, e.Size})
		}
	}
}
