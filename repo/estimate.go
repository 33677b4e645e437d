package repo

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"

	"dits/catalog"
	"dits/repo/history"
	"dits/repo/object"
	"dits/repo/refs"
	"dits/repo/work"
)

// Estimate tells, by o.Report, what [Repo.Add] would make of files and folders below the folder root, and stores
// nothing. What r has counts as stored; without a repository, a nil r, nothing is. Links out of root are followed. What
// cannot be added does not stop the rest: it is an [IncompleteError] in the end.
//
// It does the work of adding. Content is not written; lists of it are, to a temporary folder.
func Estimate(ctx context.Context, r *Repo, root string, paths []string, o AddOptions) (err error) {
	o.Progress = object.OrQuiet(o.Progress)
	if o.Skipped == nil {
		o.Skipped = func(work.Skipped) {}
	}
	o.KeepGoing, o.Dereference = true, true
	s, err := scratchOf(r)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	e := estimate{index: new(work.Index)}
	if r == nil {
		if r, err = Init(filepath.Join(s.Dir, "none"), InitOptions{}); err != nil {
			return err
		}
		defer r.Close()
	} else if sameFolder(root, r.Root) {
		if e.index, err = r.Index(); err != nil {
			return err
		}
	}
	if e.repo, err = r.estimating(s.Dir, root, &e.contents); err != nil {
		return err
	}
	defer e.repo.Close()
	return e.run(ctx, paths, o)
}

// scratchOf is a temporary folder for a repository, or for none.
func scratchOf(r *Repo) (*work.Scratch, error) {
	if r == nil {
		return work.NewScratch(nil)
	}
	return work.NewScratch(r.Folder)
}

// An estimate is one call of Estimate.
type estimate struct {
	repo     *Repo
	index    *work.Index
	contents object.Contents
}

// estimating is the repository over a store in the folder dir that keeps nothing, with root for its working folder.
func (r *Repo) estimating(dir, root string, where *object.Contents) (*Repo, error) {
	db, err := r.OpenEstimate(dir, where)
	if err != nil {
		return nil, err
	}
	names := &refs.Refs{Database: db, Dir: r.Dir, FS: r.FS, Author: r.author, Locking: r.Locking}
	to := *r
	to.History = &history.History{Folder: &work.Folder{Refs: names, Root: root}}
	to.StoreDir = dir
	return &to, nil
}

func (e *estimate) run(ctx context.Context, paths []string, o AddOptions) error {
	c, err := e.repo.changesFrom(e.index, paths, o)
	if err != nil {
		return err
	}
	c.removed = nil // takes nothing
	if err := e.noteImportance(ctx, o.Importance); err != nil {
		return err
	}
	a := e.repo.adding(c, o)
	defer a.writer.Close()
	a.scanned = func(path string, f catalog.File, src io.ReaderAt) {
		at := e.repo.WorkPath(path) // where small files are, which were read before their turn
		if file, ok := src.(*os.File); ok {
			at = file.Name()
		}
		e.contents.Add(at, f)
	}
	if err := a.store(ctx, c); err != nil {
		return err
	}
	return a.failed.orNil()
}

// noteImportance notes the content of the importance matrix that is named, if any is.
func (e *estimate) noteImportance(ctx context.Context, path string) error {
	if path == "" {
		return nil
	}
	f, err := object.ScanFile(ctx, path)
	if err != nil {
		return err
	}
	defer f.Close()
	e.contents.Add(path, f.File)
	return nil
}
