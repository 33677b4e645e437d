package work

import (
	"context"
	"fmt"
	"strconv"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"

	"dits/repo/object"
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
}

// writeAll puts files into the working folder, in order, and returns their index entries. Their
// temporary files are filled several at a time: with small ones nearly all of the time is waiting
// for the disk. Together they take the memory that one large file takes, which is filled alone.
func (w *worktree) writeAll(ctx context.Context, files []object.TreeFile, p object.Progress) ([]IndexEntry, error) {
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
			got, err := w.write(f.file, f.tmp)
			if err != nil {
				return err
			}
			entries = append(entries, IndexEntry{
				Path: f.file.Path, Mode: f.file.Mode, ID: f.file.ID, Size: f.file.Size, Stat: got.Stat, fresh: true,
			})
		}
		return nil
	})
	return entries, g.Wait()
}

// fillAll starts the fills in g, as far as there is room for them.
func (w *worktree) fillAll(ctx context.Context, g *errgroup.Group, files []object.TreeFile, queue chan<- *filling, p object.Progress) error {
	room := semaphore.NewWeighted(object.CopyMemory())
	for _, file := range files {
		w.made++
		f := &filling{file, tmpDir + "/" + strconv.Itoa(w.made), make(chan error, 1)}
		select {
		case queue <- f:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		n := min(file.Size, object.CopyMemory())
		if err := room.Acquire(ctx, n); err != nil {
			f.done <- err
			return context.Cause(ctx)
		}
		g.Go(func() error {
			defer room.Release(n)
			p.Turn(checkingOut, file.Path)
			f.done <- w.fill(ctx, f.tmp, file, p)
			return nil // writeAll returns it, after the files before it are in place
		})
	}
	return nil
}
