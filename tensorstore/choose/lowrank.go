package choose

import (
	"bytes"
	"context"
	"math"

	"dits/tensorstore/codec"
	"dits/tensorstore/predict"
)

const (
	// lowRankGain is the share of what the sample costs with scales that low rank has to save there to be
	// fitted to the whole.
	lowRankGain = 0.02
	// lowRankWorth is how many bits a weight less a residual is taken to cost, at first, that is half
	// as large.
	lowRankWorth = 1.0
	// lowRankTries is how many roundings are tried at most, each chosen by what the one before was worth.
	lowRankTries = 4
	// lowRankStep is the share of the cost so far that another rounding has to promise to be tried.
	lowRankStep = 0.003
)

// thorough is the cheapest of coding against the best relative alone and against a combination, nil for
// none, with low rank on top where that pays.
func (t *Trial) thorough(ctx context.Context, single, combined *candidate) (*candidate, error) {
	if combined == nil {
		return t.withLowRank(ctx, single)
	}
	low, err := t.withLowRank(ctx, combined)
	if err != nil || float64(combined.cost) < farBetter*float64(single.cost) {
		return low, err
	}
	if single, err = t.withLowRank(ctx, single); err != nil {
		return nil, err
	}
	if float64(low.cost) > (1-combineGain)*float64(single.cost) {
		return single, nil
	}
	return low, nil
}

// farBetter is the share of the cost of the best relative under which a combination costs so little that
// low rank on that relative alone is not looked for. On the corpus low rank never turned the choice: 0.5, 0.7 and 0.9
// give the same bytes for means of fine-tunes (0.003) and for such with noise (0.41 to 0.74).
const farBetter = 0.7

// withLowRank is c with what it predicts moved by a matrix of low rank, or where that does not pay, c
// with scales.
func (t *Trial) withLowRank(ctx context.Context, c *candidate) (*candidate, error) {
	low, err := t.lowRanked(ctx, c)
	if err != nil || low != nil && float64(low.cost) < clearly*float64(c.cost) {
		return low, err
	}
	scaled, err := t.withScales(ctx, c)
	if err != nil {
		return nil, err
	}
	return cheaper(scaled, low), nil
}

// clearly is the share of the cost of a candidate without scales that one with low rank has to stay under not
// to be compared with the same with scales, which takes reading the tensor and its source. Of 162 fits on the corpus
// all cost 0.43 to 0.81, and scales alone 1.23 to 1.95 of that: 0.75, 0.85 and 0.95 give the same bytes.
const clearly = 0.85

// lowRanked is c with what it predicts moved by a matrix of low rank, and with scales; nil where the sample
// says that it does not pay.
func (t *Trial) lowRanked(ctx context.Context, c *candidate) (*candidate, error) {
	if !c.pred.Predicts() || c.encoding != codec.Delta || !predict.HasLowRank(t.elem) || t.width == 0 || c.cost < t.size/nearCopy {
		return nil, nil
	}
	change := t.change(c.pred)
	fit, err := predict.NewFit(change)
	if err != nil || fit == nil {
		return nil, err
	}
	rounding, err := t.bestRounding(ctx, c, fit)
	if err != nil || rounding == nil {
		return nil, err
	}
	factors, err := rounding.All(change)
	if err != nil {
		return nil, err
	}
	low := &candidate{encoding: codec.Delta, pred: t.lowRank(c.pred, factors), depth: c.depth}
	if low.pred.Activity, err = t.measure(ctx, low.pred, codec.RowColScales); err != nil {
		return nil, err
	}
	return low, t.estimate(low)
}

// lowRank is what p predicts, moved by factors.
func (t *Trial) lowRank(p *predict.Prediction, f *predict.Factors) *predict.Prediction {
	low := &predict.Prediction{Kind: predict.LowRank, Elem: t.elem, From: t.elem, Elements: t.elements(), Width: t.width, By: f}
	if p.Kind == predict.Relative {
		low.Sources = p.Sources
		return low
	}
	of := *p
	of.Activity = nil
	low.Of = &of
	return low
}

// rows is the number of rows of the tensor, the last perhaps not whole.
func (t *Trial) rows() int64 { return (t.elements() + t.width - 1) / t.width }

// change reads the tensor less what p predicts; what has no source does not change.
func (t *Trial) change(p *predict.Prediction) predict.Change {
	return predict.Change{Rows: t.rows(), Width: t.width, Read: func(dst []float32, row int64) error {
		n := min(int64(len(dst)), t.elements()-row*t.width)
		b := make([]byte, n*int64(t.elem.Size()))
		if err := readFull(t.src, b, row*t.rowBytes()); err != nil {
			return err
		}
		pred, err := t.predicted(p, row*t.width, len(b))
		if err != nil {
			return err
		}
		uncover(p, row*t.width, b, pred)
		clear(dst[n:])
		predict.Subtract(dst[:n], b, pred, t.elem)
		return nil
	}}
}

// A movable is a piece of the sample that may be moved by factors.
type movable struct {
	piece
	predicted []byte
	change    []float32 // whole rows, from the piece's first on
}

// bestRounding is how to round the factors of a change so that they and what is left take least, by the
// sample; nil where that is not less than c takes.
func (t *Trial) bestRounding(ctx context.Context, c *candidate, fit *predict.Fit) (*predict.Rounding, error) {
	pieces, err := t.movables(c)
	if err != nil || len(pieces) == 0 {
		return nil, err
	}
	plain := 0.0
	for _, p := range pieces {
		plain += t.share(t.tryMoved(p, nil))
	}
	best := rounded{cost: plain * (1 - lowRankGain)}
	var last predict.Estimate
	worth := lowRankWorth
	for range lowRankTries {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		e, ok := fit.Best(worth)
		if !ok || e.Saves(worth, t.elements())-last.Saves(worth, t.elements()) < 8*lowRankStep*best.cost {
			break
		}
		r := t.tryRounding(pieces, fit, e.Grid)
		best, last = best.or(r), e
		// What the residual of a better or worse grid would take follows from this one.
		worth = max(8*(plain-r.coded)/float64(t.elements())/e.Gain, 0)
	}
	// Where little is left, what is left is worth more than any rule says.
	for best.rounding != nil && 8*best.coded < 2*float64(t.elements()) {
		finer := t.tryRounding(pieces, fit, best.grid.Finer())
		if finer.cost >= best.cost {
			break
		}
		best = finer
	}
	return best.rounding, nil
}

// A rounded is a rounding and what it costs, in bytes.
type rounded struct {
	rounding *predict.Rounding // nil: none
	grid     predict.Grid
	coded    float64 // of what is left of the elements that are moved
	cost     float64 // with factors
}

// or is the cheaper one.
func (r rounded) or(other rounded) rounded {
	if other.rounding != nil && other.cost < r.cost {
		return other
	}
	return r
}

// movables are the pieces of the sample that c predicts.
func (t *Trial) movables(c *candidate) (out []movable, err error) {
	row := t.width * int64(t.elem.Size())
	change := t.change(c.pred)
	for _, p := range t.sample {
		first := p.off / int64(t.elem.Size())
		if covered, _ := c.pred.Covered(first); !covered {
			continue
		}
		m := movable{piece: p, change: make([]float32, (int64(len(p.bytes))+row-1)/row*t.width)}
		if m.predicted, err = t.predicted(c.pred, first, len(p.bytes)); err != nil {
			return nil, err
		}
		if err := change.Read(m.change, p.off/row); err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	return out, nil
}

// tryRounding is about what the tensor and its factors take when they are rounded in that way: each piece of
// the sample is coded with factors of its own rows.
func (t *Trial) tryRounding(pieces []movable, fit *predict.Fit, g predict.Grid) rounded {
	out := rounded{rounding: fit.Round(g), grid: g, cost: math.Inf(1)}
	if out.rounding == nil {
		return out
	}
	factors := 0.0
	for _, p := range pieces {
		f := out.rounding.Factors(p.change)
		rows := int64(len(p.change)) / t.width
		out.coded += t.share(t.tryMoved(p, f))
		factors += f.Bits(float64(t.rows())/float64(rows)) / 8 / float64(len(pieces))
	}
	out.cost = out.coded + factors + RecordBytes
	return out
}

// share is what n bytes of a coded sample are of the whole tensor.
func (t *Trial) share(n int64) float64 {
	total := 0
	for _, p := range t.sample {
		total += len(p.bytes)
	}
	return float64(n) * float64(t.size) / float64(total)
}

// tryMoved is the number of bytes that a piece takes, with scales of its own rows, when what is predicted of
// it is moved by f; nil: not at all.
func (t *Trial) tryMoved(p movable, f *predict.Factors) int64 {
	moved := p.predicted
	if f != nil {
		moved = bytes.Clone(moved)
		f.Move(moved, t.elem, 0)
	}
	m := codec.NewMeter(t.elem, int64(len(p.change))/t.width, t.width, codec.RowColScales)
	m.Add(p.bytes, moved, 0)
	coder, err := codec.For(codec.Delta)
	if err != nil {
		return int64(len(p.bytes))
	}
	enc, ok := coder.Encode(nil, p.bytes, codec.Input{Elem: t.elem, Width: t.width, Act: m.Activity(), Pred: moved})
	if !ok {
		return int64(len(p.bytes))
	}
	return int64(len(enc))
}
