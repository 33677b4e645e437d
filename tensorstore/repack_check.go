package tensorstore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"golang.org/x/sync/errgroup"

	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
)

// A hidingIndex is an index without some packs, as it is once they are deleted.
type hidingIndex struct {
	Index
	hidden supersession
}

func (x hidingIndex) Locate(kind pack.Kind, id digest.ID) ([]Location, error) {
	locs, err := x.Index.Locate(kind, id)
	return x.shown(locs), err
}

func (x hidingIndex) LocateAll(kind pack.Kind, ids []digest.ID) (map[digest.ID][]Location, error) {
	found, err := x.Index.LocateAll(kind, ids)
	for id, locs := range found {
		found[id] = x.shown(locs)
	}
	return found, err
}

// shown is those of the records that are not hidden.
func (x hidingIndex) shown(locs []Location) []Location {
	return slices.DeleteFunc(locs, func(l Location) bool { _, hide := x.hidden[l.Pack]; return hide })
}

// check reads back what the new packs hold and all that a record of any pack needs,
// as if the old packs were gone already: nothing is deleted that somebody needs.
func (r *repacking) check(ctx context.Context, old supersession) error {
	r.store.chunks.Purge() // one cache at a time
	s := r.store.over(hidingIndex{r.store.index, old})
	names, err := pack.List(r.store.packDir())
	if err != nil {
		return err
	}
	affected, predictions := map[digest.ID]bool{}, map[digest.ID]bool{{}: true}
	for _, name := range names {
		if _, goes := old[name]; goes {
			continue
		}
		if err := r.checkPack(ctx, s, name, affected, predictions); err != nil {
			return fmt.Errorf("pack %s: %w", name, err)
		}
	}
	return r.checkBlobs(ctx, s, affected)
}

// checkPack decodes the records of a new pack; of any other it looks whether the
// predictions that it names are there, also of one that another process has sealed meanwhile.
func (r *repacking) checkPack(ctx context.Context, s *Store, name string, affected, predictions map[digest.ID]bool) error {
	p, err := s.packs.get(name)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, ErrCorrupt) {
		return nil // a damaged one has no part in this
	}
	if err != nil {
		return err
	}
	defer s.packs.put(p)
	for _, e := range p.Entries() {
		if err := ctx.Err(); err != nil {
			return context.Cause(ctx)
		}
		switch isNew := r.adopted.names[name]; {
		case isNew && e.Kind != pack.Chunk:
			err = s.verifyRecord(Location{name, e})
		case isNew:
			affected[e.ID] = true
		case !predictions[e.Prediction]:
			predictions[e.Prediction] = true
			err = r.checkPrediction(s, e.Prediction)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// checkPrediction looks whether a prediction and all chunks of its sources are there, unless
// that is damage which was there before.
func (r *repacking) checkPrediction(s *Store, id digest.ID) error {
	if known, err := r.store.HasObject(pack.Prediction, id); err != nil || !known {
		return err
	}
	if has, err := s.HasObject(pack.Prediction, id); err != nil || !has {
		return errors.Join(err, &UnknownError{pack.Prediction, id})
	}
	n, err := r.needs(id)
	if err != nil {
		return nil // a damaged prediction: its records are as unreadable as before
	}
	for _, source := range n.sources {
		before, err := r.store.hasWhole(source)
		if err != nil || !before {
			return err
		}
		if after, err := s.hasWhole(source); err != nil || !after {
			return errors.Join(err, &UnknownError{pack.Blob, source})
		}
	}
	return nil
}

// checkBlobs reads each blob that has an affected chunk, and chunks that are in no list.
func (r *repacking) checkBlobs(ctx context.Context, s *Store, affected map[digest.ID]bool) error {
	g, inner := errgroup.WithContext(ctx)
	g.SetLimit(s.options.Workers)
	listed := map[digest.ID]bool{}
	for blob, list := range r.graph.lists {
		touched := false
		for _, c := range list {
			if affected[c.ID] {
				listed[c.ID], touched = true, true
			}
		}
		if !touched || inner.Err() != nil {
			continue
		}
		g.Go(func() error { return r.checkBlob(s, blob) })
	}
	for chunk := range affected {
		if !listed[chunk] && inner.Err() == nil {
			g.Go(func() error {
				own := newReach()
				_, err := s.chunk(chunk, own)
				return err
			})
		}
	}
	if err := g.Wait(); err != nil {
		return err
	}
	return context.Cause(ctx)
}

// checkBlob reads a blob and compares its digest. One that could not be read before does
// not have to be read now.
func (r *repacking) checkBlob(s *Store, id digest.ID) error {
	whole := digest.NewHasher()
	b, err := s.Blob(id)
	if err == nil {
		_, err = b.WriteTo(whole)
	}
	if errors.Is(err, ErrUnknown) {
		if before, berr := r.store.hasWhole(id); berr == nil && !before {
			return nil
		}
	}
	if err != nil {
		return fmt.Errorf("blob %s: %w", id, err)
	}
	if got := whole.ID(); got != id {
		return fmt.Errorf("blob %s: %w: content has digest %s", id, ErrCorrupt, got)
	}
	return nil
}

// remove deletes packs. They go from the disk before the index forgets them, lest another
// process adopt them in between.
func (s *Store) remove(names []string) error {
	for _, name := range names {
		s.packs.forget(name)
		if err := s.options.FS.Remove(s.packs.path(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if err := s.options.FS.SyncDir(s.packDir()); err != nil {
		return err
	}
	return s.forget(names)
}
