package work

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strconv"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"

	"dits/repo/object"
	"dits/tensorstore/digest"
	"dits/tensorstore/disk"
)

// checkingOut is the pass over the files to write.
const checkingOut = "checking out"

// filesAtOnce bounds the temporary files: those being filled and those that wait for their turn.
const filesAtOnce = 16

// A filling is a file on its way into the working folder.
type filling struct {
	file object.TreeFile
	tmp  string
	done chan error // capacity 1

	twins []*filling // files with the same bytes that come later
	twin  chan bool  // of a twin: that it was made, as a clone; capacity 1
}

// begin is a file that is to be filled.
func (w *worktree) begin(f object.TreeFile) *filling {
	w.made++
	return &filling{file: f, tmp: path.Join(tmpDir, strconv.Itoa(w.made)), done: make(chan error, 1)}
}

// beginAll are files that are to be filled, those with the same bytes as twins of the first of them.
func (w *worktree) beginAll(files []object.TreeFile) []*filling {
	first := map[digest.ID]*filling{}
	all := make([]*filling, len(files))
	for i, file := range files {
		f := w.begin(file)
		all[i] = f
		of := first[file.ID]
		switch {
		case file.Mode == object.ModeLink, file.Size <= batchBytes: // to write it takes as long
		case of == nil || len(of.twins) == filesAtOnce:
			first[file.ID] = f
		default:
			f.twin = make(chan bool, 1)
			of.twins = append(of.twins, f)
		}
	}
	return all
}

// finish puts a filled file into its place and returns its index entry.
func (w *worktree) finish(f *filling) (IndexEntry, error) {
	got, err := w.write(f.file, f.tmp)
	e := IndexEntry{Path: f.file.Path, Mode: f.file.Mode, ID: f.file.ID, Size: f.file.Size, Stat: got.Stat, fresh: true}
	return e, err
}

// writeAll puts files into the working folder and returns their index entries: many small ones a batch at a time, then
// the others.
func (w *worktree) writeAll(ctx context.Context, files []object.TreeFile, p object.Progress) ([]IndexEntry, error) {
	small, large := apartBySize(files)
	var entries []IndexEntry
	for batch := range slices.Chunk(small, batchFiles) {
		written, err := w.writeBatch(ctx, batch, p)
		if err != nil {
			return nil, err
		}
		entries = append(entries, written...)
	}
	written, err := w.writeEach(ctx, large, p)
	return append(entries, written...), err
}

// writeEach puts files into the working folder, in order, and returns their index entries. Their
// temporary files are filled several at a time: with small ones nearly all of the time is waiting
// for the disk. Together they take the memory that one large file takes, which is filled alone.
func (w *worktree) writeEach(ctx context.Context, files []object.TreeFile, p object.Progress) ([]IndexEntry, error) {
	entries := make([]IndexEntry, 0, len(files))
	queue := make(chan *filling, filesAtOnce-1) // and one that is waited for
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		defer close(queue)
		return w.fillAll(ctx, g, files, queue, p)
	})
	g.Go(func() error {
		for f := range queue {
			if err := <-f.done; err != nil {
				return fmt.Errorf("%s: %w", f.file.Path, err)
			}
			e, err := w.finish(f)
			if err != nil {
				return err
			}
			entries = append(entries, e)
		}
		return nil
	})
	return entries, g.Wait()
}

// fillAll starts the fills in g, as far as there is room for them.
func (w *worktree) fillAll(ctx context.Context, g *errgroup.Group, files []object.TreeFile, queue chan<- *filling, p object.Progress) error {
	room := semaphore.NewWeighted(object.CopyMemory())
	for _, f := range w.beginAll(files) {
		select {
		case queue <- f:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		n := min(f.file.Size, object.CopyMemory())
		if err := room.Acquire(ctx, n); err != nil {
			f.done <- err
			return context.Cause(ctx)
		}
		g.Go(func() error {
			defer room.Release(n)
			p.Turn(checkingOut, f.file.Path)
			f.done <- w.fillTwins(ctx, f, p)
			return nil // writeAll returns it, after the files before it are in place
		})
	}
	return nil
}

// fillTwins fills a file, and its twins as clones of it where the file system can: before anybody else may write to it.
func (w *worktree) fillTwins(ctx context.Context, f *filling, p object.Progress) error {
	if f.twin != nil && <-f.twin {
		p.Add(f.file.Size)
		return nil
	}
	err := w.fillSynced(ctx, f, p)
	for _, twin := range f.twins {
		twin.twin <- err == nil && w.clone(f.tmp, twin) == nil
	}
	return err
}

// clone makes the temporary file of a twin. Where that fails nothing is left of it.
func (w *worktree) clone(from string, f *filling) error {
	in, err := w.root.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := w.root.Create(f.tmp, modeOf(f.file))
	if err != nil {
		return err
	}
	err = disk.Clone(out, in)
	if err == nil {
		err = out.Sync()
	}
	if err = errors.Join(err, out.Close()); err != nil {
		w.root.Remove(f.tmp)
	}
	return err
}
