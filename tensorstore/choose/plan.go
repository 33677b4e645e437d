package choose

import (
	"context"
	"io"

	"dits/tensorstore/codec"
	"dits/tensorstore/digest"
	"dits/tensorstore/predict"
)

// A Plan is how the chunks of one tensor are coded. The zero value predicts nothing.
type Plan struct {
	sources  Sources
	encoding codec.Encoding
	pred     *predict.Prediction // nil: none is needed
	object   Object              // that holds it
	depth    uint8
	rest     *Plan // for what the prediction has no source for; nil: that is nothing

	parting *parting // nil: it is for all of the tensor
	end     int64    // of the part that it is for: first byte after it
}

// An Object is the stored form of a prediction, and the digest of that.
type Object struct {
	ID      digest.ID
	Payload []byte
}

// Best chooses how to code a tensor: each way worth trying codes a sample, and the smallest wins, its prediction's
// own bytes included.
func Best(ctx context.Context, s Sources, o Options, src io.ReaderAt, size int64, k Known) (*Plan, error) {
	t := NewTrial(s, o, src, size, k)
	if size == 0 || t.elem == codec.Bytes && len(k.Relatives) == 0 {
		return &Plan{}, nil
	}
	c, err := t.best(ctx, k.Relatives)
	switch {
	case err != nil:
		return nil, err
	case c == nil:
		return &Plan{}, nil
	case c.partRows > 0:
		return (&parting{t, c}).plan(ctx, 0)
	}
	return settle(s, c)
}

// settle is the plan for c and, where that has gaps, for what lies in them.
func settle(s Sources, c *candidate) (*Plan, error) {
	p, err := planOf(s, c)
	if err == nil && c.pred.HasGaps() {
		p.rest, err = planOf(s, alone(c.pred.Elem))
	}
	return p, err
}

// planOf is the plan for chunks that c predicts.
func planOf(s Sources, c *candidate) (*Plan, error) {
	p := &Plan{sources: s, encoding: c.encoding, depth: c.depth}
	p.object.Payload = c.pred.Marshal()
	p.object.ID = digest.Sum(p.object.Payload)
	// The chunks are coded by what a reader will see.
	var err error
	p.pred, err = predict.Unmarshal(p.object.Payload)
	return p, err
}

// Prediction is what the chunks are coded with, nil for nothing. Do not change it.
func (p *Plan) Prediction() *predict.Prediction { return p.pred }

// Objects are what the chunks need, for the caller to store before them.
func (p *Plan) Objects() (out []Object) {
	if p.pred != nil {
		out = append(out, p.object)
	}
	if p.rest != nil {
		out = append(out, p.rest.object)
	}
	return out
}

// At is the plan for the bytes from off on, and how many they are at most: a chunk is
// predicted altogether or not at all. size is that of the tensor.
func (p *Plan) At(off, size int64) (*Plan, int64) {
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

// Next is the plan for the chunk that begins at off: p, or that of the next part.
func (p *Plan) Next(ctx context.Context, off int64) (*Plan, error) {
	if p.parting == nil || off < p.end {
		return p, nil
	}
	return p.parting.plan(ctx, off)
}

// first is the index of the element at byte off of the tensor.
func (p *Plan) first(off int64) int64 { return off / int64(p.pred.Elem.Size()) }
