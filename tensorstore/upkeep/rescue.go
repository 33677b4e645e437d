package upkeep

import (
	"context"
	"errors"
	"io/fs"

	"dits/tensorstore"
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
)

// rescueTries is how often a repacking keeps what others came to need meanwhile.
const rescueTries = 5

// replace deletes the old packs once all that is needed of them is in others. What another process
// seals until then may name a prediction that nothing named before: it is kept, too.
func (r *repacking) replace(ctx context.Context, old supersession) error {
	if err := r.rescue(old); err != nil {
		return err
	}
	if err := r.check(ctx, old); err != nil {
		return err
	}
	for try := 1; ; try++ {
		err := r.store.Remove(old.names(), func() error { return r.checkLate(ctx, old) })
		if !errors.Is(err, tensorstore.ErrUnknown) || try == rescueTries {
			return err
		}
		if err := r.rescue(old); err != nil {
			return err
		}
	}
}

// rescue copies the predictions out of the old packs that packs of others name.
func (r *repacking) rescue(old supersession) error {
	after := r.store.Without(old.names())
	names, err := r.store.Packs()
	if err != nil {
		return err
	}
	seen := map[digest.ID]bool{{}: true}
	for _, name := range names {
		if _, goes := old[name]; goes || r.looked[name] || r.sealed[name] {
			continue
		}
		p, err := r.store.Pack(name)
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, tensorstore.ErrCorrupt) {
			continue
		}
		if err != nil {
			return err
		}
		for _, e := range p.Entries {
			if seen[e.Prediction] {
				continue
			}
			seen[e.Prediction] = true
			if err := r.keep(after, e.Prediction); err != nil {
				return err
			}
		}
	}
	return r.writer.Flush()
}

// keep copies a prediction unless the store will have it when the old packs are gone, or has it no more.
func (r *repacking) keep(after *tensorstore.Store, id digest.ID) error {
	if has, err := after.HasObject(pack.Prediction, id); err != nil || has {
		return err
	}
	locs, err := r.store.Index().Locate(pack.Prediction, id)
	if err != nil || len(locs) == 0 {
		return err
	}
	return r.writer.Copy(locs[0], 0)
}
