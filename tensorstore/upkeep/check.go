package upkeep

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"golang.org/x/sync/errgroup"

	"dits/tensorstore"
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
)

// check reads back what the new packs hold and all that a record of any pack needs,
// as if the old packs were gone already: nothing is deleted that somebody needs.
func (r *repacking) check(ctx context.Context, old supersession) error {
	s := r.store.Without(old.names())
	names, err := s.Packs()
	if err != nil {
		return err
	}
	affected, predictions := map[digest.ID]bool{}, map[digest.ID]bool{{}: true}
	for _, name := range names {
		if _, goes := old[name]; goes {
			continue
		}
		r.looked[name] = true
		if err := r.checkPack(ctx, s, name, affected, predictions); err != nil {
			return fmt.Errorf("pack %s: %w", name, err)
		}
	}
	return r.checkBlobs(ctx, s, affected)
}

// checkLate is check of the packs that others have sealed since: while nobody can seal one.
func (r *repacking) checkLate(ctx context.Context, old supersession) error {
	s := r.store.Without(old.names())
	names, err := s.Packs()
	if err != nil {
		return err
	}
	affected, predictions := map[digest.ID]bool{}, map[digest.ID]bool{{}: true}
	for _, name := range names {
		if _, goes := old[name]; goes || r.looked[name] {
			continue
		}
		if err := r.checkPack(ctx, s, name, affected, predictions); err != nil {
			return fmt.Errorf("pack %s: %w", name, err)
		}
	}
	return nil
}

// checkPack decodes the records of a new pack; of any other it looks whether the
// predictions that it names are there, also of one that another process has sealed meanwhile.
func (r *repacking) checkPack(ctx context.Context, s *tensorstore.Store, name string,
	affected, predictions map[digest.ID]bool) error {
	p, err := s.Pack(name)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, tensorstore.ErrCorrupt) {
		return nil // a damaged one has no part in this
	}
	if err != nil {
		return err
	}
	for _, e := range p.Entries {
		if err := ctx.Err(); err != nil {
			return context.Cause(ctx)
		}
		switch isNew := r.sealed[name]; {
		case isNew && e.Kind != pack.Chunk:
			err = s.VerifyRecord(tensorstore.Location{Pack: name, Entry: e})
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
func (r *repacking) checkPrediction(s *tensorstore.Store, id digest.ID) error {
	if known, err := r.store.HasObject(pack.Prediction, id); err != nil || !known {
		return err
	}
	if has, err := s.HasObject(pack.Prediction, id); err != nil || !has {
		return errors.Join(err, &tensorstore.UnknownError{Kind: pack.Prediction, ID: id})
	}
	n, err := r.needs(id)
	if err != nil {
		return nil // a damaged prediction: its records are as unreadable as before
	}
	for _, source := range n.sources {
		before, err := r.store.HasWhole(source)
		if err != nil || !before {
			return err
		}
		if after, err := s.HasWhole(source); err != nil || !after {
			return errors.Join(err, &tensorstore.UnknownError{Kind: pack.Blob, ID: source})
		}
	}
	return nil
}

// checkBlobs reads each blob that has an affected chunk, and chunks that are in no list.
func (r *repacking) checkBlobs(ctx context.Context, s *tensorstore.Store, affected map[digest.ID]bool) error {
	g, inner := errgroup.WithContext(ctx)
	g.SetLimit(s.Options().Workers)
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
				_, err := s.Chunk(chunk)
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
func (r *repacking) checkBlob(s *tensorstore.Store, id digest.ID) error {
	whole := digest.NewHasher()
	b, err := s.Blob(id)
	if err == nil {
		_, err = b.WriteTo(whole)
	}
	if errors.Is(err, tensorstore.ErrUnknown) {
		if before, berr := r.store.Sound(id); berr == nil && !before {
			return nil
		}
	}
	if err != nil {
		return fmt.Errorf("blob %s: %w", id, err)
	}
	if got := whole.ID(); got != id {
		return fmt.Errorf("blob %s: %w: content has digest %s", id, tensorstore.ErrCorrupt, got)
	}
	return nil
}
