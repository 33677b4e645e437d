package repo

import (
	"context"
	"fmt"
)

// RestoreOptions of [Repo.Restore].
type RestoreOptions struct {
	Source   string   // revision; "" is the index, or HEAD if Staged is set
	Paths    []string // files and folders; "" is everything
	Staged   bool     // restore the index
	Worktree bool     // restore the working folder
	Overlay  bool     // keep files that the source does not have; else they go
	Progress Progress // nil: none
}

// Restore makes files those of the source, whatever they are now: that is what it
// is for, and nothing is refused. [ErrNoPath] if a path names nothing that is
// tracked or in the source.
func (r *Repo) Restore(ctx context.Context, o RestoreOptions) (*CheckoutResult, error) {
	return change(r, func(h Head, x *Index) (*CheckoutResult, error) { return r.restore(ctx, h, x, o) })
}

func (r *Repo) restore(ctx context.Context, h Head, x *Index, o RestoreOptions) (*CheckoutResult, error) {
	source, err := r.restoreSource(h, x, o)
	if err != nil {
		return nil, err
	}
	pl, err := r.planRestore(source, x, o)
	if err != nil {
		return nil, err
	}
	res := &CheckoutResult{Branch: h.Branch, Commit: h.Commit}
	if err := r.restorePlan(ctx, x, pl, o, res); err != nil {
		return nil, err
	}
	return res, r.writeIndex(x)
}

func (r *Repo) restoreSource(h Head, x *Index, o RestoreOptions) ([]TreeFile, error) {
	switch {
	case o.Source != "":
		return r.Files(o.Source)
	case o.Staged:
		return r.commitFiles(h.Commit)
	}
	return x.files(), nil
}

// planRestore lists the files of the source to put, and the tracked ones that go.
func (r *Repo) planRestore(source []TreeFile, x *Index, o RestoreOptions) (plan, error) {
	var pl plan
	in := map[string]bool{}
	for _, f := range source {
		if inside(f.Path, o.Paths) {
			in[f.Path] = true
			pl.write = append(pl.write, f)
		}
	}
	var tracked []string
	for _, e := range x.Entries {
		if inside(e.Path, o.Paths) && !in[e.Path] {
			tracked = append(tracked, e.Path)
		}
	}
	for _, path := range o.Paths {
		if !anyInside(pl.write, tracked, path) {
			return pl, fmt.Errorf("%s: %w", path, ErrNoPath)
		}
	}
	if !o.Overlay {
		pl.remove = tracked
	}
	return pl, nil
}

func anyInside(files []TreeFile, names []string, path string) bool {
	if path == "" {
		return true
	}
	for _, f := range files {
		if inside(f.Path, []string{path}) {
			return true
		}
	}
	for _, n := range names {
		if inside(n, []string{path}) {
			return true
		}
	}
	return false
}

// restorePlan carries out the plan and changes x to match.
func (r *Repo) restorePlan(ctx context.Context, x *Index, pl plan, o RestoreOptions, res *CheckoutResult) error {
	if o.Worktree {
		if err := r.restoreFiles(ctx, x, pl, o, res); err != nil {
			return err
		}
	}
	if !o.Staged {
		return nil
	}
	for _, path := range pl.remove {
		x.Remove(path)
	}
	for _, f := range pl.write {
		if e := x.Find(f.Path); e == nil || !sameFile(f, TreeFile{ID: e.ID, Mode: e.Mode}) {
			x.Put(IndexEntry{Path: f.Path, Mode: f.Mode, ID: f.ID, Size: f.Size}) // no stat: not compared
		}
	}
	return nil
}

// restoreFiles makes the working files those of the plan, where they differ.
func (r *Repo) restoreFiles(ctx context.Context, x *Index, pl plan, o RestoreOptions, res *CheckoutResult) error {
	p := &planner{repo: r, staged: x, index: byPath(x.files()), force: true, removed: map[string]bool{}}
	for _, path := range pl.remove {
		p.removeFile(path)
	}
	for _, f := range pl.write {
		if err := p.replace(f.Path, f); err != nil {
			return err
		}
	}
	for _, f := range p.plan.write {
		if err := p.obstacles(f); err != nil {
			return err
		}
	}
	if len(p.dirty.Untracked) > 0 {
		return &p.dirty
	}
	done, err := r.applyPlan(ctx, x, p.plan, true, o.Progress)
	if err != nil {
		return err
	}
	res.Written, res.Removed, res.Bytes = len(p.plan.write), len(p.plan.remove), p.plan.bytes
	x.adopt(done.Entries, o.Staged)
	return nil
}

// adopt takes over entries of files just written or compared: all of them, or only
// those that agree with what is staged.
func (x *Index) adopt(entries []IndexEntry, all bool) {
	for _, e := range entries {
		now := x.Find(e.Path)
		if all || now != nil && now.ID == e.ID && now.Mode == e.Mode {
			x.Put(e)
		}
	}
}
