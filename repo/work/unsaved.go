package work

import "dits/repo/object"

// Unsaved are those of the tracked files at paths whose content would be lost if they went from the index and, unless
// cached, from the working folder: what is staged is not what HEAD's files have, or what is in the folder is not what
// is staged. A file that is gone from the folder has nothing to lose.
func (r *Folder) Unsaved(head []object.TreeFile, x *Index, paths []string, cached bool) ([]string, error) {
	committed := object.ByPath(head)
	var out []string
	for _, path := range paths {
		e := x.Find(path)
		f, exists, err := r.Lstat(path)
		if err != nil {
			return nil, err
		}
		if e == nil || !exists {
			continue
		}
		staged := !object.SameFile(committed[path], object.TreeFile{ID: e.ID, Mode: e.Mode})
		if staged && !cached {
			out = append(out, path)
			continue
		}
		// By content where the file goes: a write through a memory map may leave the stat alone.
		v, _, err := r.compareBy(x, e, f, exists, !cached)
		if err != nil {
			return nil, err
		}
		if v == isChanged && (staged || !cached) {
			out = append(out, path)
		}
	}
	return out, nil
}
