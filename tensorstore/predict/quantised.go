package predict

import (
	"encoding/binary"
	"errors"
	"fmt"

	"dits/formats/ggml"
	"dits/tensorstore/codec"
	"dits/tensorstore/digest"
)

// quantised is the rule of [Quantised]: the values of the source as ggml quants. It predicts no bytes, but
// leads the coder of blocks: see [Prediction.Guide].
type quantised struct{ plain }

func (quantised) predict(*Prediction, []byte, int64, Opener) error { return nil }

func (quantised) input(in *codec.Input, p *Prediction, first int64, n int, open Opener) (err error) {
	in.Guide, err = p.Guide(first, n/p.Elem.Size(), open)
	return err
}

// work is that of a search for scales, in whole rows.
func (q quantised) work(p *Prediction, n int64) (own, values int64) {
	_, values = q.plain.work(p, n)
	return 32 * n, values + 2*p.columns()
}

func (quantised) blobs(p *Prediction) []digest.ID {
	if r, ok := p.By.(*Recipe); ok && r.Importance != nil {
		return []digest.ID{r.Importance.Blob}
	}
	return nil
}

// A Way is how much of a quantiser is run again. Numbers are on disk and never reused.
type Way uint8

// The ways to predict quants. What is stored shrinks from the first to the last, and what
// reading costs grows but for hints.
const (
	Rounded  Way = 1 // scales are stored; quants follow from them and the source
	Hinted   Way = 2 // which candidates the search for scales took is stored
	Replayed Way = 3 // the search is run again
)

// String is what people call a way.
func (w Way) String() string {
	switch w {
	case Rounded:
		return "rounded"
	case Hinted:
		return "hinted"
	case Replayed:
		return "replayed"
	}
	return fmt.Sprintf("way %d", uint8(w))
}

// A Recipe is how a quantiser made a tensor of ggml blocks from its source.
type Recipe struct {
	Way        Way
	Fused      bool        // see [ggml.Quantiser]
	Importance *Importance // of the columns, nil: none was used
}

// An Importance is a row of an importance matrix: as many float32 numbers, little endian, as the
// tensor has columns, each to be divided by Divisor.
type Importance struct {
	Blob    digest.ID // that has them
	Off     int64     // of the first of them
	Divisor float32
}

const (
	recipeFused      = 1
	recipeImportance = 2
)

// maxColumns bounds the values in a row that is quantised, for whole rows are.
const maxColumns = 1 << 21

// HasQuantised says that tensors of element type from can predict quants of element type to
// in the given way.
func HasQuantised(from, to codec.Elem, way Way) bool {
	t, ok := to.Block()
	switch {
	case !ok || !readable(from) || !t.CanRound():
		return false
	case way == Rounded:
		return true
	}
	return t.CanQuantise() && (way == Replayed || way == Hinted && t.HintElems() > 0)
}

// readable says that the values of an element type can be read as float32.
func readable(e codec.Elem) bool {
	if t, ok := e.Block(); ok {
		return t.CanDequantise()
	}
	return HasLowRank(e)
}

// perElement is how many values an element has.
func perElement(e codec.Elem) int64 {
	if t, ok := e.Block(); ok {
		return t.BlockElems()
	}
	return 1
}

// append appends the stored form of r.
//
//	way         1 byte
//	flags       1 byte: 1 fused, 2 importance
//	importance  32 bytes of the blob, offset as unsigned varint, 4 bytes of the divisor   if flag 2
func (r *Recipe) append(b []byte) []byte {
	flags := byte(0)
	if r.Fused {
		flags |= recipeFused
	}
	if r.Importance == nil {
		return append(b, byte(r.Way), flags)
	}
	b = append(b, byte(r.Way), flags|recipeImportance)
	b = append(b, r.Importance.Blob[:]...)
	b = binary.AppendUvarint(b, uint64(r.Importance.Off))
	return appendFloat32(b, r.Importance.Divisor)
}

// parse reads what append wrote.
func (quantised) parse(in *reader, p *Prediction) (Details, error) {
	r := &Recipe{Way: Way(in.byte())}
	flags := in.byte()
	r.Fused = flags&recipeFused != 0
	if flags&recipeImportance != 0 {
		r.Importance = &Importance{Blob: in.digest(), Off: int64(in.uvarint(maxElements)), Divisor: in.float32()}
	}
	if err := in.end(); err != nil {
		return nil, err
	}
	switch {
	case flags > recipeFused|recipeImportance:
		return nil, fmt.Errorf("prediction: flags %#x of a recipe are not known to this version of dits", flags)
	case !HasQuantised(p.From, p.Elem, r.Way):
		return nil, fmt.Errorf("prediction: no way %d from element type %d to quants of type %d", r.Way, p.From, p.Elem)
	case p.Width == 0 || p.Elements%p.Width != 0:
		return nil, errors.New("prediction: quants that are no whole rows")
	case p.columns() > maxColumns:
		return nil, fmt.Errorf("prediction: rows of %d values to quantise, want at most %d", p.columns(), maxColumns)
	}
	return r, nil
}

// columns is how many values a row has.
func (p *Prediction) columns() int64 { return p.Width * perElement(p.Elem) }

// quantiser is what makes blocks as the recipe says; open opens its importance.
func (p *Prediction) quantiser(open Opener) (*ggml.Quantiser, error) {
	r := p.By.(*Recipe)
	t, _ := p.Elem.Block()
	q := &ggml.Quantiser{Type: t, Columns: int(p.columns()), Fused: r.Fused}
	m := r.Importance
	if m == nil {
		return q, nil
	}
	src, err := open(m.Blob)
	if err != nil {
		return nil, err
	}
	raw := make([]byte, 4*q.Columns)
	if err := readFull(src, raw, m.Off); err != nil {
		return nil, err
	}
	q.Weights = make([]float32, q.Columns)
	load(q.Weights, raw, codec.F32)
	divide(q.Weights, m.Divisor)
	return q, nil
}
