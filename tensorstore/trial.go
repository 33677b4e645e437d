package tensorstore

import (
	"context"
	"io"

	"dits/tensorstore/codec"
	"dits/tensorstore/digest"
	"dits/tensorstore/predict"
)

// sampleElements is how long each piece of a sample is, in elements.
const sampleElements = 64 << 10

// A trial codes samples of one tensor in several ways.
type trial struct {
	store  *Store
	src    io.ReaderAt
	size   int64 // bytes
	elem   codec.Elem
	width  int64 // elements in a row, 0: no matrix
	sample []piece
}

// A piece is a run of the tensor's bytes.
type piece struct {
	off   int64
	bytes []byte
}

// A candidate is a way to code the tensor and what that would cost.
type candidate struct {
	encoding codec.Encoding
	pred     *predict.Prediction
	depth    uint8
	cost     int64 // bytes, estimated for the whole tensor with its prediction
}

// read takes the sample: all of a small tensor, two pieces of a large one.
func (t *trial) read() error {
	n := int64(sampleElements * t.elem.Size())
	if t.size <= 2*n {
		return t.readPiece(0, t.size)
	}
	row := max(t.width, 1) * int64(t.elem.Size())
	for _, at := range []int64{t.size / 4, t.size / 4 * 3} {
		at = at / row * row
		if err := t.readPiece(at, min(n, t.size-at)); err != nil {
			return err
		}
	}
	return nil
}

func (t *trial) readPiece(off, n int64) error {
	b := make([]byte, n)
	if got, err := t.src.ReadAt(b, off); got < len(b) {
		return readError(err)
	}
	t.sample = append(t.sample, piece{off, b})
	return nil
}

// best is the cheapest way to code the tensor; nil when none is smaller than its
// bytes. Coding alone is not tried, unless thorough, where a relative halves it.
func (t *trial) best(ctx context.Context, rs []Relative, thorough bool) (*candidate, error) {
	if err := t.read(); err != nil {
		return nil, err
	}
	best, err := t.bestRelative(ctx, rs)
	if err == nil && best != nil && thorough {
		best, err = t.withLowRank(ctx, best)
	}
	if err != nil {
		return nil, err
	}
	if best == nil || thorough || best.cost > t.size/2 {
		alone, err := t.bestAlone(ctx)
		if err != nil {
			return nil, err
		}
		best = cheaper(best, alone)
	}
	if best == nil || best.cost >= t.size {
		return nil, nil
	}
	return best, nil
}

// cheaper is the candidate of lower cost; either may be nil.
func cheaper(a, b *candidate) *candidate {
	if a == nil || b != nil && b.cost < a.cost {
		return b
	}
	return a
}

func (t *trial) elements() int64 { return t.size / int64(t.elem.Size()) }

// bestAlone is coding without a source, nil for bytes without arithmetic.
func (t *trial) bestAlone(ctx context.Context) (*candidate, error) {
	if t.elem == codec.Bytes {
		return nil, nil
	}
	// Nothing in this prediction is of this tensor alone: one object serves all of its type.
	c := &candidate{encoding: codec.Fields, pred: &predict.Prediction{Kind: predict.Alone, Elem: t.elem, From: t.elem}}
	if err := t.estimate(c); err != nil {
		return nil, err
	}
	return t.withScales(ctx, c)
}

// bestRelative is the cheapest of coding against one of the relatives, nil when none
// can be used.
func (t *trial) bestRelative(ctx context.Context, rs []Relative) (*candidate, error) {
	var best *candidate
	tried := map[digest.ID]bool{}
	for _, r := range rs {
		c := t.against(r)
		if c == nil || tried[c.pred.Sources[0]] {
			continue
		}
		tried[c.pred.Sources[0]] = true
		if t.estimate(c) == nil { // a relative that cannot be read is no relative
			best = cheaper(best, c)
		}
		if len(tried) == maxRelatives {
			break
		}
	}
	if best == nil {
		return nil, nil
	}
	return t.withScales(ctx, best)
}

// against is coding against a relative, or against that one's own source where the
// chain would become too long; nil when it cannot be used.
func (t *trial) against(r Relative) *candidate {
	from := elems[r.DType]
	depth, head, err := t.store.lineage(r.Blob)
	if err == nil && int(depth) >= t.store.options.Depth {
		if head == nil || len(head.Sources) == 0 {
			return nil // a pack of others claims a depth that it does not have
		}
		r.Blob, from = head.Sources[0], head.From
		depth, _, err = t.store.lineage(r.Blob)
	}
	if err != nil || int(depth) >= t.store.options.Depth {
		return nil
	}
	p := &predict.Prediction{Kind: predict.Relative, Elem: t.elem, From: from, Elements: t.elements(), Width: t.width, Sources: []digest.ID{r.Blob}}
	if from != t.elem {
		p.Kind = predict.Cast
	}
	b, err := t.store.Blob(r.Blob)
	if err != nil || !t.fits(p, b.Len()) {
		return nil
	}
	return &candidate{encoding: codec.Delta, pred: p, depth: depth + 1}
}

// fits says that a source of n bytes has an element for each of the tensor.
func (t *trial) fits(p *predict.Prediction, n int64) bool {
	if p.Kind == predict.Cast {
		return predict.CanCast(p.From, p.Elem) && n%int64(p.From.Size()) == 0 &&
			t.size%int64(t.elem.Size()) == 0 && n/int64(p.From.Size()) == t.elements()
	}
	return n == t.size
}
