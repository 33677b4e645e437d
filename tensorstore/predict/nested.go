package predict

import (
	"fmt"
	"io"

	"dits/tensorstore/codec"
	"dits/tensorstore/digest"
)

// maxNested bounds how many predictions stand for the source of one another.
const maxNested = 4

// Blobs are all that the prediction reads, those of nested ones included. The first is what
// the tensor's values come from.
func (p *Prediction) Blobs() []digest.ID {
	ids := p.Sources
	if p.Of != nil {
		ids = p.Of.Blobs()
	}
	return append(ids[:len(ids):len(ids)], p.Kind.row().blobs(p)...)
}

// Helpers are the blobs that the prediction reads besides those that have values of the tensor: an adapter, an
// importance matrix.
func (p *Prediction) Helpers() []digest.ID { return p.Kind.row().blobs(p) }

// Root is the blob that the tensor's values come from, and its element type; the zero ID for a prediction
// without a source.
func (p *Prediction) Root() (digest.ID, codec.Elem) {
	if p.Of != nil {
		return p.Of.Root()
	}
	if len(p.Sources) == 0 {
		return digest.ID{}, p.From
	}
	return p.Sources[0], p.From
}

// ValuesOf is how many numbers an element of a type has: 1 but for blocks.
func ValuesOf(e codec.Elem) int64 { return perElement(e) }

// rows is how many the tensor has, the last perhaps not whole. Width is not 0.
func (p *Prediction) rows() int64 { return (p.Elements + p.Width - 1) / p.Width }

// values is how many numbers the tensor has: more than elements where these are blocks.
func (p *Prediction) values() int64 { return p.Elements * perElement(p.Elem) }

// parseOf reads the prediction that stands for the source.
func (p *Prediction) parseOf(b []byte, nested int) error {
	if len(b) == 0 {
		return nil
	}
	if nested == 0 {
		return fmt.Errorf("prediction: more than %d nested", maxNested)
	}
	of, err := unmarshal(b, nested-1)
	if err != nil {
		return err
	}
	p.Of = of
	switch {
	case !p.Kind.is(nests):
		return fmt.Errorf("prediction of kind %d: another stands for its source", p.Kind)
	case !of.Predicts() || of.Kind == Quantised:
		return fmt.Errorf("prediction: one of kind %d stands for the source", of.Kind)
	case of.Elem != p.From:
		return fmt.Errorf("prediction: what stands for its source has element type %d, want %d", of.Elem, p.From)
	case p.Kind != Scales && of.values() != p.values():
		return fmt.Errorf("prediction: what stands for its source has %d values, want %d", of.values(), p.values())
	}
	return nil
}

// source is where the source's elements are read.
func (p *Prediction) source(open Opener) (io.ReaderAt, error) {
	if p.Of != nil {
		return &predicted{p.Of, open}, nil
	}
	return open(p.Sources[0])
}

// A predicted reads what a prediction gives as if it were stored.
type predicted struct {
	p    *Prediction
	open Opener
}

// ReadAt reads from an element's first byte on.
func (r *predicted) ReadAt(b []byte, off int64) (int, error) {
	size := int64(r.p.Elem.Size())
	if off < 0 || off%size != 0 {
		return 0, fmt.Errorf("prediction: read at byte %d, want a multiple of %d", off, size)
	}
	n := min(int64(len(b)), max(r.p.Elements*size-off, 0))
	if err := r.p.Predict(b[:n], off/size, r.open); err != nil {
		return 0, err
	}
	if n < int64(len(b)) {
		return int(n), io.EOF
	}
	return int(n), nil
}
