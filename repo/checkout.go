package repo

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"dits/repo/object"
	"dits/repo/refs"
	"dits/repo/work"
	"dits/tensorstore/digest"
)

// CheckoutOptions of [Repo.Checkout].
type CheckoutOptions struct {
	Force     bool            // overwrite unsaved changes and untracked files in the way
	NewBranch string          // make this branch at the revision and check it out
	Detach    bool            // check out the commit even if the revision is a branch
	Paths     []string        // restore only these, in the index and the folder; HEAD stays
	Progress  object.Progress // nil: none
}

// CheckoutResult is what a checkout did.
type CheckoutResult struct {
	Branch  string    `json:"branch"` // "" when HEAD is detached
	Commit  digest.ID `json:"commit"`
	Written int       `json:"written"`  // files
	Removed int       `json:"removed"`  // files
	Bytes   int64     `json:"bytes"`    // of the files written
	LeftOut []string  `json:"left_out"` // folders of other version control that the commit has: none of dits

	LeftBehind *LeftBehind `json:"left_behind"` // nil: every commit has a branch, a tag or HEAD still
}

// Checkout makes the index and the working folder those of a revision and HEAD
// name it. Only files that differ are written. Changes to files that are the same
// in both revisions stay; a [DirtyError] if others would be lost. rev "" is HEAD,
// or, with Paths, the index.
func (r *Repo) Checkout(ctx context.Context, rev string, o CheckoutOptions) (*CheckoutResult, error) {
	if len(o.Paths) > 0 {
		return r.Restore(ctx, RestoreOptions{
			Source: rev, Paths: o.Paths, Staged: rev != "", Worktree: true, Overlay: true, Progress: o.Progress,
		})
	}
	return changeFrom(r, o.Force, func(h refs.Head, x *work.Index) (*CheckoutResult, error) {
		return r.checkout(ctx, h, x, rev, o)
	})
}

// checkout is Checkout without paths, from HEAD and the index as they are.
func (r *Repo) checkout(ctx context.Context, from refs.Head, x *work.Index, rev string, o CheckoutOptions) (*CheckoutResult, error) {
	to, err := r.target(from, rev, o)
	if err != nil {
		return nil, err
	}
	res, err := r.switchTo(ctx, x, from.Commit, to.Commit, o.Force, o.Progress)
	if err != nil {
		return nil, err
	}
	res.Branch, res.Commit = to.Branch, to.Commit
	if o.NewBranch != "" && !to.Commit.IsZero() {
		if err := r.createBranch(o.NewBranch, cmp.Or(rev, object.HeadName), to.Commit, false); err != nil {
			return nil, err
		}
	}
	if to == from {
		return res, nil
	}
	if err := r.moveHead(from, to); err != nil {
		return res, err
	}
	res.LeftBehind = r.leftBehind(from, to)
	return res, nil
}

// moveHead makes HEAD what a checkout is of.
func (r *Repo) moveHead(from, to refs.Head) error {
	move := func() error {
		return r.SetHead(from, to, refs.MovedReason(from, to))
	}
	if !to.Detached() {
		return move()
	}
	return r.nameCommit(to.Commit, move)
}

// target is what HEAD is to be. A new branch is checked here and made later, when
// nothing can refuse any more.
func (r *Repo) target(from refs.Head, rev string, o CheckoutOptions) (refs.Head, error) {
	rev, err := r.Named(rev)
	if err != nil {
		return refs.Head{}, err
	}
	if o.NewBranch != "" {
		ref, err := refs.BranchRef(o.NewBranch)
		if err != nil {
			return refs.Head{}, err
		}
		if id, err := r.ReadRef(ref); err != nil || !id.IsZero() {
			return refs.Head{}, fmt.Errorf("branch %s: %w", o.NewBranch, orExists(err))
		}
		if rev == "" && from.Commit.IsZero() {
			return refs.Head{Branch: o.NewBranch}, nil
		}
		if err := r.MakeRoom(ref); err != nil {
			return refs.Head{}, err
		}
		id, err := r.Resolve(cmp.Or(rev, object.HeadName))
		return refs.Head{Branch: o.NewBranch, Commit: id}, err
	}
	if rev == "" {
		return from, nil
	}
	if ref, err := refs.BranchRef(rev); err == nil && !o.Detach {
		if id, err := r.ReadRef(ref); err != nil || !id.IsZero() {
			return refs.Head{Branch: rev, Commit: id}, err
		}
	}
	if rev == from.Branch && from.Commit.IsZero() {
		return from, nil
	}
	id, err := r.Resolve(rev)
	if (rev == object.HeadName || rev == "@") && !o.Detach {
		return from, err
	}
	return refs.Head{Commit: id}, err
}

// switchTo makes the index, which is x, and the working folder those of the commit to.
// The caller holds the lock and moves HEAD afterwards.
func (r *Repo) switchTo(ctx context.Context, x *work.Index, from, to digest.ID, force bool, p object.Progress) (*CheckoutResult, error) {
	before, _, err := r.WorkFiles(from)
	if err != nil && !force {
		return nil, fmt.Errorf("%w (`dits checkout -f BRANCH` leaves it all the same)", err)
	}
	after, foreign, err := r.WorkFiles(to)
	if err != nil {
		return nil, err
	}
	pl, err := r.PlanSwitch(before, x, after, force)
	if err != nil {
		return nil, err
	}
	next, err := r.applyPlan(ctx, x, pl, force, p)
	if err != nil {
		return nil, err
	}
	res := &CheckoutResult{Commit: to, Written: len(pl.Write), Removed: len(pl.Remove), Bytes: pl.Bytes, LeftOut: foreign}
	return res, r.name(unlike(after, before), func() error { return r.WriteIndex(next) })
}

// applyPlan carries out a plan in the working folder, durably.
func (r *Repo) applyPlan(ctx context.Context, x *work.Index, pl work.Plan, force bool, p object.Progress) (*work.Index, error) {
	w, err := r.OpenWorktree(force)
	if err != nil {
		return nil, err
	}
	next, err := w.Apply(ctx, x, pl, object.OrQuiet(p))
	return next, errors.Join(err, w.Close())
}
