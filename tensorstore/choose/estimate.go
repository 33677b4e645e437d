package choose

import (
	"context"

	"dits/tensorstore/codec"
	"dits/tensorstore/predict"
)

// nearCopy is the cost, as a share of the tensor, under which scales cannot pay: one
// part in 200 is 0.08 bit of 16.
const nearCopy = 200

// estimate codes the sample by c and sets its cost for the whole tensor. It is an error where the sources cannot be
// read, or c not be stored.
func (t *Trial) estimate(c *candidate) error {
	stored := c.pred.Marshal()
	if _, err := predict.Unmarshal(stored); err != nil {
		return err // larger than a prediction may be: readers would refuse it
	}
	share, err := t.coded(c)
	if err != nil {
		return err
	}
	c.cost = int64(share*float64(t.size)) + int64(len(stored))
	if c.pred.Elements > 0 {
		c.cost += RecordBytes // an object of its own
	}
	return nil
}

// coded is what c makes of the sample, as a share of its bytes.
func (t *Trial) coded(c *candidate) (float64, error) {
	var coded, total int64
	for _, p := range t.sample {
		n, err := t.try(c, p)
		if err != nil {
			return 0, err
		}
		coded += n
		total += int64(len(p.bytes))
	}
	return float64(coded) / float64(total), nil
}

// try is the number of bytes that c needs for a piece of the sample.
func (t *Trial) try(c *candidate, p piece) (int64, error) {
	first := p.off / int64(t.elem.Size())
	in, err := c.pred.Input(first, len(p.bytes), t.sources.Opener())
	if err != nil {
		return 0, err
	}
	encoding := c.encoding
	if covered, _ := c.pred.Covered(first); !covered {
		encoding, in.Pred = codec.Fields, nil // see rest
	}
	coder, err := codec.For(encoding)
	if err != nil {
		return 0, err
	}
	enc, ok := coder.Encode(nil, p.bytes, in)
	if !ok || len(enc) > len(p.bytes) {
		return int64(len(p.bytes)), nil
	}
	return int64(len(enc)), nil
}

// predicted is n predicted bytes from element first on, nil when there is no source.
func (t *Trial) predicted(p *predict.Prediction, first int64, n int) ([]byte, error) {
	if !p.Predicts() {
		return nil, nil
	}
	b := make([]byte, n)
	return b, p.Predict(b, first, t.sources.Opener())
}

// withScales is c with the scales of rows and columns as context, or c itself where
// they cost more than they bring.
func (t *Trial) withScales(ctx context.Context, c *candidate) (*candidate, error) {
	if t.width == 0 || c.cost < t.size/nearCopy || c.encoding == codec.Blocks && !predict.Readable(t.elem) {
		return c, nil
	}
	if rows := t.partRows(c); rows > 0 {
		parted := *c
		parted.partRows = rows
		return &parted, nil
	}
	best := c
	for _, mode := range t.scaleModes() {
		act, err := t.measure(ctx, c.pred, mode)
		if err != nil || act == nil {
			return c, err
		}
		scaled := c.with(act, t)
		if err := t.estimate(scaled); err != nil {
			return nil, err
		}
		best = cheaper(best, scaled)
	}
	return best, nil
}

// with is c with the scales of the tensor of t.
func (c *candidate) with(act *codec.Activity, t *Trial) *candidate {
	pred := *c.pred
	pred.Activity, pred.Width, pred.Elements = act, t.width, t.elements()
	return &candidate{encoding: c.encoding, pred: &pred, depth: c.depth}
}

// scaleModes are the scales that are tried. The blocks of a row of quants have steps of their own, which say
// most of what its scale would.
func (t *Trial) scaleModes() []codec.Mode {
	if _, ok := t.elem.Block(); ok {
		return []codec.Mode{codec.ColScales, codec.RowColScales}
	}
	return []codec.Mode{codec.RowColScales}
}
