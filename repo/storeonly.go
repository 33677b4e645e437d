package repo

import (
	"fmt"
	"slices"

	"dits/repo/object"
	"dits/repo/work"
	"dits/tensorstore/digest"
)

// A StoreOnlyError lists files that only the store has, and no commit: nothing would name them any more. Nothing was
// changed.
type StoreOnlyError struct {
	Paths []string
	Force bool // the command can be forced
}

func (e *StoreOnlyError) Error() string {
	text := "only in the store, and in no commit: " + work.SomeOf(e.Paths) +
		" (commit, or bring back with `dits restore` first"
	if e.Force {
		text += "; -f lets them go"
	}
	return text + ")"
}

// Unwrap makes errors.Is(err, work.ErrDirty) true.
func (e *StoreOnlyError) Unwrap() error { return work.ErrDirty }

// buried is the error for a file in place of another that only the store has: in a folder of its name, or below one.
func buried(away, by string) error {
	return fmt.Errorf("%s: is only in the store, and %s would be in its place (`dits mv` or `dits rm` it first)", away, by)
}

// keepStoreOnly is a [StoreOnlyError] where entries of x that are away and in no commit are not among next, or others at
// their paths; none of paths but these (nil: all).
func (r *Repo) keepStoreOnly(head digest.ID, x *work.Index, next []object.TreeFile, paths []string) error {
	lost, err := r.storeOnly(head, x, next)
	lost = slices.DeleteFunc(lost, func(path string) bool { return paths != nil && !work.Inside(path, paths) })
	if err != nil || len(lost) == 0 {
		return err
	}
	return &StoreOnlyError{Paths: lost}
}

// storeOnly are the paths of entries of x that are away and in no commit, and that next has not: by content, wherever.
func (r *Repo) storeOnly(head digest.ID, x *work.Index, next []object.TreeFile) ([]string, error) {
	if !slices.ContainsFunc(x.Entries, func(e work.IndexEntry) bool { return e.Away }) {
		return nil, nil
	}
	var paths []string
	for _, f := range unlike(x.Files(), next) {
		paths = append(paths, f.Path)
	}
	files, _, err := r.WorkFiles(head)
	if err != nil {
		return nil, err
	}
	return r.OnlyStaged(files, x, paths)
}
