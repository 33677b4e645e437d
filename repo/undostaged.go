package repo

import (
	"context"
	"os"
	"slices"

	"dits/repo/object"
	"dits/repo/refs"
	"dits/repo/work"
	"dits/tensorstore/disk"
)

// what is how [Repo.Undo] calls a command that changes what is staged: "add: a.json, b.json and 3 more".
func what(command string, paths []string) string {
	const most = 3
	shown := make([]string, len(paths))
	for i, path := range paths {
		shown[i] = folderName(path)
	}
	return command + ": " + work.FirstOf(shown, most)
}

// undoStaged makes the index what it was. The working folder stays, unless Hard: then files come back that the command
// took away, where nothing is now, and go where they have their old name again. A [DirtyError] tells what would be lost.
func (r *Repo) undoStaged(ctx context.Context, h refs.Head, x *work.Index, b *work.IndexBefore, o UndoOptions) (*Undone, error) {
	u := &Undone{What: b.What, Again: b.Again, Branch: h.Branch, From: h.Commit, To: h.Commit, Staged: work.ChangesBetween(x.Files(), b.Index.Files())}
	was, is := b.Index.Files(), x.Files()
	if o.DryRun {
		return u, nil
	}
	return u, r.name(unlike(was, is), func() error {
		next := b.Of(x)
		if err := r.backBeforeUndo(ctx, h, x, next, u, o.Progress); err != nil {
			return err
		}
		if o.Hard {
			if err := r.bringBack(ctx, x, next, u, o.Progress); err != nil {
				return err
			}
		}
		u.Done = true
		return r.Unstage(next, b)
	})
}

// backBeforeUndo writes the files of x that only the store has, and that neither a commit nor next would name. A
// [DirtyError] tells what is in their place.
func (r *Repo) backBeforeUndo(
	ctx context.Context, h refs.Head, x, next *work.Index, u *Undone, p object.Progress,
) error {
	paths, err := r.storeOnly(h.Commit, x, next.Files())
	if err != nil || len(paths) == 0 {
		return err
	}
	var files []object.TreeFile
	for _, f := range x.Files() {
		if slices.Contains(paths, f.Path) {
			files = append(files, f)
		}
	}
	none := x.Next(nil)
	pl, err := r.PlanSwitch(nil, none, files, false)
	if err != nil {
		return err
	}
	if _, err := r.applyPlan(ctx, none, pl, false, p); err != nil {
		return err
	}
	u.Written, u.Bytes = len(pl.Write), pl.Bytes
	return nil
}

// bringBack writes files of next that x has not and that are not in the working folder. Those that x has under another
// name go from there.
func (r *Repo) bringBack(ctx context.Context, x, next *work.Index, u *Undone, p object.Progress) error {
	var from, to []object.TreeFile
	for _, c := range work.ChangesBetween(next.Files(), x.Files()) {
		e := next.Find(c.Path)
		if c.Status != work.ChangeDeleted || e.Dereferenced {
			continue
		}
		if _, err := os.Lstat(r.WorkPath(c.Path)); !disk.IsNoFile(err) {
			continue
		}
		to = append(to, object.TreeFile{Path: e.Path, Mode: e.Mode, ID: e.ID, Size: e.Size})
	}
	gone := x.Next(nil)
	came := x.Next(slices.DeleteFunc(slices.Clone(x.Entries), func(e work.IndexEntry) bool {
		return e.Dereferenced || next.Find(e.Path) != nil
	}))
	for _, n := range object.Renames(to, came.Files()) {
		e := *x.Find(n.To)
		gone.Entries = append(gone.Entries, e)
		from = append(from, object.TreeFile{Path: e.Path, Mode: e.Mode, ID: e.ID, Size: e.Size})
	}
	pl, err := r.PlanSwitch(from, gone, to, false)
	if err != nil {
		return err
	}
	done, err := r.applyPlan(ctx, gone, pl, false, p)
	if err != nil {
		return err
	}
	u.Written, u.Removed, u.Bytes = u.Written+len(pl.Write), u.Removed+len(pl.Remove), u.Bytes+pl.Bytes
	next.Adopt(done.Entries, false)
	return nil
}
