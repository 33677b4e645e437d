package choose

import (
	"context"
	"errors"
	"io"
	"sync"

	"golang.org/x/sync/errgroup"

	"dits/tensorstore/buffer"
	"dits/tensorstore/codec"
	"dits/tensorstore/digest"
	"dits/tensorstore/predict"
)

const (
	// meterBlock is about how many bytes of a tensor are measured at a time: with what is predicted of them they
	// stay in a processor's cache.
	meterBlock = 128 << 10
	// stripeBytes and stripeRows are the least that is measured between two additions of the sums of all columns.
	stripeBytes = 1 << 20
	stripeRows  = 16
)

// errSourceLost ends a measurement: what it cannot read can be no context.
var errSourceLost = errors.New("a source cannot be read")

// measure reads the whole tensor, and what is predicted of it, for its scales.
func (t *Trial) measure(ctx context.Context, p *predict.Prediction, mode codec.Mode) (*codec.Activity, error) {
	return t.measureRows(ctx, p, mode, 0, t.rows())
}

// measureRows is measure of the rows in [from, to). It is nil where a source is damaged: the chunks that can be
// predicted all the same do without scales.
func (t *Trial) measureRows(ctx context.Context, p *predict.Prediction, mode codec.Mode, from, to int64) (*codec.Activity, error) {
	m, err := t.sums(ctx, p, mode, from, to)
	if errors.Is(err, errSourceLost) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return m.Activity(), nil
}

// sums measures the rows in [from, to). Stripes of rows are measured side by side and joined in their order, so that
// scales are the same on any number of processors.
func (t *Trial) sums(ctx context.Context, p *predict.Prediction, mode codec.Mode, from, to int64) (*codec.Meter, error) {
	whole := t.newMeter(mode)
	open := openOnce(t.sources)
	each := max(stripeBytes/t.rowBytes(), stripeRows)
	g, inner := errgroup.WithContext(ctx)
	g.SetLimit(t.Workers)
	turn := make(chan struct{})
	close(turn)
	for row := from; row < to && inner.Err() == nil; row += each {
		mine, next := turn, make(chan struct{})
		turn = next
		g.Go(func() error {
			defer close(next)
			s := stripe{Trial: t, pred: p, open: open, meter: whole.Part()}
			err := s.measure(inner, row*t.rowBytes(), min(min(row+each, to)*t.rowBytes(), t.elements()*int64(t.elem.Size())))
			<-mine
			whole.Join(s.meter)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	return whole, context.Cause(ctx)
}

// A stripe is some rows of a tensor that are measured by themselves.
type stripe struct {
	*Trial
	pred  *predict.Prediction
	open  predict.Opener
	meter *codec.Meter
}

// measure reads the bytes in [from, to), which begin with a row.
func (s *stripe) measure(ctx context.Context, from, to int64) error {
	buf := buffer.Get(int(min(s.block(), to-from)))
	defer buffer.Put(buf)
	for off := from; off < to; off += int64(len(*buf)) {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		b := (*buf)[:min(int64(len(*buf)), to-off)]
		if err := readFull(s.src, b, off); err != nil {
			return err
		}
		first := off / int64(s.elem.Size())
		pred, err := s.predicted(first, len(b))
		if err != nil {
			return errSourceLost
		}
		uncover(s.pred, first, b, pred)
		if err := s.add(b, pred, first); err != nil {
			return err
		}
	}
	return nil
}

// block is how many bytes are measured at a time: whole rows, or whole elements of a long one.
func (s *stripe) block() int64 {
	each := s.rowBytes()
	if each > meterBlock {
		each = int64(s.elem.Size())
	}
	return meterBlock / each * each
}

// predicted is n predicted bytes from element first on, nil when there is no source.
func (s *stripe) predicted(first int64, n int) ([]byte, error) {
	switch {
	case !s.pred.Predicts():
		return nil, nil
	case s.pred.HasGaps(): // what it gives is changed
		b := make([]byte, n)
		return b, s.pred.Predict(b, first, s.open)
	}
	return s.pred.View(first, n, s.open)
}

// add measures elements from index first on, and what was predicted of them; quants as the values that they stand
// for.
func (s *stripe) add(b, pred []byte, first int64) (err error) {
	if _, ok := s.elem.Block(); ok {
		if b, err = predict.Dequantised(b, s.elem); err != nil {
			return err
		}
		if pred != nil {
			if pred, err = predict.Dequantised(pred, s.elem); err != nil {
				return err
			}
		}
		first *= predict.ValuesOf(s.elem)
	}
	s.meter.Add(b, pred, first)
	return nil
}

// newMeter is a meter for the values of the tensor.
func (t *Trial) newMeter(mode codec.Mode) *codec.Meter {
	e := t.elem
	if _, ok := e.Block(); ok {
		e = codec.F32
	}
	return codec.NewMeter(e, t.rows(), t.width*predict.ValuesOf(t.elem), mode)
}

// rowBytes is the length of a row.
func (t *Trial) rowBytes() int64 { return t.width * int64(t.elem.Size()) }

// openOnce opens each blob the first time it is asked for. Each chunk may need as much as one that is read for
// itself. It is safe for concurrent use.
func openOnce(s Sources) predict.Opener {
	var mu sync.Mutex
	open := map[digest.ID]io.ReaderAt{}
	return func(id digest.ID) (io.ReaderAt, error) {
		mu.Lock()
		defer mu.Unlock()
		if r, ok := open[id]; ok {
			return r, nil
		}
		r, err := s.Blob(id)
		if err != nil {
			return nil, err
		}
		open[id] = r
		return r, nil
	}
}
