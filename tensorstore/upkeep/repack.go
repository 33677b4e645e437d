package upkeep

import (
	"context"
	"fmt"

	"dits/tensorstore"
	"dits/tensorstore/choose"
	"dits/tensorstore/digest"
)

// A Tensor is a blob that [Repack] may code anew. Its relatives are those that are not of its
// family: the experts that were stacked in it, or the matrix that it has the scales of. Its adapters and importance
// matrices are tried, with those matrices that the store has predictions of the family with.
type Tensor struct {
	Blob  digest.ID
	Known choose.Known
}

// Options of one repacking. The zero value is what everyday use wants.
type Options struct {
	Level    choose.Level
	Depth    int               // longest chain of sources, at most 16; 0: the store's
	DryRun   bool              // say what would be gained; nothing is written
	Progress func(bytes int64) // told of the bytes of each tensor that was looked at; may be nil

	Only  func(family []Tensor) bool // the families that are looked at; nil: all
	Taken func(Moved)                // told of each tensor that is stored anew, or would be; may be nil

	// Manifest is the right one of several manifests of a file; nil: the first that can be read.
	Manifest func(file digest.ID) ([]byte, error)
}

// A Moved is a tensor and what it takes: before and after it was coded anew.
type Moved struct {
	Blob     digest.ID
	Source   digest.ID // what it is coded against now; zero: nothing
	Was, Now int64     // bytes of its own records, predictions included
}

// Repacked is what a repacking has done, or would do.
type Repacked struct {
	Before, After           int64 // bytes of all packs; After of a dry run is what is expected
	Tensors, Recoded        int   // tensors that were looked at, and those that are stored in another way now
	PacksBefore, PacksAfter int
}

// What a family has to save for its tensors to be coded anew: a share, and bytes.
const (
	repackShare = 0.01
	repackBytes = 64
)

// worthwhile says that n bytes instead of old are worth the writing.
func worthwhile(n, old int64) bool {
	return n < old-max(repackBytes, int64(repackShare*float64(old)))
}

// Repack looks for a better way to store each tensor than its records are, among the
// tensors of its family, and drops the records that are superseded. Then every content
// has one record, chains are no longer than asked for, and small packs are merged.
//
// New packs are sealed, adopted and read back before an old one is deleted; whenever it
// stops, everything reads back. The caller sees to it that only one repacking runs in a
// store; others may read and write meanwhile. When a record that has to be copied is
// damaged it stops, and no pack is deleted.
//
// Every tensor is read; what all packs say of their records is in memory, some 250 bytes each.
func Repack(ctx context.Context, s *tensorstore.Store, families [][]Tensor, o Options) (Repacked, error) {
	r, err := newRepacking(s, o)
	if err != nil {
		return Repacked{}, err
	}
	defer r.writer.Close()
	if err := r.survey(families); err != nil {
		return Repacked{}, err
	}
	for _, f := range families {
		if o.Only != nil && !o.Only(f) {
			continue
		}
		if err := r.family(ctx, f); err != nil {
			return r.done, err
		}
	}
	old, err := r.superseded()
	if err != nil {
		return r.done, err
	}
	if o.DryRun || len(old) == 0 {
		r.done.After, r.done.PacksAfter = r.expected(old)
		return r.done, nil
	}
	if err := r.rewrite(ctx, old); err != nil {
		return r.done, err
	}
	for name := range r.sealed {
		delete(old, name) // written again with the same records, after a repacking that was stopped
	}
	if err := r.replace(ctx, old); err != nil {
		return r.done, err
	}
	return r.done, r.measure()
}

// A repacking is one call of Repack.
type repacking struct {
	*inventory
	store   *tensorstore.Store
	options Options
	flat    *tensorstore.Store // the store as trials see it: no chain of it has a length yet
	writer  *tensorstore.Writer
	sealed  map[string]bool // packs of the writer
	looked  map[string]bool // packs that were checked before the old ones go
	graph   graph
	coded   int64 // bytes of new records
	done    Repacked
}

func newRepacking(s *tensorstore.Store, o Options) (*repacking, error) {
	if o.Depth == 0 {
		o.Depth = s.Options().Depth + choose.DerivedDepth
	}
	if o.Depth < 1 || o.Depth > choose.MaxDepth {
		return nil, fmt.Errorf("depth %d, want 1 to %d", o.Depth, choose.MaxDepth)
	}
	if o.Progress == nil {
		o.Progress = func(int64) {}
	}
	inv, err := newInventory(s, o.Manifest)
	if err != nil {
		return nil, err
	}
	r := &repacking{inventory: inv, store: s, options: o, flat: s.Flat(),
		sealed: map[string]bool{}, looked: map[string]bool{}}
	r.writer = s.Begin(tensorstore.WriterOptions{Level: o.Level, Alone: true,
		Sealed: func(name string) { r.sealed[name] = true }})
	r.graph = newGraph(r)
	r.done = Repacked{Before: inv.bytes(), PacksBefore: len(inv.packs)}
	return r, nil
}

// measure fills in what the packs take after a repacking.
func (r *repacking) measure() error {
	names, err := r.store.Index().Packs()
	if err != nil {
		return err
	}
	r.done.After, r.done.PacksAfter = 0, len(names)
	for _, name := range names {
		p, err := r.store.Pack(name)
		if err != nil {
			return err
		}
		r.done.After += p.Size
	}
	return nil
}
