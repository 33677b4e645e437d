package work

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"dits/repo/object"
)

// EntryOf is the entry of a file that takes the place of the one that x has at its path: away if that is. It has no
// stat.
func (x *Index) EntryOf(f object.TreeFile) IndexEntry {
	was := x.Find(f.Path)
	away := was != nil && was.Away && f.Mode != object.ModeLink
	return IndexEntry{Path: f.Path, Mode: f.Mode, ID: f.ID, Size: f.Size, Away: away}
}

// AnyAway says that the file at path is away, or one in the folder there.
func (x *Index) AnyAway(path string) bool {
	away := func(e IndexEntry) bool { return e.Away }
	if e := x.Find(path); e != nil {
		return e.Away
	}
	return slices.ContainsFunc(x.Under(path), away)
}

// AwayBeside is an entry that is away and would have to go for a file at path: a file in place of a folder above it, or
// one below; nil if there is none.
func (x *Index) AwayBeside(path string) *IndexEntry {
	for i, c := range path {
		if c != '/' {
			continue
		}
		if e := x.Find(path[:i]); e != nil && e.Away {
			return e
		}
	}
	under := x.Under(path)
	if i := slices.IndexFunc(under, func(e IndexEntry) bool { return e.Away }); i >= 0 && path != "" {
		return &under[i]
	}
	return nil
}

// Here are those of entries, found without the lock, whose files are in the working folder still: another process may
// have put one away meanwhile, as x says.
func (r *Folder) Here(x *Index, entries []IndexEntry) []IndexEntry {
	return slices.DeleteFunc(slices.Clone(entries), func(e IndexEntry) bool {
		now := x.Find(e.Path)
		if now == nil || !now.Away || now.ID != e.ID {
			return false
		}
		_, exists, err := r.Lstat(e.Path)
		return err == nil && !exists
	})
}

// OnlyStaged are those of the paths, ascending, whose content nothing but the index names: they are away, none of HEAD's
// files is the same, and neither is what the working folder has there.
func (r *Folder) OnlyStaged(head []object.TreeFile, x *Index, paths []string) ([]string, error) {
	committed := object.ByPath(head)
	var out []string
	for _, path := range paths {
		e := x.Find(path)
		if e == nil || !e.Away || object.SameFile(committed[path], object.TreeFile{ID: e.ID, Mode: e.Mode}) {
			continue
		}
		f, exists, err := r.Lstat(path)
		if err != nil {
			return nil, err
		}
		v, _, err := r.compare(x, e, f, exists)
		if err != nil {
			return nil, err
		}
		if !exists || v == isChanged {
			out = append(out, path)
		}
	}
	slices.SortFunc(out, strings.Compare)
	return out, nil
}

// PutAway removes working files that the store has and that x, which it writes before that, has as entries: what the
// caller has read back. Their folders stay. A file that is no longer as staged, by its bytes, is an error: nothing is
// removed then. Stopped half way, x says that files are away which are still there: these count as unchanged.
func (w *worktree) PutAway(x *Index, entries []IndexEntry, p object.Progress) error {
	stats := make([]Stat, len(entries))
	for i, e := range entries {
		var err error
		if stats[i], err = w.folder.statAs(x, e); err != nil {
			return err
		}
		p.Add(e.Size)
	}
	for _, e := range entries {
		now := x.Find(e.Path)
		now.Away, now.Stat = true, Stat{}
	}
	if err := w.folder.WriteIndex(x); err != nil {
		return err
	}
	for i, e := range entries {
		if err := w.withdraw(e.Path, stats[i]); err != nil {
			return err
		}
	}
	return nil
}

// statAs is the stat of a working file that holds what e says, as does x.
func (r *Folder) statAs(x *Index, e IndexEntry) (Stat, error) {
	f, exists, err := r.Lstat(e.Path)
	if err != nil {
		return Stat{}, err
	}
	now := x.Find(e.Path)
	if now == nil || now.ID != e.ID || now.Mode != e.Mode || !exists || f.Mode != e.Mode || f.Size != e.Size {
		return Stat{}, stays(e.Path)
	}
	id, err := r.HashFile(f)
	if err == nil && id != e.ID {
		err = stays(e.Path)
	}
	return f.Stat, err
}

func stays(path string) error {
	return fmt.Errorf("%s: was changed meanwhile, and stays in the working folder "+
		"(add it again when nothing writes to it)", path)
}

// withdraw removes a working file that has that stat still.
func (w *worktree) withdraw(name string, stat Stat) error {
	f, exists, err := w.folder.Lstat(name)
	if err != nil {
		return err
	}
	if !exists || f.Stat != stat {
		return stays(name)
	}
	if err := w.root.Remove(name); err != nil {
		return err
	}
	w.dirty[path.Dir(name)] = true
	return nil
}
