package work

import (
	"os"
	"slices"
	"sort"

	"dits/repo/object"
	"dits/tensorstore/digest"
	"dits/tensorstore/disk"
)

// What became of a file between two states.
const (
	ChangeAdded    = "added"
	ChangeModified = "modified"
	ChangeDeleted  = "deleted"
	ChangeType     = "typechange" // a file became a link, or the other way round
)

// A Change is a file that differs between two states.
type Change struct {
	Path   string `json:"path"`
	Status string `json:"status"` // added, modified, deleted or typechange
}

// Status is what is checked out and how the three states differ.
type Status struct {
	Branch    string           `json:"branch"` // "" when HEAD is detached
	Head      digest.ID        `json:"head"`   // "" before the first commit
	Staged    []Change         `json:"staged"` // index against HEAD
	Changed   []Change         `json:"changed"`
	Untracked []string         `json:"untracked"`
	Skipped   []Skipped        `json:"skipped"` // what could not be looked at, or cannot be tracked; the rest is told
	Renamed   []object.Renamed `json:"renamed"` // of Staged, what is one deletion and one addition of a file under two names

	StoreOnly []StoreOnly `json:"store_only"` // tracked files that are not in the working folder, and need not be
}

// A StoreOnly is a file that the index has and that was moved into the store: nothing is in its place in the working
// folder.
type StoreOnly struct {
	Path string `json:"path"`
	Size int64  `json:"size"` // bytes
}

// ChangeRenamed is what rows for people call a deletion and an addition of one file under two names.
const ChangeRenamed = "renamed"

// StagedRows is Staged for people: a file that was renamed is one row, "a -> b".
func (s *Status) StagedRows() []Change {
	from, to := map[string]bool{}, map[string]string{}
	for _, r := range s.Renamed {
		from[r.From], to[r.To] = true, r.From
	}
	var rows []Change
	for _, c := range s.Staged {
		switch old, renamed := to[c.Path]; {
		case c.Status == ChangeDeleted && from[c.Path]:
		case c.Status == ChangeAdded && renamed:
			rows = append(rows, Change{old + " -> " + c.Path, ChangeRenamed})
		default:
			rows = append(rows, c)
		}
	}
	return rows
}

// Clean says that nothing tracked differs, as far as could be seen, and that there is nothing that cannot be tracked.
func (s *Status) Clean() bool {
	return len(s.Staged) == 0 && len(s.Changed) == 0 && len(s.Skipped) == 0
}

// Status compares HEAD, the index and the working folder. A file whose size, mtime,
// ctime and inode are as in the index is not read. What had to be read and had not
// changed is noted in the index if no one else holds the lock. With paths, only of the files there; [object.ErrNoPath]
// if there are none.
func (r *Folder) Status(paths ...string) (*Status, error) { return r.status(paths, false) }

// VerifiedStatus is [Folder.Status] that reads every file, whatever its stat says.
func (r *Folder) VerifiedStatus(paths ...string) (*Status, error) { return r.status(paths, true) }

func (r *Folder) status(paths []string, verify bool) (*Status, error) {
	h, err := r.Head()
	if err != nil {
		return nil, err
	}
	x, err := r.Index()
	if err != nil {
		return nil, err
	}
	head, _, err := r.WorkFiles(h.Commit)
	if err != nil {
		return nil, err
	}
	shards := r.shardsHere(paths...)
	if err := r.checkPaths(paths, x, head, shards); err != nil {
		return nil, err
	}
	s := &Status{Branch: h.Branch, Head: h.Commit, Changed: []Change{}, Untracked: []string{}, Skipped: []Skipped{},
		StoreOnly: []StoreOnly{}}
	paths = object.WithShards(paths, head, x.Files(), shards)
	s.Staged = ChangesBetween(head, x.Files())
	c := survey{folder: r, index: x, status: s, verify: verify, paths: paths, seen: map[string]bool{}}
	s.Staged = slices.DeleteFunc(s.Staged, func(ch Change) bool { return c.apart(ch.Path) })
	s.Renamed = slices.DeleteFunc(r.AllRenames(head, x.Files()), func(n object.Renamed) bool {
		return c.apart(n.From) || c.apart(n.To)
	})
	if err := r.Walk("", WalkOptions{Visit: c.file, Skipped: c.skip}); err != nil {
		return nil, err
	}
	c.unmet()
	if len(c.refreshed) > 0 {
		r.saveRefreshed(c.refreshed)
	}
	return s, nil
}

// Files are the entries without their stat.
func (x *Index) Files() []object.TreeFile {
	files := make([]object.TreeFile, len(x.Entries))
	for i, e := range x.Entries {
		files[i] = object.TreeFile{Path: e.Path, Mode: e.Mode, ID: e.ID, Size: e.Size}
	}
	return files
}

// ChangesBetween merges two lists of files, each ascending by path.
func ChangesBetween(a, b []object.TreeFile) []Change {
	out := []Change{}
	for len(a) > 0 || len(b) > 0 {
		switch {
		case len(b) == 0 || len(a) > 0 && a[0].Path < b[0].Path:
			out = append(out, Change{a[0].Path, ChangeDeleted})
			a = a[1:]
		case len(a) == 0 || b[0].Path < a[0].Path:
			out = append(out, Change{b[0].Path, ChangeAdded})
			b = b[1:]
		default:
			if a[0].Mode != b[0].Mode || a[0].ID != b[0].ID {
				out = append(out, Change{a[0].Path, kindOfChange(a[0].Mode, b[0].Mode)})
			}
			a, b = a[1:], b[1:]
		}
	}
	return out
}

func kindOfChange(from, to uint32) string {
	if (from == object.ModeLink) != (to == object.ModeLink) {
		return ChangeType
	}
	return ChangeModified
}

// A survey sets the working folder against the index.
type survey struct {
	verify    bool     // every file is read
	paths     []string // none: all
	folder    *Folder
	index     *Index
	status    *Status
	seen      map[string]bool
	refreshed []IndexEntry // found unchanged by reading
}

// checkPaths refuses a path at which there never was anything; shards are those of the working folder.
func (r *Folder) checkPaths(paths []string, x *Index, head, shards []object.TreeFile) error {
	for _, path := range paths {
		if x.Find(path) != nil || len(x.Under(path)) > 0 {
			continue
		}
		if slices.ContainsFunc(head, func(f object.TreeFile) bool { return Inside(f.Path, []string{path}) }) {
			continue
		}
		if len(object.WithShards([]string{path}, head, x.Files(), shards)) > 1 {
			continue
		}
		if _, err := os.Lstat(r.WorkPath(path)); disk.IsNoFile(err) {
			return &object.NoPathError{Path: path}
		} else if err != nil {
			return err
		}
	}
	return nil
}

// apart says that a path is not among those that were asked for.
func (c *survey) apart(path string) bool { return len(c.paths) > 0 && !Inside(path, c.paths) }

func (c *survey) file(f WorkFile) error {
	if c.apart(f.Path) {
		return nil
	}
	e := c.index.Find(f.Path)
	if e == nil {
		c.status.Untracked = append(c.status.Untracked, f.Path)
		return nil
	}
	c.seen[f.Path] = true
	c.tracked(e, f, true)
	return nil
}

func (c *survey) skip(s Skipped) {
	if !c.apart(s.Path) {
		c.status.Skipped = append(c.status.Skipped, s)
	}
}

func (c *survey) tracked(e *IndexEntry, f WorkFile, exists bool) {
	v, f, err := c.folder.compareBy(c.index, e, f, exists, c.verify)
	switch {
	case err != nil:
		c.skip(Skipped{e.Path, reasonOf(err)})
	case v == isTouched:
		c.refreshed = append(c.refreshed, refresh(*e, f))
	case v == isChanged:
		c.add(Change{e.Path, kindOfChange(e.Mode, f.Mode)})
	case v == asStaged && e.Away: // as which no file counts that is there
		c.status.StoreOnly = append(c.status.StoreOnly, StoreOnly{e.Path, e.Size})
	case v == isGone:
		c.add(Change{e.Path, ChangeDeleted})
	}
}

// unmet looks at the staged files that the walk has not met: they are gone, or
// ignored, which does not matter for what is tracked.
func (c *survey) unmet() {
	for i := range c.index.Entries {
		e := &c.index.Entries[i]
		if c.seen[e.Path] || c.apart(e.Path) {
			continue
		}
		f, ok, err := c.folder.Lstat(e.Path)
		if err != nil {
			c.skip(Skipped{e.Path, reasonOf(err)})
			continue
		}
		c.tracked(e, f, ok)
	}
	sort.Slice(c.status.Changed, func(i, j int) bool { return c.status.Changed[i].Path < c.status.Changed[j].Path })
	sort.Slice(c.status.Skipped, func(i, j int) bool { return c.status.Skipped[i].Path < c.status.Skipped[j].Path })
}

func (c *survey) add(ch Change) { c.status.Changed = append(c.status.Changed, ch) }

// saveRefreshed gives index entries the stat of working files that were found to
// hold their content, so that they need not be read again. It only saves time:
// what cannot be written is left.
func (r *Folder) saveRefreshed(entries []IndexEntry) {
	l, err := r.tryLock()
	if err != nil {
		return
	}
	defer l.Unlock()
	x, err := r.Index()
	if err != nil {
		return
	}
	x.Adopt(r.Here(x, entries), false)
	r.WriteIndex(x)
}
