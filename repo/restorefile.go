package repo

import (
	"context"
	"slices"

	"dits/repo/object"
	"dits/repo/refs"
	"dits/repo/work"
)

// RestoreOptions of [Repo.Restore].
type RestoreOptions struct {
	Source   string          // revision; "" is the index, or HEAD if Staged is set
	Paths    []string        // files and folders; "" is everything
	Staged   bool            // restore the index
	Worktree bool            // restore the working folder
	Overlay  bool            // keep files that the source does not have; else they go
	Progress object.Progress // nil: none
}

// Restore makes files those of the source, whatever they are now: that is what it
// is for, and nothing is refused. [ErrNoPath] if a path names nothing that is
// tracked or in the source.
func (r *Repo) Restore(ctx context.Context, o RestoreOptions) (*CheckoutResult, error) {
	return change(r, func(h refs.Head, x *work.Index) (*CheckoutResult, error) { return r.restore(ctx, h, x, o) })
}

func (r *Repo) restore(ctx context.Context, h refs.Head, x *work.Index, o RestoreOptions) (*CheckoutResult, error) {
	source, foreign, err := r.restoreSource(h, x, o)
	if err != nil {
		return nil, err
	}
	pl, err := r.planRestore(source, x, o)
	if err != nil {
		return nil, err
	}
	res := &CheckoutResult{Branch: h.Branch, Commit: h.Commit}
	for _, dir := range foreign {
		if work.Inside(dir, o.Paths) {
			res.LeftOut = append(res.LeftOut, dir)
		}
	}
	var staged []object.TreeFile
	if o.Staged {
		if err := r.restoreKeeps(h, x, pl); err != nil {
			return nil, err
		}
		staged = unlike(pl.Write, x.Files())
	}
	if err := r.restorePlan(ctx, x, pl, o, res); err != nil {
		return nil, err
	}
	return res, r.name(staged, func() error { return r.Restage(x, what("restore", o.Paths)) })
}

// restoreSource are the files to restore from, without those of other version control, and where these are.
func (r *Repo) restoreSource(
	h refs.Head, x *work.Index, o RestoreOptions,
) (files []object.TreeFile, foreign []string, err error) {
	switch {
	case o.Source != "":
		id, err := r.Resolve(o.Source)
		if err != nil {
			return nil, nil, err
		}
		return r.WorkFiles(id)
	case o.Staged:
		return r.WorkFiles(h.Commit)
	}
	return x.Files(), nil, nil
}

// planRestore lists the files of the source to put, and the tracked ones that go.
func (r *Repo) planRestore(source []object.TreeFile, x *work.Index, o RestoreOptions) (work.Plan, error) {
	var pl work.Plan
	in := map[string]bool{}
	index := x.Files()
	var paths []string
	named := map[string][]string{} // a path with the shards that it stands for
	for _, path := range o.Paths {
		named[path] = append([]string{path}, r.ShardsNamed(path, source, index)...)
		paths = append(paths, named[path]...)
	}
	for _, f := range source {
		if work.Inside(f.Path, paths) {
			in[f.Path] = true
			pl.Write = append(pl.Write, f)
		}
	}
	var tracked []string
	for _, e := range x.Entries {
		if work.Inside(e.Path, paths) && !in[e.Path] {
			tracked = append(tracked, e.Path)
		}
	}
	if o.Overlay {
		tracked = nil
	}
	for _, path := range o.Paths {
		if part := object.ForeignPart(path); part != "" {
			return pl, foreignError(path, part)
		}
		if !anyInside(pl.Write, tracked, named[path]) {
			return pl, o.missing(path)
		}
	}
	pl.Remove = tracked
	return pl, nil
}

// restoreKeeps is an error where the index alone names what only the store has, and would not once the plan is staged.
func (r *Repo) restoreKeeps(h refs.Head, x *work.Index, pl work.Plan) error {
	paths := slices.Clone(pl.Remove)
	for _, f := range pl.Write {
		if e := x.AwayBeside(f.Path); e != nil && !slices.Contains(pl.Remove, e.Path) {
			return buried(e.Path, f.Path)
		}
		paths = append(paths, f.Path)
	}
	if len(paths) == 0 {
		return nil
	}
	return r.keepStoreOnly(h.Commit, x, pl.Write, paths)
}

// missing is the error for a path at which there is nothing to restore.
func (o RestoreOptions) missing(path string) error {
	where := object.NotTracked
	switch {
	case o.Overlay && o.Source != "":
		where = "not in " + o.Source
	case o.Source != "":
		where += ", and not in " + o.Source
	}
	return &object.NoPathError{Path: path, Why: where}
}

// anyInside says that a file or a name is one of paths, or below one; "" is always there.
func anyInside(files []object.TreeFile, names []string, paths []string) bool {
	return slices.Contains(paths, "") ||
		slices.ContainsFunc(files, func(f object.TreeFile) bool { return work.Inside(f.Path, paths) }) ||
		slices.ContainsFunc(names, func(name string) bool { return work.Inside(name, paths) })
}

// restorePlan carries out the plan and changes x to match.
func (r *Repo) restorePlan(ctx context.Context, x *work.Index, pl work.Plan, o RestoreOptions, res *CheckoutResult) error {
	if o.Worktree {
		if err := r.restoreFiles(ctx, x, pl, o, res); err != nil {
			return err
		}
	}
	if !o.Staged {
		return nil
	}
	x.Remove(pl.Remove...)
	var put []work.IndexEntry
	for _, f := range pl.Write {
		if e := x.Find(f.Path); e == nil || !object.SameFile(f, object.TreeFile{ID: e.ID, Mode: e.Mode}) {
			put = append(put, x.EntryOf(f)) // no stat: not compared
		}
	}
	x.Put(put...)
	return nil
}

// restoreFiles makes the working files those of the plan, where they differ: what differs is a plan of its own,
// in place of the one that was given. The caller's, of all files, is what the index is made by.
func (r *Repo) restoreFiles(ctx context.Context, x *work.Index, pl work.Plan, o RestoreOptions, res *CheckoutResult) error {
	pl, err := r.PlanRestore(x, pl)
	if err != nil {
		return err
	}
	done, err := r.applyPlan(ctx, x, pl, true, o.Progress)
	if err != nil {
		return err
	}
	res.Written, res.Removed, res.Bytes = len(pl.Write), len(pl.Remove), pl.Bytes
	x.Adopt(done.Entries, o.Staged)
	return nil
}
