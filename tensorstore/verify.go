package tensorstore

import (
	"context"
	"fmt"
	"sync"

	"golang.org/x/sync/errgroup"

	"dits/tensorstore/pack"
)

// Verification of a store.
type Verification struct {
	// Decode decodes every record and compares digests; without it only the
	// checksums are compared, which finds every byte that has changed.
	Decode bool
	// Skip says that a record was already decoded and found right; may be nil.
	Skip func(Location) bool
	// Progress is told of each record's decoded bytes; may be nil.
	Progress func(bytes int64)
	// Report is told of each problem. It is not called concurrently.
	Report func(error)
}

// Verify reads every byte of every pack on disk and reports what is wrong. The error is
// that of the verification itself, not of what it finds.
func (s *Store) Verify(ctx context.Context, v Verification) error {
	names, err := pack.List(s.packDir())
	if err != nil {
		return err
	}
	var mu sync.Mutex
	report := func(err error) {
		mu.Lock()
		defer mu.Unlock()
		v.Report(err)
	}
	outer := ctx
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(s.options.Workers)
	for _, name := range names {
		if ctx.Err() != nil {
			break
		}
		r, err := pack.Open(s.packs.path(name))
		if err != nil {
			report(fmt.Errorf("pack %s: %w", name, asDamage(err)))
			continue
		}
		g.Go(func() error {
			defer r.Close()
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			check := r.Verify
			if v.Decode { // reads the payloads
				check = r.VerifyFrame
			}
			if err := check(); err != nil {
				report(fmt.Errorf("pack %s: %w", name, asDamage(err)))
			}
			return s.verifyRecords(ctx, v, name, r.Entries(), report)
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	return context.Cause(outer)
}

// verifyRecords decodes the records of one pack.
func (s *Store) verifyRecords(ctx context.Context, v Verification, name string, entries []pack.Entry, report func(error)) error {
	for _, e := range entries {
		if err := ctx.Err(); err != nil {
			return context.Cause(ctx)
		}
		loc := Location{name, e}
		if v.Decode && (v.Skip == nil || !v.Skip(loc)) {
			if err := s.VerifyRecord(loc); err != nil {
				report(err)
			}
		}
		if v.Progress != nil {
			v.Progress(e.RawLen)
		}
	}
	return nil
}

// VerifyRecord decodes a record and compares digests.
func (s *Store) VerifyRecord(loc Location) error {
	if loc.Kind == pack.Chunk {
		_, err := s.decodeChunk(loc, newReach())
		return err
	}
	b, err := s.readObject(loc)
	if err == nil && loc.Kind == pack.Blob {
		_, err = unmarshalBlob(loc.ID, b)
	}
	return err
}
