package tensorstore

import (
	"context"
	"io"

	"dits/tensorstore/codec"
	"dits/tensorstore/predict"
)

// recordBytes is about what a record costs in a pack's index.
const recordBytes = 52

// meterBlock is how many bytes of a tensor are measured at a time.
const meterBlock = 1 << 20

// nearCopy is the cost, as a share of the tensor, under which scales cannot pay: one
// part in 200 is 0.08 bit of 16.
const nearCopy = 200

// estimate codes the sample by c and sets its cost for the whole tensor. It is an error where the sources cannot be
// read, or c not be stored.
func (t *trial) estimate(c *candidate) error {
	stored := c.pred.Marshal()
	if _, err := predict.Unmarshal(stored); err != nil {
		return err // larger than a prediction may be: readers would refuse it
	}
	var coded, total int64
	for _, p := range t.sample {
		n, err := t.try(c, p)
		if err != nil {
			return err
		}
		coded += n
		total += int64(len(p.bytes))
	}
	c.cost = int64(float64(coded)*float64(t.size)/float64(total)) + int64(len(stored))
	if c.pred.Elements > 0 {
		c.cost += recordBytes // an object of its own
	}
	return nil
}

// try is the number of bytes that c needs for a piece of the sample.
func (t *trial) try(c *candidate, p piece) (int64, error) {
	first := p.off / int64(t.elem.Size())
	in, err := c.pred.Input(first, len(p.bytes), t.store.opener(newReach()))
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
func (t *trial) predicted(p *predict.Prediction, first int64, n int) ([]byte, error) {
	if !p.Predicts() {
		return nil, nil
	}
	b := make([]byte, n)
	return b, p.Predict(b, first, t.store.opener(newReach()))
}

// withScales is c with the scales of rows and columns as context, or c itself where
// they cost more than they bring.
func (t *trial) withScales(ctx context.Context, c *candidate) (*candidate, error) {
	if t.width == 0 || c.cost < t.size/nearCopy || c.encoding == codec.Blocks && !predict.Readable(t.elem) {
		return c, nil
	}
	best := c
	for _, mode := range t.scaleModes() {
		act, err := t.measure(ctx, c.pred, mode)
		if err != nil || act == nil {
			return c, err
		}
		pred := *c.pred
		pred.Activity, pred.Width, pred.Elements = act, t.width, t.elements()
		scaled := &candidate{encoding: c.encoding, pred: &pred, depth: c.depth}
		if err := t.estimate(scaled); err != nil {
			return nil, err
		}
		best = cheaper(best, scaled)
	}
	return best, nil
}

// scaleModes are the scales that are tried. The blocks of a row of quants have steps of their own, which say
// most of what its scale would.
func (t *trial) scaleModes() []codec.Mode {
	if _, ok := t.elem.Block(); ok {
		return []codec.Mode{codec.ColScales, codec.RowColScales}
	}
	return []codec.Mode{codec.RowColScales}
}

// measure reads the whole tensor, and what is predicted of it, for its scales.
func (t *trial) measure(ctx context.Context, p *predict.Prediction, mode codec.Mode) (*codec.Activity, error) {
	m := t.newMeter(mode)
	size := int64(t.elem.Size())
	buf := make([]byte, min(meterBlock/size*size, t.size))
	for off := int64(0); off < t.size; off += int64(len(buf)) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		b := buf[:min(int64(len(buf)), t.size-off)]
		if n, err := t.src.ReadAt(b, off); n < len(b) {
			return nil, readError(err)
		}
		first := off / int64(t.elem.Size())
		pred, err := t.predicted(p, first, len(b))
		if err != nil {
			return nil, nil // a damaged source; the chunks that it does predict do without scales
		}
		uncover(p, first, b, pred)
		if err := t.meter(m, b, pred, first); err != nil {
			return nil, err
		}
	}
	return m.Activity(), nil
}

// newMeter is a meter for the values of the tensor.
func (t *trial) newMeter(mode codec.Mode) *codec.Meter {
	rows := (t.elements() + t.width - 1) / t.width
	e := t.elem
	if _, ok := e.Block(); ok {
		e = codec.F32
	}
	return codec.NewMeter(e, rows, t.width*predict.ValuesOf(t.elem), mode)
}

// meter adds elements from index first on to m, and what was predicted of them; quants as the values
// that they stand for.
func (t *trial) meter(m *codec.Meter, b, pred []byte, first int64) (err error) {
	if _, ok := t.elem.Block(); ok {
		if b, err = predict.Dequantised(b, t.elem); err != nil {
			return err
		}
		if pred != nil {
			if pred, err = predict.Dequantised(pred, t.elem); err != nil {
				return err
			}
		}
		first *= predict.ValuesOf(t.elem)
	}
	m.Add(b, pred, first)
	return nil
}

// readError is the error of a read that came back short.
func readError(err error) error {
	if err == nil || err == io.EOF {
		return ErrChanged
	}
	return err
}
