package repo

import (
	"errors"
	"os"
	"slices"

	"dits/repo/object"
	"dits/repo/work"
	"dits/tensorstore"
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
)

// changes are what a call of Add will stage.
type changes struct {
	changed []string        // paths to read, ascending
	removed []string        // paths to take out of the index
	bytes   int64           // of the files to read
	same    []string        // paths that are as staged
	named   map[string]bool // of changed, those that the user named themselves

	index  *work.Index // that they differ from
	failed IncompleteError
}

// changes finds what differs from the index among paths ("" is all). A named path that
// is neither in the working folder nor in the index is an error.
func (r *Repo) changes(paths []string, o AddOptions) (changes, error) {
	if o.All || o.Update && len(paths) == 0 {
		paths = []string{""}
	}
	x, err := r.Index()
	if err != nil {
		return changes{}, err
	}
	return r.changesFrom(x, paths, o)
}

// changesFrom is changes with an index at hand.
func (r *Repo) changesFrom(x *work.Index, paths []string, o AddOptions) (changes, error) {
	f := finder{repo: r, index: x, options: o, seen: map[string]bool{}}
	f.found.index, f.found.named = x, map[string]bool{}
	for _, path := range paths {
		if err := f.keepGoing(f.path(path)); err != nil {
			return changes{}, err
		}
	}
	if err := errors.Join(f.lost(), f.buried()); err != nil {
		return changes{}, err
	}
	if o.Move {
		f.found.same = f.unchanged()
	}
	slices.Sort(f.found.changed)
	slices.Sort(f.found.removed)
	f.found.removed = slices.Compact(f.found.removed)
	return f.found, nil
}

// A finder collects changes.
type finder struct {
	repo    *Repo
	index   *work.Index
	options AddOptions
	seen    map[string]bool
	found   changes
	same    []work.WorkFile // as staged, by their stat
}

// keepGoing is err, or nil where it is noted to be told in the end.
func (f *finder) keepGoing(err error) error {
	if err == nil || !f.options.KeepGoing {
		return err
	}
	f.found.failed.add(err)
	return nil
}

// path collects the changes of one file or folder that the user named. Naming an ignored
// file is asking for it.
func (f *finder) path(path string) error {
	if part := object.ForeignPart(path); part != "" {
		return foreignError(path, part)
	}
	file, ok, err := f.repo.Lstat(path)
	if err != nil {
		return err
	}
	tracked := f.index.Find(path) != nil || len(f.index.Under(path)) > 0
	if ok {
		f.removeBelow(path)
		f.found.named[path] = true
		return f.file(file)
	}
	if !tracked && !f.repo.isFolder(path) {
		return f.shards(path)
	}
	if !f.options.Update { // which is about tracked files only
		o := work.WalkOptions{Ignored: f.options.Force, Visit: f.visit, Skipped: f.options.Skipped}
		if err := f.repo.Walk(path, o); err != nil {
			return err
		}
	}
	// Tracked files count even where they are ignored.
	for _, e := range slices.Concat(f.index.Under(path), f.self(path)) {
		if err := f.keepGoing(f.tracked(e)); err != nil {
			return err
		}
	}
	return nil
}

// shards collects the changes of the shards of a model that the user named.
func (f *finder) shards(name string) error {
	shards := f.repo.ShardsHere(f.index, name)
	if len(shards) == 0 {
		return &object.NoPathError{Path: name}
	}
	for _, path := range shards {
		if err := f.keepGoing(f.path(path)); err != nil {
			return err
		}
	}
	return nil
}

// self is the index entry of path itself.
func (f *finder) self(path string) []work.IndexEntry {
	if e := f.index.Find(path); e != nil {
		return []work.IndexEntry{*e}
	}
	return nil
}

// visit is file for one that the walk met.
func (f *finder) visit(file work.WorkFile) error { return f.keepGoing(f.file(file)) }

// tracked looks at a file of the index that the walk has perhaps not seen.
func (f *finder) tracked(e work.IndexEntry) error {
	if f.seen[e.Path] {
		return nil
	}
	file, ok, err := f.repo.Lstat(e.Path)
	if err != nil {
		return err
	}
	if !ok {
		if !e.Away {
			f.found.removed = append(f.found.removed, e.Path)
		}
		return nil
	}
	return f.file(file)
}

// removeBelow takes out what the index has below a path that is a file now.
func (f *finder) removeBelow(path string) {
	for _, e := range f.index.Under(path) {
		f.found.removed = append(f.found.removed, e.Path)
	}
}

// file collects a file of the working folder unless its stat says that it is as staged.
func (f *finder) file(file work.WorkFile) error {
	if f.seen[file.Path] {
		return nil
	}
	f.seen[file.Path] = true
	e := f.index.Find(file.Path)
	if e == nil && f.options.Update {
		return nil
	}
	if e == nil {
		f.changed(file)
		return nil
	}
	seen, err := f.asEntry(e, file)
	if err != nil {
		return err
	}
	follow := f.options.Dereference && seen.Mode == object.ModeLink // what it leads to is not in its stat
	if e.Mode == seen.Mode && e.Size == seen.Size && e.Stat == seen.Stat && !f.index.Racy(e) && !follow {
		f.same = append(f.same, seen)
		return nil
	}
	f.changed(seen)
	return nil
}

// asEntry is the file as e sees it; a link to nothing is itself, and for adding to tell.
func (f *finder) asEntry(e *work.IndexEntry, file work.WorkFile) (work.WorkFile, error) {
	if f.options.KeepLinks {
		return file, nil
	}
	seen, _, err := f.repo.Follow(e, file, true)
	return seen, err
}

func (f *finder) changed(file work.WorkFile) {
	f.found.changed = append(f.found.changed, file.Path)
	f.found.bytes += file.Size
}

// unchanged are the paths of the files that are as staged, and in the store.
func (f *finder) unchanged() (paths []string) {
	lost := make(map[string]bool, len(f.found.changed))
	for _, path := range f.found.changed {
		lost[path] = true
	}
	for _, file := range f.same {
		if !lost[file.Path] {
			paths = append(paths, file.Path)
		}
	}
	return paths
}

// buried refuses files in place of others that only the store has, in a folder of their name, or below one.
func (f *finder) buried() error {
	for _, path := range f.found.changed {
		if e := f.index.AwayBeside(path); e != nil {
			return buried(e.Path, path)
		}
	}
	return nil
}

// lost collects the files that are as staged but whose content has left the store since, or was found damaged.
func (f *finder) lost() error {
	if f.repo.Store.Marked() {
		return f.damaged()
	}
	ids := make([]digest.ID, len(f.same))
	for i, file := range f.same {
		ids[i] = f.index.Find(file.Path).ID
	}
	has, err := f.repo.Catalog.Has(pack.Manifest, ids)
	for i, file := range f.same {
		if err == nil && !has[ids[i]] {
			f.changed(file)
		}
	}
	return err
}

// damaged is lost where a check has found damage.
func (f *finder) damaged() error {
	for _, file := range f.same {
		stored, err := f.repo.ReadFile(f.index.Find(file.Path).ID)
		sound := false
		if err == nil {
			sound, err = f.repo.Sound(stored)
		}
		if err != nil && !errors.Is(err, tensorstore.ErrUnknown) && !errors.Is(err, tensorstore.ErrCorrupt) {
			return err
		}
		if !sound {
			f.changed(file)
		}
	}
	return nil
}

// reportDryRun tells what Add would stage.
func (r *Repo) reportDryRun(c changes, o AddOptions) error {
	if o.Report == nil {
		return nil
	}
	for _, path := range c.removed {
		o.Report(Added{Path: path, Removed: true})
	}
	paths := c.changed
	if o.Move {
		paths = slices.Sorted(slices.Values(slices.Concat(c.changed, c.same)))
	}
	for _, path := range paths {
		f, ok, err := r.Lstat(path)
		if err != nil {
			return err
		}
		moved := o.Move && movable(path, f.Mode)
		if ok && (moved || slices.Contains(c.changed, path)) {
			o.Report(Added{Path: path, Logical: f.Size, Moved: moved})
		}
	}
	return nil
}

// isFolder says that path is a folder of the working folder, and no link leads to it.
func (r *Repo) isFolder(path string) bool {
	for i, c := range path {
		if c == '/' && !r.isFolder(path[:i]) {
			return false
		}
	}
	info, err := os.Lstat(r.WorkPath(path))
	return err == nil && info.IsDir()
}
