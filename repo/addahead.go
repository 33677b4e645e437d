package repo

import (
	"bytes"
	"context"
	"io"
	"os"
	"runtime"
	"sync"

	"golang.org/x/sync/errgroup"

	"dits/catalog"
	"dits/repo/object"
	"dits/repo/work"
	"dits/tensorstore/digest"
	"dits/tensorstore/disk"
)

// A smallFile is one that was read before its turn, together with others.
type smallFile struct {
	entry   work.IndexEntry
	content []byte
	scanned catalog.File
}

// smallBytes is the largest of them. To ask the catalog takes as long as to store so much.
const smallBytes = 64 << 10

// fewAhead is how many files are not worth three questions of their own.
const fewAhead = 4

// lookAhead reads the small files among those that are next, and asks the catalog once what it has of them. What cannot
// be read, or changes meanwhile, is left to be read, and told of, in its turn.
func (a *adding) lookAhead(ctx context.Context, paths []string) error {
	a.ahead = map[string]*smallFile{}
	if len(paths) < fewAhead {
		return nil
	}
	var mu sync.Mutex
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for _, path := range paths {
		g.Go(func() error {
			if small := a.readSmall(ctx, path); small != nil {
				mu.Lock()
				defer mu.Unlock()
				a.ahead[path] = small
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	var manifests, blobs []digest.ID
	for _, small := range a.ahead {
		manifests = append(manifests, small.scanned.ID)
		blobs = append(blobs, small.scanned.Blobs...)
	}
	return a.writer.LookAhead(object.Distinct(manifests), object.Distinct(blobs))
}

// readSmall is nil for what is no small file, or none that stays as it is while it is read.
func (a *adding) readSmall(ctx context.Context, path string) *smallFile {
	full := a.repo.WorkPath(path)
	seen, err := os.Lstat(full)
	if err != nil || !seen.Mode().IsRegular() || seen.Size() > smallBytes {
		return nil
	}
	f, err := disk.OpenRegular(full)
	if err != nil {
		return nil
	}
	defer f.Close()
	before, err := f.Stat()
	if err != nil || !os.SameFile(seen, before) || before.Size() > smallBytes {
		return nil
	}
	mode, ok := object.ModeOf(before.Mode())
	if !ok {
		return nil
	}
	small := &smallFile{entry: work.IndexEntry{Path: path, Mode: mode, Size: before.Size(), Stat: work.StatOf(before)}}
	small.content = make([]byte, before.Size())
	if err := object.ReadFull(f, small.content, 0); err != nil {
		return nil
	}
	after, err := f.Stat()
	if err != nil || after.Size() != before.Size() || work.StatOf(after) != work.StatOf(before) {
		return nil
	}
	small.scanned, err = object.Scan(ctx, bytes.NewReader(small.content), before.Size(), path, func(int64) {})
	if err != nil {
		return nil
	}
	return small
}

// scan is [object.Scan] of a file that is added, unless that was done before its turn.
func (a *adding) scan(ctx context.Context, e *work.IndexEntry, src io.ReaderAt) (catalog.File, error) {
	p := a.options.Progress
	if small := a.ahead[e.Path]; small != nil && e == &small.entry {
		p.Add(e.Size)
		return small.scanned, nil
	}
	return object.Scan(ctx, src, e.Size, e.Path, p.Add)
}
