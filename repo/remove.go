package repo

import (
	"context"
	"fmt"
	"slices"

	"dits/repo/object"
	"dits/repo/refs"
	"dits/repo/work"
)

// RemoveOptions of [Repo.Remove].
type RemoveOptions struct {
	Paths     []string // files and folders
	Cached    bool     // the files of the working folder stay
	Recursive bool     // folders may go
	Force     bool     // what would be lost is lost
	DryRun    bool     // only say what would go
}

// A LossError lists files with changes that nothing else has. Nothing was changed.
type LossError struct {
	Changed []string
	Cached  bool // they would stay in the working folder
}

func (e *LossError) Error() string {
	if e.Cached {
		return "what is staged is neither committed nor in the file: " + work.SomeOf(e.Changed) + " (-f removes it)"
	}
	return "changes that are not committed would be lost: " + work.SomeOf(e.Changed) +
		" (commit them; --cached keeps the file, -f removes it)"
}

// Unwrap makes errors.Is(err, work.ErrDirty) true.
func (e *LossError) Unwrap() error { return work.ErrDirty }

// Remove takes tracked files out of the index and the working folder, and returns their paths. A [LossError] if
// changes would be lost. The files go first: stopped half way, the same call goes on from there.
func (r *Repo) Remove(ctx context.Context, o RemoveOptions) ([]string, error) {
	return change(r, func(h refs.Head, x *work.Index) ([]string, error) { return r.remove(ctx, h, x, o) })
}

func (r *Repo) remove(ctx context.Context, h refs.Head, x *work.Index, o RemoveOptions) ([]string, error) {
	var paths []string
	for _, path := range o.Paths {
		under, err := r.trackedAt(x, path, o.Recursive)
		if err != nil {
			return nil, err
		}
		paths = append(paths, under...)
	}
	slices.Sort(paths)
	paths = slices.Compact(paths)
	if !o.Force {
		head, _, err := r.WorkFiles(h.Commit)
		if err != nil {
			return nil, err
		}
		away, err := r.OnlyStaged(head, x, paths)
		if err != nil {
			return nil, err
		}
		if len(away) > 0 {
			return nil, &StoreOnlyError{Paths: away, Force: true}
		}
		lost, err := r.Unsaved(head, x, paths, o.Cached)
		if err != nil {
			return nil, err
		}
		if len(lost) > 0 {
			return nil, &LossError{lost, o.Cached}
		}
	}
	if o.DryRun {
		return paths, nil
	}
	if !o.Cached {
		if _, err := r.applyPlan(ctx, x, work.Plan{Remove: paths}, o.Force, nil); err != nil {
			return nil, err
		}
	}
	x.Remove(paths...)
	name := "rm"
	if o.Cached {
		name = "rm --cached"
	}
	return paths, r.Restage(x, what(name, o.Paths))
}

// trackedAt are the paths of the tracked file at path, of the shards of the model that goes by it, or of the files in the
// folder there.
func (r *Repo) trackedAt(x *work.Index, path string, recursive bool) ([]string, error) {
	if x.Find(path) != nil {
		return []string{path}, nil
	}
	if shards := r.ShardsNamed(path, x.Files()); len(shards) > 0 {
		return shards, nil
	}
	var paths []string
	for _, e := range x.Under(path) {
		paths = append(paths, e.Path)
	}
	switch {
	case len(paths) == 0:
		return nil, notTracked(path)
	case !recursive:
		return nil, fmt.Errorf("%s: a folder, want -r to remove what is in it", folderName(path))
	}
	return paths, nil
}

// notTracked says that the index has nothing at path.
func notTracked(path string) error {
	return &object.NoPathError{Path: path, Why: object.NotTracked}
}

// folderName is path as people write it: the working folder itself is ".".
func folderName(path string) string {
	if path == "" {
		return "."
	}
	return path
}
