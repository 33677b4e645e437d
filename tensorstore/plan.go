package tensorstore

import (
	"context"
	"io"

	"dits/tensorstore/codec"
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
	"dits/tensorstore/predict"
)

// A plan is how the chunks of one tensor are coded.
type plan struct {
	store    *Store
	encoding codec.Encoding
	pred     *predict.Prediction // nil: none is needed
	id       digest.ID           // of the prediction's object
	source   digest.ID           // the blob that it predicts from; zero: none
	depth    uint8
	stored   int64 // bytes that the predictions' objects took
	rest     *plan // for what the prediction has no source for; nil: that is nothing

	parting *parting // nil: it is for all of the tensor
	end     int64    // of the part that it is for: first byte after it
}

// at is the plan for the bytes from off on, and how many they are at most: a chunk is
// predicted altogether or not at all. size is that of the tensor.
func (p *plan) at(off, size int64) (*plan, int64) {
	if p.rest == nil {
		return p, size - off
	}
	covered, end := p.pred.Covered(p.first(off))
	n := end*int64(p.pred.Elem.Size()) - off
	if !covered {
		return p.rest, n
	}
	return p, n
}

// first is the index of the element at byte off of the tensor.
func (p *plan) first(off int64) int64 { return off / int64(p.pred.Elem.Size()) }

// input is the context of the chunk of n bytes at off.
func (p *plan) input(off int64, n int) (codec.Input, error) {
	return p.pred.Input(p.first(off), n, p.store.opener(newReach()))
}

// plan chooses how to code a tensor: each way worth trying codes a sample, and the
// smallest wins, its prediction's own bytes included.
func (w *Writer) plan(ctx context.Context, src io.ReaderAt, size int64, k Known) (*plan, error) {
	plain := &plan{store: w.store, encoding: codec.Zstd}
	t := newTrial(w.store, w.level, src, size, k)
	if size == 0 || t.elem == codec.Bytes && len(k.Relatives) == 0 {
		return plain, nil
	}
	if w.level != MaxLevel { // which reads sources again and again
		t.partBytes = w.store.chunks.max * 3 / 4 / PutsAtOnce
	}
	best, err := t.best(ctx, k.Relatives, w.level == MaxLevel)
	if err != nil || best == nil {
		return plain, err
	}
	if best.partRows > 0 {
		return w.part(ctx, &parting{t, best, int64(w.store.options.Chunking.Max)}, 0)
	}
	return w.settle(best)
}

// settle stores the chosen prediction.
func (w *Writer) settle(c *candidate) (*plan, error) {
	p, err := w.keep(c)
	if err != nil || !c.pred.HasGaps() {
		return p, err
	}
	if p.rest, err = w.keep(alone(c.pred.Elem)); err == nil {
		p.stored += p.rest.stored
	}
	return p, err
}

// keep stores the prediction of c.
func (w *Writer) keep(c *candidate) (*plan, error) {
	p := &plan{store: w.store, encoding: c.encoding, pred: c.pred, depth: c.depth}
	payload := c.pred.Marshal()
	p.id = digest.Sum(payload)
	// The chunks are coded by what a reader will see.
	var err error
	if p.pred, err = predict.Unmarshal(payload); err != nil {
		return nil, err
	}
	p.source, _ = c.pred.Root()
	p.stored, err = w.putObject(pack.Prediction, p.id, payload)
	return p, err
}

// locate is the record of a chunk that readers take.
func (s *Store) locate(chunk digest.ID) (Location, error) {
	locs, err := s.index.Locate(pack.Chunk, chunk)
	if err == nil && len(locs) == 0 {
		err = &UnknownError{pack.Chunk, chunk}
	}
	if err != nil {
		return Location{}, err
	}
	return locs[0], nil
}

// Origin says how a blob is stored: what most of its bytes are coded with, and the blob
// that they are coded against, zero for none.
func (s *Store) Origin(id digest.ID) (codec.Encoding, digest.ID, error) {
	b, err := s.index.Blob(id)
	if err != nil {
		return 0, digest.ID{}, err
	}
	bytes := map[codec.Encoding]int64{}
	best := codec.Raw
	for _, c := range b.Chunks {
		loc, err := s.locate(c.ID)
		if err != nil {
			return 0, digest.ID{}, err
		}
		e := codec.Encoding(loc.Encoding)
		if bytes[e] += c.Len; bytes[e] > bytes[best] {
			best = e
		}
	}
	_, head, err := s.lineage(id)
	if err != nil || head == nil {
		return best, digest.ID{}, err
	}
	root, _ := head.Root()
	return best, root, nil
}
