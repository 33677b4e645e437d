package work

import (
	"context"
	"fmt"
	"path"

	"golang.org/x/sync/errgroup"

	"dits/catalog"
	"dits/repo/object"
	"dits/tensorstore/digest"
)

// A batch is of small files: to sync them together takes less than to sync each, and the catalog is asked about all of
// them at once. Together they have at most 32 MiB.
const (
	batchFiles = 512
	batchBytes = 64 << 10 // of a file, at most
	fewFiles   = 5        // that are no batch: each is in its place before the next is begun
)

// apartBySize are the files that are written in batches, and the others.
func apartBySize(files []object.TreeFile) (small, large []object.TreeFile) {
	for _, f := range files {
		if f.Size <= batchBytes {
			small = append(small, f)
		} else {
			large = append(large, f)
		}
	}
	if len(small) < fewFiles {
		return nil, files
	}
	return small, large
}

// writeBatch puts small files into the working folder and returns their index entries. None is in its place before the
// content of all is durable.
func (w *worktree) writeBatch(ctx context.Context, files []object.TreeFile, p object.Progress) ([]IndexEntry, error) {
	fillings, err := w.fillBatch(ctx, files, p)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, f := range fillings {
		if f.file.Mode != object.ModeLink {
			names = append(names, path.Base(f.tmp))
		}
	}
	if err := w.root.SyncFiles(tmpDir, names); err != nil {
		return nil, err
	}
	entries := make([]IndexEntry, len(fillings))
	for i, f := range fillings {
		if entries[i], err = w.finish(f); err != nil {
			return nil, err
		}
	}
	return entries, nil
}

// fillBatch makes the temporary files, several at a time.
func (w *worktree) fillBatch(ctx context.Context, files []object.TreeFile, p object.Progress) ([]*filling, error) {
	known, err := w.lookAhead(files)
	if err != nil {
		return nil, err
	}
	fillings := make([]*filling, len(files))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(filesAtOnce)
	for i, file := range files {
		fillings[i] = w.begin(file)
		g.Go(func() error {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			p.Turn(checkingOut, file.Path)
			if err := w.fillKnown(ctx, fillings[i], known, p); err != nil {
				return fmt.Errorf("%s: %w", file.Path, err)
			}
			return nil
		})
	}
	return fillings, g.Wait()
}

// lookAhead reads the manifests of files that are next, as far as that can be done for all at once, and has the store
// look for their content.
func (w *worktree) lookAhead(files []object.TreeFile) (map[digest.ID]catalog.File, error) {
	known, err := w.folder.ReadFiles(object.IDs(files))
	if err != nil {
		return nil, err
	}
	var blobs []digest.ID
	for _, f := range known {
		blobs = append(blobs, f.Blobs...)
	}
	return known, w.folder.Store.LookAhead(object.Distinct(blobs))
}
