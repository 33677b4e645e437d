package tensorstore

import (
	"context"

	"dits/tensorstore/codec"
	"dits/tensorstore/predict"
)

// grids are the roundings of low-rank factors that are tried: few and coarse steps serve
// fine-tunes, whose change is spread over many directions, many steps serve a merged adapter, whose is not.
var grids = []predict.Grid{
	{Rank: 8, Steps: 8}, {Rank: 16, Steps: 8}, {Rank: 24, Steps: 8}, {Rank: 32, Steps: 6}, {Rank: 32, Steps: 12}, {Rank: 48, Steps: 8},
	{Rank: 16, Steps: 24}, {Rank: 8, Steps: 256}, {Rank: 16, Steps: 256}, {Rank: 32, Steps: 256},
}

// lowRankGain is the share of a tensor's cost that low rank has to save on the sample to be
// fitted to the whole.
const lowRankGain = 0.02

// withLowRank is c with its source moved by a matrix of low rank, or c itself where that
// does not pay.
func (t *trial) withLowRank(ctx context.Context, c *candidate) (*candidate, error) {
	if c.pred.Kind != predict.Relative || !predict.HasLowRank(t.elem) || t.width == 0 || c.cost < t.size/nearCopy {
		return c, nil
	}
	fit, err := predict.NewFit(t.change(c.pred))
	if err != nil || fit == nil {
		return c, err
	}
	best, rounding := c.cost-int64(lowRankGain*float64(c.cost)), (*predict.Rounding)(nil)
	for _, g := range grids {
		if err := ctx.Err(); err != nil {
			return nil, context.Cause(ctx)
		}
		r := fit.Round(g)
		if r == nil {
			continue
		}
		cost, err := t.tryRounding(c, r)
		if err != nil {
			return nil, err
		}
		if cost < best {
			best, rounding = cost, r
		}
	}
	if rounding == nil {
		return c, nil
	}
	factors, err := rounding.Factors(0, t.rows())
	if err != nil {
		return nil, err
	}
	low := &candidate{encoding: codec.Delta, pred: t.lowRank(c, t.elements(), factors), depth: c.depth}
	if err := t.estimate(low); err != nil {
		return nil, err
	}
	if low, err = t.withScales(ctx, low); err != nil {
		return nil, err
	}
	return cheaper(c, low), nil
}

// lowRank is the prediction of c for n elements, moved by factors.
func (t *trial) lowRank(c *candidate, n int64, f *predict.Factors) *predict.Prediction {
	return &predict.Prediction{Kind: predict.LowRank, Elem: t.elem, From: t.elem, Elements: n, Width: t.width, Sources: c.pred.Sources, Factors: f}
}

// rows is the number of rows of the tensor, the last perhaps not whole.
func (t *trial) rows() int64 { return (t.elements() + t.width - 1) / t.width }

// change reads the tensor less what c predicts.
func (t *trial) change(p *predict.Prediction) predict.Change {
	return predict.Change{Rows: t.rows(), Width: t.width, Read: func(dst []float32, row int64) error {
		n := min(int64(len(dst)), t.elements()-row*t.width)
		b := make([]byte, n*int64(t.elem.Size()))
		if got, err := t.src.ReadAt(b, row*t.width*int64(t.elem.Size())); got < len(b) {
			return readError(err)
		}
		pred, err := t.predicted(p, row*t.width, len(b))
		if err != nil {
			return err
		}
		clear(dst)
		predict.Subtract(dst[:n], b, pred, t.elem)
		return nil
	}}
}

// tryRounding is the estimated cost of the whole tensor with factors rounded in that way:
// each piece of the sample is coded with factors and scales of its own rows.
func (t *trial) tryRounding(c *candidate, r *predict.Rounding) (int64, error) {
	row := t.width * int64(t.elem.Size())
	var coded, total, factors int64
	for _, p := range t.sample {
		first, n := p.off/row, (int64(len(p.bytes))+row-1)/row
		f, err := r.Factors(first, n)
		if err != nil {
			return 0, err
		}
		source, err := t.predicted(c.pred, first*t.width, len(p.bytes))
		if err != nil {
			return 0, err
		}
		coded += t.tryMoved(t.lowRank(c, int64(len(p.bytes)/t.elem.Size()), f), p.bytes, source)
		total += int64(len(p.bytes))
		factors += f.Size(float64(t.rows())/float64(n)) / int64(len(t.sample))
	}
	return int64(float64(coded)*float64(t.size)/float64(total)) + factors + recordBytes, nil
}

// tryMoved is the number of bytes that a piece takes when its source is moved as pred says.
func (t *trial) tryMoved(pred *predict.Prediction, src, source []byte) int64 {
	moved := pred.Move(source)
	rows := (pred.Elements + t.width - 1) / t.width
	m := codec.NewMeter(t.elem, rows, t.width, codec.RowColScales)
	m.Add(src, moved, 0)
	pred.Activity = m.Activity()
	coder, err := codec.For(codec.Delta)
	if err != nil {
		return int64(len(src))
	}
	enc, ok := coder.Encode(nil, src, pred.Input(0, moved))
	if !ok {
		return int64(len(src))
	}
	return int64(len(enc))
}
