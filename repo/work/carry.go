package work

import "dits/repo/object"

// Carry makes the entries that are as in one tree those of another; what is staged otherwise stays. A [DirtyError] if
// that is in the way.
func (x *Index) Carry(from, to []object.TreeFile) error {
	before, after := object.ByPath(from), object.ByPath(to)
	var put []object.TreeFile
	for _, c := range ChangesBetween(from, to) {
		e := x.Find(c.Path)
		var now object.TreeFile
		if e != nil {
			now = object.TreeFile{ID: e.ID, Mode: e.Mode}
		}
		switch n := after[c.Path]; {
		case !object.SameFile(now, before[c.Path]):
		case n.Path != "":
			put = append(put, n)
		default:
			x.Remove(c.Path)
		}
	}
	var dirty DirtyError
	for _, f := range put {
		if !x.fits(f.Path) {
			dirty.Changed = append(dirty.Changed, f.Path)
			continue
		}
		x.Put(x.EntryOf(f))
	}
	if len(dirty.Changed) > 0 {
		return &dirty
	}
	return nil
}

// fits says that no entry has to go for one at path: a file in place of a folder above it, or files below.
func (x *Index) fits(path string) bool {
	for i, c := range path {
		if c == '/' && x.Find(path[:i]) != nil {
			return false
		}
	}
	return len(x.Under(path)) == 0
}
