package repo

import (
	"context"
	"os"
	"slices"
	"sort"
	"strings"
)

// A plan is what has to happen to the index and the working folder to go from one
// tree to another.
type plan struct {
	write  []TreeFile // ascending by path
	remove []string
	keep   []IndexEntry // of the new index: what stays as it is
	bytes  int64        // of the files to write
}

// A planner makes a plan by git's rules for switching: a file that is the same in
// both trees stays as it is, with all its changes; one that differs has to be as
// committed, staged and in the folder, unless it is the new one already.
type planner struct {
	repo             *Repo
	head, index, new map[string]TreeFile
	staged           *Index
	force            bool
	plan             plan
	removed          map[string]bool
	dirty            DirtyError
}

// planSwitch compares HEAD's files, the index and the files to switch to. It is a
// [DirtyError] if something would be lost and force is not set. Even force does not
// remove a folder with untracked files in it.
func (r *Repo) planSwitch(head []TreeFile, x *Index, to []TreeFile, force bool) (plan, error) {
	p := &planner{
		repo: r, staged: x, force: force, removed: map[string]bool{},
		head: byPath(head), index: byPath(x.files()), new: byPath(to),
	}
	for _, path := range p.paths() {
		if err := p.path(path); err != nil {
			return plan{}, err
		}
	}
	for _, f := range p.plan.write {
		if err := p.obstacles(f); err != nil {
			return plan{}, err
		}
	}
	if len(p.dirty.Changed)+len(p.dirty.Untracked) > 0 {
		slices.Sort(p.dirty.Untracked)
		p.dirty.Untracked = slices.Compact(p.dirty.Untracked)
		return plan{}, &p.dirty
	}
	return p.plan, nil
}

func byPath(files []TreeFile) map[string]TreeFile {
	m := make(map[string]TreeFile, len(files))
	for _, f := range files {
		m[f.Path] = f
	}
	return m
}

// paths are all paths of the three states, ascending.
func (p *planner) paths() []string {
	all := map[string]bool{}
	for _, m := range []map[string]TreeFile{p.head, p.index, p.new} {
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
	case sameFile(h, n) || sameFile(i, n):
		p.keepEntry(path)
		return nil
	case !sameFile(i, h):
		p.dirty.Changed = append(p.dirty.Changed, path)
		return nil
	}
	return p.switchFile(path, n)
}

func sameFile(a, b TreeFile) bool { return a.ID == b.ID && a.Mode == b.Mode }

func (p *planner) keepEntry(path string) {
	if e := p.staged.Find(path); e != nil {
		p.plan.keep = append(p.plan.keep, *e)
	}
}

// replace makes a path what it is to be, whatever it is now.
func (p *planner) replace(path string, n TreeFile) error {
	if n.Path == "" {
		p.removeFile(path)
		return nil
	}
	f, ok, err := p.repo.lstat(path)
	if err != nil {
		return err
	}
	if e := p.staged.Find(path); e != nil && sameFile(p.index[path], n) {
		v, err := p.repo.compare(p.staged, e, f, ok)
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
func (p *planner) switchFile(path string, n TreeFile) error {
	f, exists, err := p.repo.lstat(path)
	if err != nil {
		return err
	}
	if e := p.staged.Find(path); e != nil && exists {
		v, err := p.repo.compare(p.staged, e, f, true)
		if err != nil {
			return err
		}
		exists = v == isChanged
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

// usersFile is for a file in the working folder that nothing else holds.
func (p *planner) usersFile(f WorkFile, n TreeFile) error {
	if n.Path != "" && f.Mode == n.Mode && f.Size == n.Size {
		id, err := p.repo.hashFile(f)
		if err != nil {
			return err
		}
		if id == n.ID {
			p.plan.keep = append(p.plan.keep, IndexEntry{Path: n.Path, Mode: n.Mode, ID: n.ID, Size: n.Size, Stat: f.Stat, fresh: true})
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

func (p *planner) writeFile(n TreeFile) {
	p.plan.write = append(p.plan.write, n)
	p.plan.bytes += n.Size
}

func (p *planner) removeFile(path string) {
	p.plan.remove = append(p.plan.remove, path)
	p.removed[path] = true
}

// obstacles finds what stands where f is to be and will not be removed: a file or
// link in place of a folder above it, files below a folder in its own place.
func (p *planner) obstacles(f TreeFile) error {
	for i, c := range f.Path {
		if c != '/' || p.removed[f.Path[:i]] || p.force {
			continue
		}
		info, err := os.Lstat(p.repo.workPath(f.Path[:i]))
		if err == nil && !info.IsDir() {
			p.dirty.Untracked = append(p.dirty.Untracked, f.Path[:i])
			return nil
		}
	}
	info, err := os.Lstat(p.repo.workPath(f.Path))
	if err != nil || !info.IsDir() {
		return nil
	}
	return p.below(f.Path)
}

// below finds files in a folder that will not be removed, whatever they are.
func (p *planner) below(dir string) error {
	entries, err := os.ReadDir(p.repo.workPath(dir))
	if err != nil {
		return err
	}
	for _, e := range entries {
		path := dir + "/" + e.Name()
		switch {
		case e.IsDir():
			if err := p.below(path); err != nil {
				return err
			}
		case !p.removed[path]:
			p.dirty.Untracked = append(p.dirty.Untracked, path)
		}
	}
	return nil
}

// apply carries out a plan and returns the new index, which it does not write.
// Stopped half way, every file is the old one or the new one, and the same switch
// can be made again: what is the new one already counts as done.
func (w *worktree) apply(ctx context.Context, x *Index, pl plan, p Progress) (*Index, error) {
	p.Start(checkingOut, pl.bytes)
	defer p.Done()
	for _, path := range pl.remove {
		if err := w.remove(path); err != nil {
			return nil, err
		}
	}
	written, err := w.writeAll(ctx, pl.write, p)
	if err != nil {
		return nil, err
	}
	entries := slices.Concat(pl.keep, written)
	slices.SortFunc(entries, func(a, b IndexEntry) int { return strings.Compare(a.Path, b.Path) })
	return &Index{Entries: entries, written: x.written}, nil
}
