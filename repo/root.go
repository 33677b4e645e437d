package repo

import (
	"errors"
	"fmt"
	"slices"

	"dits/repo/object"
	"dits/repo/refs"
	"dits/tensorstore"
	"dits/tensorstore/digest"
)

// name runs f, which makes an index or a ref name files, while no pack can be deleted: a gc or a
// repack of another process may have taken what was there when it was asked for. Without all parts
// of all files it is an [tensorstore.ErrGone], and f is not run.
func (r *Repo) name(files []object.TreeFile, f func() error) error {
	release, err := r.Store.Hold()
	if err != nil {
		return err
	}
	defer release()
	if err := r.checkStored(files); errors.Is(err, tensorstore.ErrUnknown) {
		return fmt.Errorf("%w: %w", tensorstore.ErrGone, err)
	} else if err != nil {
		return err
	}
	return f()
}

// nameCommit is name for a ref that is to name a commit. One that a ref or a reflog leads to stays
// where it is; of another all is looked at that it leads to.
func (r *Repo) nameCommit(id digest.ID, f func() error) error {
	release, err := r.Store.Hold()
	if err != nil {
		return err
	}
	defer release()
	rooted, err := r.reached(id)
	if err != nil {
		return err
	}
	if !rooted {
		if err := r.checkHistory(id); err != nil {
			return err
		}
	}
	return f()
}

// reached says that a commit is one that a branch, tag, HEAD or the reflog of HEAD or a branch
// names, or comes before one. Reflogs lead to what was named by these.
func (r *Repo) reached(id digest.ID) (bool, error) {
	// Nearly always it is HEAD's: then thousands of other refs and their logs need not be read.
	if h, err := r.Head(); err != nil || h.Commit == id {
		return err == nil, err
	}
	roots, err := r.rootCommits()
	if err != nil {
		return false, err
	}
	seen := map[digest.ID]bool{{}: true}
	for todo := roots; len(todo) > 0; {
		next := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if next == id {
			return true, nil
		}
		if seen[next] {
			continue
		}
		seen[next] = true
		// What cannot be read leads nowhere.
		if c, err := r.ReadCommit(next); err == nil {
			todo = append(todo, c.Parents...)
		}
	}
	return false, nil
}

// rootCommits are the commits that HEAD, refs and reflogs name.
func (r *Repo) rootCommits() ([]digest.ID, error) {
	named, err := r.GoodRefs(object.RefPrefix) // a broken one keeps nothing either, and must not stop the others
	if err != nil {
		return nil, err
	}
	h, err := r.Head()
	if err != nil {
		return nil, err
	}
	roots := []digest.ID{h.Commit}
	for _, ref := range append(named, refs.Ref{Name: object.HeadName}) {
		if id, err := r.Peel(ref.ID); err == nil {
			roots = append(roots, id)
		}
		log, err := r.Reflog(ref.Name)
		if err != nil {
			continue // a log that cannot be read keeps nothing
		}
		for _, e := range log {
			roots = append(roots, e.Old, e.New)
		}
	}
	return roots, nil
}

// Tips are the commits that HEAD, branches, tags and branches of remotes name; what cannot be read is left out.
func (r *Repo) Tips() ([]digest.ID, error) {
	h, err := r.Head()
	if err != nil {
		return nil, err
	}
	var tips []digest.ID
	if !h.Commit.IsZero() {
		tips = append(tips, h.Commit)
	}
	named, err := r.GoodRefs(object.RefPrefix)
	for _, ref := range named {
		if id, err := r.Peel(ref.ID); err == nil && !slices.Contains(tips, id) {
			tips = append(tips, id)
		}
	}
	return tips, err
}

// checkHistory makes sure that the store has a commit, all before it, and their files.
func (r *Repo) checkHistory(id digest.ID) error {
	seen := map[digest.ID]bool{}
	files := map[digest.ID]bool{}
	for todo := []digest.ID{id}; len(todo) > 0; {
		next := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if seen[next] {
			continue
		}
		seen[next] = true
		c, err := r.ReadCommit(next)
		if err != nil {
			return err
		}
		todo = append(todo, c.Parents...)
		tree, err := r.TreeFiles(c.Tree)
		if err != nil {
			return fmt.Errorf("commit %s: %w", next.Short(), err)
		}
		var unseen []object.TreeFile
		for _, f := range tree {
			if !files[f.ID] {
				files[f.ID] = true
				unseen = append(unseen, f)
			}
		}
		if err := r.checkStored(unseen); err != nil {
			return fmt.Errorf("commit %s: %w", next.Short(), err)
		}
	}
	return nil
}

// filesAtOnce is how many files the catalog is asked about at a time. Their manifests are in memory, which are small but
// for models, of which there are fewer.
const filesAtOnce = 200

// checkStored makes sure that the store has every file with all its parts.
func (r *Repo) checkStored(files []object.TreeFile) error {
	for part := range slices.Chunk(files, filesAtOnce) {
		if whole, err := r.HasFiles(object.IDs(part)); err == nil && whole {
			continue
		}
		if err := r.checkEach(part); err != nil {
			return err
		}
	}
	return nil
}

// checkEach is checkStored that says which file it is.
func (r *Repo) checkEach(files []object.TreeFile) error {
	for _, f := range files {
		whole, err := r.HasFile(f.ID)
		if err == nil && !whole {
			err = fmt.Errorf("content %s: %w (add it again)", f.ID.Short(), tensorstore.ErrUnknown)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", f.Path, err)
		}
	}
	return nil
}

// unlike are the files that are not among others, by content.
func unlike(files, others []object.TreeFile) []object.TreeFile {
	has := make(map[digest.ID]bool, len(others))
	for _, f := range others {
		has[f.ID] = true
	}
	var out []object.TreeFile
	for _, f := range files {
		if !has[f.ID] {
			out = append(out, f)
		}
	}
	return out
}
