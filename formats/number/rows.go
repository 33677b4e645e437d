package number

import "dits/formats"

// Rows reads a matrix a row at a time.
type Rows struct {
	of      Operand
	values  values
	columns int64
	Size    int64 // bytes of a row
	piece   int64 // bytes of comparePiece elements
}

// NewRows reads rows of a shape of two dimensions. It is not ok where the dtype has no values of one float64, or
// rows do not fill whole blocks.
func NewRows(o Operand, shape []int64) (*Rows, bool) {
	v, ok := valuesFor(o.DType)
	elems, bytes, known := o.DType.Block()
	if !ok || !known || o.Raw || v.lo != nil || shape[1] == 0 || shape[1]%elems != 0 {
		return nil, false
	}
	return &Rows{o, v, shape[1], shape[1] / elems * bytes, comparePiece / elems * bytes}, true
}

// Read sets dst to rows from row i on.
func (r *Rows) Read(dst []float64, raw []byte, i int64) error {
	raw = raw[:int64(len(dst))/r.columns*r.Size]
	if err := formats.ReadFull(r.of.R, raw, r.of.Off+i*r.Size); err != nil {
		return err
	}
	for len(dst) > 0 {
		n, k := min(comparePiece, len(dst)), min(r.piece, int64(len(raw)))
		r.values.hi(dst[:n], raw[:k])
		dst, raw = dst[n:], raw[k:]
	}
	return nil
}

// Row is row i, nil where it cannot be read.
func (r *Rows) Row(i int64) []float32 {
	wide := make([]float64, r.columns)
	if r.Read(wide, make([]byte, r.Size), i) != nil {
		return nil
	}
	out := make([]float32, len(wide))
	for i, x := range wide {
		out[i] = float32(x)
	}
	return out
}
