package choose

import (
	"io"

	"dits/tensorstore/codec"
	"dits/tensorstore/digest"
	"dits/tensorstore/predict"
)

// as is the values of a source as element type e, in the order of the tensor; nil when one is not to be
// had from the other. Its caller sets the width.
func (t *Trial) as(src *source, e codec.Elem) *predict.Prediction {
	p := &predict.Prediction{Kind: predict.Relative, Elem: src.elem, From: src.elem, Elements: t.values() / predict.ValuesOf(src.elem), Sources: []digest.ID{src.blob}}
	if src.isPart() {
		p.Kind, p.Sources = predict.Arranged, append(p.Sources, src.stack...)
		p.By = &predict.Arrangement{Skip: src.skip / predict.ValuesOf(src.elem)}
	} else if a := t.arrangement(src); a != nil {
		p.Kind, p.By, p.Width = predict.Arranged, a, t.columns()/predict.ValuesOf(src.elem)
	}
	if src.elem == e {
		return p
	}
	if !predict.CanCast(src.elem, e) {
		return nil
	}
	return castOf(p, e)
}

// castOf is p in another element type.
func castOf(p *predict.Prediction, e codec.Elem) *predict.Prediction {
	c := &predict.Prediction{Kind: predict.Cast, Elem: e, From: p.Elem, Elements: p.Elements * predict.ValuesOf(p.Elem)}
	if p.Kind == predict.Relative {
		c.Sources = p.Sources
	} else {
		c.Of = p
	}
	return c
}

// columns is how many values a row of the tensor has, 0 where it is no matrix.
func (t *Trial) columns() int64 { return t.row * predict.ValuesOf(t.elem) }

// arrangement is how rows of a source are to be ordered to be those of the tensor; nil for as they are.
func (t *Trial) arrangement(src *source) *predict.Arrangement {
	columns := t.columns()
	if columns == 0 || !predict.Readable(t.elem) || !predict.Readable(src.elem) || columns%predict.ValuesOf(src.elem) != 0 {
		return nil
	}
	rows := t.values() / columns
	if known, ok := t.orders[src.blob]; ok || rows < 4 || rows%2 != 0 {
		return known
	}
	blob, err := t.sources.Blob(src.blob)
	if err != nil {
		return nil
	}
	mine, other := rowsOf{t.src, t.elem, columns}, rowsOf{blob, src.elem, columns}
	if t.orders == nil {
		t.orders = map[digest.ID]*predict.Arrangement{}
	}
	t.orders[src.blob] = predict.TwoMatrices{Count: rows, Mine: mine.row, Other: other.row}.Align()
	return t.orders[src.blob]
}

// A rowsOf reads rows of a matrix.
type rowsOf struct {
	src     io.ReaderAt
	elem    codec.Elem
	columns int64
}

func (r rowsOf) row(i int64) []float32 {
	v, err := predict.ReadValues(r.src, r.elem, i*r.columns, int(r.columns))
	if err != nil {
		return nil
	}
	return v
}
