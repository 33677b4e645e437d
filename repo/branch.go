package repo

import (
	"errors"
	"fmt"

	"dits/repo/object"
	"dits/repo/refs"
	"dits/tensorstore/digest"
)

// Branches returns all branches that can be read, by name.
func (r *Repo) Branches() ([]refs.Ref, error) { return r.GoodRefs(object.BranchPrefix) }

// CreateBranch makes a branch at the commit that start names; "" is HEAD. It does
// not check it out. With force an existing branch is moved, but not the current one.
func (r *Repo) CreateBranch(name, start string, force bool) (digest.ID, error) {
	l, err := r.Lock()
	if err != nil {
		return digest.ID{}, err
	}
	defer l.Unlock()
	if start == "" {
		start = object.HeadName
	}
	id, err := r.Resolve(start)
	if err != nil {
		return digest.ID{}, err
	}
	return id, r.createBranch(name, start, id, force)
}

func (r *Repo) createBranch(name, start string, id digest.ID, force bool) error {
	ref, err := refs.BranchRef(name)
	if err != nil {
		return err
	}
	if force {
		if err := r.DropBroken(ref); err != nil {
			return err
		}
	}
	old, err := r.ReadRef(ref)
	if err != nil {
		return err
	}
	h, err := r.Head()
	if err != nil {
		return err
	}
	switch {
	case !old.IsZero() && !force:
		return fmt.Errorf("branch %s: %w", name, refs.ErrExists)
	case !old.IsZero() && h.Branch == name:
		return fmt.Errorf("branch %s: checked out, cannot be moved (`dits checkout --detach` first)", name)
	}
	return r.nameCommit(id, func() error { return r.UpdateRef(ref, old, id, "branch: Created from "+start) })
}

// DeleteBranch removes a branch and returns where it was. The current branch is
// never removed; one whose commits HEAD does not have only with force
// ([ErrUnmerged]).
func (r *Repo) DeleteBranch(name string, force bool) (digest.ID, error) {
	l, err := r.Lock()
	if err != nil {
		return digest.ID{}, err
	}
	defer l.Unlock()
	ref, id, h, err := r.existingBranch(name)
	if errors.As(err, new(*refs.BrokenError)) {
		return id, r.deleteBroken(name, force, err)
	}
	if err != nil {
		return id, err
	}
	if h.Branch == name {
		return id, fmt.Errorf("branch %s: checked out, cannot be removed", name)
	}
	if !force {
		merged := false
		if !h.Commit.IsZero() {
			if merged, err = r.IsAncestor(id, h.Commit); err != nil {
				return id, err
			}
		}
		if !merged {
			return id, fmt.Errorf("branch %s at %s: %w (force to remove it)", name, id.Short(), ErrUnmerged)
		}
	}
	return id, r.UpdateRef(ref, id, digest.ID{}, "")
}

// deleteBroken removes a branch that cannot be read, for the reason given, with its log.
func (r *Repo) deleteBroken(name string, force bool, broken error) error {
	if h, err := r.Head(); err != nil || h.Branch == name {
		return broken // HEAD's own: to be mended
	}
	if !force {
		return fmt.Errorf("%w (force to remove it)", broken)
	}
	ref, err := refs.BranchRef(name)
	if err != nil {
		return err
	}
	return r.RemoveBroken(ref)
}

func (r *Repo) existingBranch(name string) (ref string, id digest.ID, h refs.Head, err error) {
	if ref, err = refs.BranchRef(name); err != nil {
		return
	}
	if id, err = r.ReadRef(ref); err != nil {
		return
	}
	if id.IsZero() {
		err = r.NoRef(object.BranchPrefix, name)
		return
	}
	h, err = r.Head()
	return
}

// RenameBranch moves a branch, its log and, if it is checked out, HEAD to another
// name. from "" is the current branch. Stopped half way, both names are there.
func (r *Repo) RenameBranch(from, to string, force bool) error {
	l, err := r.Lock()
	if err != nil {
		return err
	}
	defer l.Unlock()
	h, err := r.Head()
	if err != nil {
		return err
	}
	if from == "" {
		from = h.Branch
	}
	if from == h.Branch && h.Commit.IsZero() {
		return r.renameUnborn(h, to)
	}
	ref, id, h, err := r.existingBranch(from)
	if err != nil {
		return err
	}
	newRef, err := refs.BranchRef(to)
	if err != nil {
		return err
	}
	old, err := r.ReadRef(newRef)
	switch {
	case err != nil || newRef == ref:
		return err
	case !old.IsZero() && (!force || h.Branch == to):
		return fmt.Errorf("branch %s: %w", to, refs.ErrExists)
	}
	if err := r.UpdateRef(newRef, old, id, "branch: renamed "+ref+" to "+newRef); err != nil {
		return err
	}
	if err := r.CopyLog(ref, newRef); err != nil {
		return err
	}
	if h.Branch == from {
		if err := r.WriteHead(h, refs.Head{Branch: to}); err != nil {
			return err
		}
	}
	return r.UpdateRef(ref, id, digest.ID{}, "")
}

// renameUnborn renames a branch that has no commits yet: it is only in HEAD.
func (r *Repo) renameUnborn(h refs.Head, to string) error {
	ref, err := refs.BranchRef(to)
	if err != nil {
		return err
	}
	if id, err := r.ReadRef(ref); err != nil || !id.IsZero() {
		return fmt.Errorf("branch %s: %w", to, orExists(err))
	}
	return r.WriteHead(h, refs.Head{Branch: to})
}

func orExists(err error) error {
	if err == nil {
		return refs.ErrExists
	}
	return err
}
