package repo

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"dits/repo/object"
	"dits/repo/refs"
	"dits/repo/work"
)

// The passes over each file that is moved into the store.
const (
	readingBack = "reading back"
	comparing   = "comparing"
)

// batchMoved is how many bytes, and filesAtOnce how many files, are moved into the store at a time: so long the lock is
// held, and so often the index is written.
const batchMoved = 4 << 30

// movable says that a file may be in the store alone: no link, which takes nothing, and no list of what is ignored,
// which is read in the working folder.
func movable(name string, mode uint32) bool {
	return mode != object.ModeLink && path.Base(name) != work.IgnoreFile
}

// toMove are the entries, ascending, of files that were staged, and of those that were so before.
func (a *adding) toMove(same []string) []work.IndexEntry {
	entries := slices.Clone(a.staged)
	for _, name := range same {
		entries = append(entries, *a.index.Find(name))
	}
	entries = slices.DeleteFunc(entries, func(e work.IndexEntry) bool {
		stays := e.Dereferenced || !movable(e.Path, e.Mode)
		if stays {
			a.options.Skipped(work.Skipped{Path: e.Path, Reason: whyStays(e)})
		}
		return stays
	})
	slices.SortFunc(entries, func(a, b work.IndexEntry) int { return strings.Compare(a.Path, b.Path) })
	return entries
}

func whyStays(e work.IndexEntry) string {
	if e.Dereferenced || e.Mode == object.ModeLink {
		return "is a link, and stays in the working folder"
	}
	return "says what is ignored, and stays in the working folder"
}

// putAway removes the working files of entries that are staged, once they were read back from the store. Each is there,
// or away for good, wherever that stops.
func (r *Repo) putAway(ctx context.Context, entries []work.IndexEntry, o AddOptions) error {
	var total int64
	for _, e := range entries {
		total += e.Size
	}
	o.Progress.Start(readingBack, total)
	o.Progress.Start(comparing, total)
	defer o.Progress.Done()
	for len(entries) > 0 {
		n, size := 0, int64(0)
		for n < min(len(entries), filesAtOnce) && (n == 0 || size+entries[n].Size <= batchMoved) {
			size += entries[n].Size
			n++
		}
		if err := r.putBatchAway(ctx, entries[:n], o); err != nil {
			return err
		}
		entries = entries[n:]
	}
	return nil
}

func (r *Repo) putBatchAway(ctx context.Context, entries []work.IndexEntry, o AddOptions) error {
	moved, err := r.readBack(ctx, entries, o.Progress)
	if err != nil {
		return err
	}
	_, err = change(r, func(_ refs.Head, x *work.Index) (none struct{}, err error) {
		w, err := r.OpenWorktree(false)
		if err != nil {
			return none, err
		}
		o.Progress.Turn(comparing, entries[0].Path)
		return none, errors.Join(w.PutAway(x, entries, o.Progress), w.Close())
	})
	if err == nil && o.Moved != nil {
		for _, a := range moved {
			o.Moved(a)
		}
	}
	return err
}

// readBack reads files as the store has them, all from its packs, and makes sure of their digests.
func (r *Repo) readBack(ctx context.Context, entries []work.IndexEntry, p object.Progress) ([]Added, error) {
	db := r.Anew()
	moved := make([]Added, len(entries))
	for i, e := range entries {
		p.Turn(readingBack, e.Path)
		f, err := db.ReadFile(e.ID)
		if err == nil && f.Layout.Size != e.Size {
			err = fmt.Errorf("%d bytes, want %d: %w", f.Layout.Size, e.Size, object.ErrCorrupt)
		}
		if err == nil {
			err = db.Prove(ctx, f, p)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: stays in the working folder, the store cannot give it back: %w", e.Path, err)
		}
		n := len(f.Layout.Tensors)
		moved[i] = Added{Path: e.Path, Format: f.Layout.Format, Logical: e.Size, Tensors: n, Known: n, Moved: true}
	}
	return moved, nil
}
