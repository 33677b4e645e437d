package work

import (
	"path"
	"slices"

	"dits/tensorstore/disk"
)

// Move renames a file or folder of the working folder and moves its entries in x, which it does not write. Nothing
// is looked at but what the stat says: the caller has made sure that to may be replaced, and that from is there, or all
// of it away.
func (w *worktree) Move(x *Index, from, to string) error {
	clean := map[string]bool{}
	var entries []IndexEntry
	var paths []string
	for _, e := range moved(x, from) {
		f, exists, err := w.folder.Lstat(e.Path)
		if err != nil {
			return err
		}
		clean[e.Path] = exists && !e.Dereferenced && f.Stat == e.Stat && !x.Racy(&e)
		entries, paths = append(entries, e), append(paths, e.Path)
	}
	if err := w.rename(from, to, entries); err != nil {
		return err
	}
	x.Remove(paths...)
	for i := range entries {
		e := &entries[i]
		was := e.Path
		e.Path, e.Stat = to+e.Path[len(from):], Stat{} // renaming changes the ctime
		if f, exists, err := w.folder.Lstat(e.Path); err == nil && exists && clean[was] {
			e.Stat = f.Stat
		}
	}
	x.Put(entries...)
	return nil
}

// rename renames what is in the working folder of entries: nothing where they are away.
func (w *worktree) rename(from, to string, entries []IndexEntry) error {
	err := w.root.Rename(from, to)
	if disk.IsNoFile(err) && !slices.ContainsFunc(entries, func(e IndexEntry) bool { return !e.Away }) {
		return nil
	}
	if err != nil {
		return err
	}
	w.dirty[path.Dir(from)], w.dirty[path.Dir(to)] = true, true
	return nil
}

// moved are the entries of a file or folder.
func moved(x *Index, path string) []IndexEntry {
	if e := x.Find(path); e != nil {
		return []IndexEntry{*e}
	}
	return x.Under(path)
}
