package work

import (
	"context"
	"fmt"
	"os"
	"slices"
	"sort"
	"strings"

	"dits/repo/object"
)

// A Plan is what has to happen to the index and the working folder to go from one
// tree to another.
type Plan struct {
	Write  []object.TreeFile // ascending by path
	Remove []string
	keep   []IndexEntry // of the new index: what stays as it is
	Bytes  int64        // of the files to write
}

// A planner makes a plan by git's rules for switching: a file that is the same in
// both trees stays as it is, with all its changes; one that differs has to be as
// committed, staged and in the folder, unless it is the new one already.
type planner struct {
	folder           *Folder
	head, index, new map[string]object.TreeFile
	staged           *Index
	force            bool
	back             bool // files that are away are written
	plan             Plan
	removed          map[string]bool
	dirty            DirtyError
}

// PlanSwitch compares HEAD's files, the index and the files to switch to. It is a
// [DirtyError] if something would be lost and force is not set. Even force does not
// remove a folder with untracked files in it.
func (r *Folder) PlanSwitch(head []object.TreeFile, x *Index, to []object.TreeFile, force bool) (Plan, error) {
	p := &planner{
		folder: r, staged: x, force: force, removed: map[string]bool{},
		head: object.ByPath(head), index: object.ByPath(x.Files()), new: object.ByPath(to),
	}
	for _, path := range p.paths() {
		if err := p.path(path); err != nil {
			return Plan{}, err
		}
	}
	for _, f := range p.plan.Write {
		if err := p.obstacles(f); err != nil {
			return Plan{}, err
		}
	}
	p.buried(to)
	if len(p.dirty.Changed)+len(p.dirty.Untracked) > 0 {
		slices.Sort(p.dirty.Untracked)
		p.dirty.Untracked = slices.Compact(p.dirty.Untracked)
		return Plan{}, &p.dirty
	}
	return p.plan, nil
}

// PlanRestore plans to make the working files those of pl, whatever they are now. It is a [DirtyError] if a folder
// with untracked files in it would have to go.
func (r *Folder) PlanRestore(x *Index, pl Plan) (Plan, error) {
	p := &planner{folder: r, staged: x, index: object.ByPath(x.Files()), force: true, back: true,
		removed: map[string]bool{}}
	for _, path := range pl.Remove {
		p.removeFile(path)
	}
	for _, f := range pl.Write {
		if err := p.replace(f.Path, f); err != nil {
			return Plan{}, err
		}
	}
	for _, f := range p.plan.Write {
		if err := p.obstacles(f); err != nil {
			return Plan{}, err
		}
	}
	if len(p.dirty.Untracked) > 0 {
		return Plan{}, &p.dirty
	}
	return p.plan, nil
}

// paths are all paths of the three states, ascending.
func (p *planner) paths() []string {
	all := map[string]bool{}
	for _, m := range []map[string]object.TreeFile{p.head, p.index, p.new} {
		for path := range m {
			all[path] = true
		}
	}
	out := make([]string, 0, len(all))
	for path := range all {
		out = append(out, path)
	}
	sort.Strings(out)
	return out
}

// path decides about one path. Absent is the zero TreeFile.
func (p *planner) path(path string) error {
	h, i, n := p.head[path], p.index[path], p.new[path]
	switch {
	case p.force:
		return p.replace(path, n)
	case object.SameFile(h, n) || object.SameFile(i, n):
		p.keepEntry(path)
		return nil
	case !object.SameFile(i, h):
		p.dirty.Changed = append(p.dirty.Changed, path)
		return nil
	}
	return p.switchFile(path, n)
}

func (p *planner) keepEntry(path string) {
	if e := p.staged.Find(path); e != nil {
		p.plan.keep = append(p.plan.keep, *e)
	}
}

// replace makes a path what it is to be, whatever it is now.
func (p *planner) replace(path string, n object.TreeFile) error {
	f, ok, err := p.folder.Lstat(path)
	if err != nil {
		return err
	}
	if !ok && !p.back && p.stayAway(path, n) {
		return nil
	}
	if n.Path == "" {
		p.removeFile(path)
		return nil
	}
	if e := p.staged.Find(path); e != nil && object.SameFile(p.index[path], n) && (ok || !e.Away) {
		v, f, err := p.folder.compare(p.staged, e, f, ok)
		if err != nil {
			return err
		}
		if v == asStaged || v == isTouched { // not racy, or just read
			p.plan.keep = append(p.plan.keep, refresh(*e, f))
			return nil
		}
	}
	p.writeFile(n)
	return nil
}

// switchFile is for a path that is staged as in HEAD and is to be another.
func (p *planner) switchFile(path string, n object.TreeFile) error {
	f, exists, err := p.folder.Lstat(path)
	if err != nil {
		return err
	}
	if !exists && p.stayAway(path, n) {
		return nil
	}
	if e := p.staged.Find(path); e != nil && exists {
		// By content: what is overwritten is gone, and a write through a memory map may leave the stat alone.
		v, seen, err := p.folder.compareBy(p.staged, e, f, true, true)
		if err != nil {
			return err
		}
		f, exists = seen, v == isChanged
	}
	// What exists now is the user's: a changed file or an untracked one.
	if !exists {
		if n.Path == "" {
			p.removeFile(path)
		} else {
			p.writeFile(n)
		}
		return nil
	}
	return p.usersFile(f, n)
}

// stayAway is for a path with nothing in the working folder: where the file is away, the one that it is to be is, too.
func (p *planner) stayAway(path string, n object.TreeFile) bool {
	e := p.staged.Find(path)
	if e == nil || !e.Away || n.Mode == object.ModeLink {
		return false
	}
	if n.Path != "" {
		p.plan.keep = append(p.plan.keep, p.staged.EntryOf(n))
	}
	return true
}

// usersFile is for a file in the working folder that nothing else holds.
func (p *planner) usersFile(f WorkFile, n object.TreeFile) error {
	if n.Path != "" && f.Mode == n.Mode && f.Size == n.Size {
		id, err := p.folder.HashFile(f)
		if err != nil {
			return err
		}
		if id == n.ID {
			p.plan.keep = append(p.plan.keep, refresh(IndexEntry{Path: n.Path, Mode: n.Mode, ID: n.ID, Size: n.Size}, f))
			return nil
		}
	}
	if p.staged.Find(f.Path) != nil {
		p.dirty.Changed = append(p.dirty.Changed, f.Path)
	} else {
		p.dirty.Untracked = append(p.dirty.Untracked, f.Path)
	}
	return nil
}

func (p *planner) writeFile(n object.TreeFile) {
	p.plan.Write = append(p.plan.Write, n)
	p.plan.Bytes += n.Size
}

func (p *planner) removeFile(path string) {
	p.plan.Remove = append(p.plan.Remove, path)
	p.removed[path] = true
}

// obstacles finds what stands where f is to be and will not be removed: a file or
// link in place of a folder above it, files below a folder in its own place, or a pipe or device there.
func (p *planner) obstacles(f object.TreeFile) error {
	for i, c := range f.Path {
		if c != '/' || p.removed[f.Path[:i]] || p.force {
			continue
		}
		info, err := os.Lstat(p.folder.WorkPath(f.Path[:i]))
		if err == nil && !info.IsDir() {
			p.dirty.Untracked = append(p.dirty.Untracked, f.Path[:i])
			return nil
		}
	}
	info, err := os.Lstat(p.folder.WorkPath(f.Path))
	if err != nil {
		return nil
	}
	mode, trackable := object.ModeOf(info.Mode())
	switch {
	case mode == object.ModeDir:
		return p.below(f.Path)
	case !trackable && !p.force:
		p.dirty.Untracked = append(p.dirty.Untracked, f.Path)
	}
	return nil
}

// buried finds what is away, and stays in the index, where another file is to be: nothing stands there.
func (p *planner) buried(to []object.TreeFile) {
	kept := Index{Entries: p.plan.keep}
	for _, f := range to {
		if e := kept.AwayBeside(f.Path); e != nil {
			p.dirty.Changed = append(p.dirty.Changed, e.Path)
		}
	}
}

// below finds files in a folder that will not be removed, whatever they are. The folder that the process stands in
// cannot go.
func (p *planner) below(dir string) error {
	if info, err := os.Stat(p.folder.WorkPath(dir)); err == nil && standsIn(info) {
		return fmt.Errorf("%s: is to be a file, and is the folder that you are in (cd out of it first)", dir)
	}
	entries, err := os.ReadDir(p.folder.WorkPath(dir))
	if err != nil {
		return err
	}
	for _, e := range entries {
		path := dir + "/" + e.Name()
		switch {
		case e.IsDir() && !object.IsForeign(e.Name()):
			if err := p.below(path); err != nil {
				return err
			}
		case !p.removed[path]:
			p.dirty.Untracked = append(p.dirty.Untracked, path)
		}
	}
	return nil
}

// Apply carries out a plan and returns the new index, which it does not write.
// Stopped half way, every file is the old one or the new one, and the same switch
// can be made again: what is the new one already counts as done.
func (w *worktree) Apply(ctx context.Context, x *Index, pl Plan, p object.Progress) (*Index, error) {
	if err := w.folder.roomFor(pl, freeBytes); err != nil {
		return nil, err
	}
	p.Start(checkingOut, pl.Bytes)
	defer p.Done()
	if err := w.remove(pl.Remove); err != nil {
		return nil, err
	}
	written, err := w.writeAll(ctx, pl.Write, p)
	if err != nil {
		return nil, err
	}
	entries := slices.Concat(pl.keep, written)
	slices.SortFunc(entries, func(a, b IndexEntry) int { return strings.Compare(a.Path, b.Path) })
	return x.Next(entries), nil
}
