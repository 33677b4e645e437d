package repo

import (
	"cmp"
	"context"

	"dits/repo/object"
	"dits/repo/refs"
	"dits/repo/work"
	"dits/tensorstore/digest"
)

// A ResetMode says how much [Repo.Reset] changes.
type ResetMode int

// Reset modes.
const (
	ResetMixed ResetMode = iota // the branch and the index
	ResetSoft                   // the branch only
	ResetHard                   // the working folder too, losing changes to tracked files
)

// Reset moves the current branch, or a detached HEAD, to a revision; "" is HEAD, which may have no commits yet.
func (r *Repo) Reset(ctx context.Context, rev string, mode ResetMode, p object.Progress) (*CheckoutResult, error) {
	return change(r, func(h refs.Head, x *work.Index) (*CheckoutResult, error) { return r.reset(ctx, h, x, rev, mode, p) })
}

func (r *Repo) reset(ctx context.Context, h refs.Head, x *work.Index, rev string, mode ResetMode, p object.Progress) (*CheckoutResult, error) {
	id := h.Commit
	if rev != "" {
		var err error
		if id, err = r.Resolve(rev); err != nil {
			return nil, err
		}
	}
	if mode != ResetSoft {
		if err := r.resetKeeps(h, x, id); err != nil {
			return nil, err
		}
	}
	res := &CheckoutResult{}
	err := r.nameCommit(id, func() (err error) {
		switch mode {
		case ResetHard:
			res, err = r.switchTo(ctx, x, h.Commit, id, true, p)
		case ResetMixed:
			err = r.resetIndex(x, id)
		}
		if err != nil {
			return err
		}
		return r.Advance(h, id, "reset: moving to "+cmp.Or(rev, object.HeadName))
	})
	if err != nil {
		return nil, err
	}
	res.Branch, res.Commit = h.Branch, id
	res.LeftBehind = r.leftBehind(h, refs.Head{Branch: h.Branch, Commit: id})
	return res, nil
}

// resetKeeps is an error where the index alone names what only the store has, and would not after a reset to id.
func (r *Repo) resetKeeps(h refs.Head, x *work.Index, id digest.ID) error {
	files, _, err := r.WorkFiles(id)
	if err != nil {
		return err
	}
	return r.keepStoreOnly(h.Commit, x, files, nil)
}

// resetIndex makes the index, which is x, that of a commit, keeping the stat of what is the same.
func (r *Repo) resetIndex(x *work.Index, id digest.ID) error {
	files, _, err := r.WorkFiles(id)
	if err != nil {
		return err
	}
	return r.writeIndexOf(x, files)
}

// writeIndexOf makes the index, which is x, that of files, keeping the stat of what is the same.
func (r *Repo) writeIndexOf(x *work.Index, files []object.TreeFile) error {
	next := x.Next(nil)
	for _, f := range files {
		e := x.EntryOf(f)
		if old := x.Find(f.Path); old != nil && old.ID == f.ID && old.Mode == f.Mode {
			e = *old
		}
		next.Entries = append(next.Entries, e)
	}
	return r.Restage(next, "reset: moving to HEAD")
}
