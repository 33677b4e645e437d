package repo

import (
	"io"

	"dits/tensorstore/predict"
)

// inOrderOf is matrix b of that shape with its rows in the order of a's; b itself where that is its order.
func inOrderOf(a, b Operand, shape []int64) Operand {
	if len(shape) != 2 {
		return b
	}
	ra, oka := newRows(a, shape)
	rb, okb := newRows(b, shape)
	if !oka || !okb {
		return b
	}
	order := predict.TwoMatrices{Count: shape[0], Mine: ra.row, Other: rb.row}.Align()
	if order == nil {
		return b
	}
	b.R = &ordered{r: b.R, off: b.Off, row: rb.size, rows: shape[0], order: order}
	b.Off = 0
	return b
}

// rowValues reads a matrix a row at a time.
type rowValues struct {
	of      Operand
	values  values
	columns int64
	size    int64 // bytes of a row
	piece   int64 // bytes of comparePiece elements
}

// newRows is not ok where the dtype has no values of one float64, or rows do not fill whole blocks.
func newRows(o Operand, shape []int64) (*rowValues, bool) {
	v, ok := valuesFor(o.DType)
	elems, bytes, known := o.DType.Block()
	if !ok || !known || v.lo != nil || shape[1] == 0 || shape[1]%elems != 0 {
		return nil, false
	}
	return &rowValues{o, v, shape[1], shape[1] / elems * bytes, comparePiece / elems * bytes}, true
}

// read sets dst to rows from row i on.
func (r *rowValues) read(dst []float64, raw []byte, i int64) error {
	raw = raw[:int64(len(dst))/r.columns*r.size]
	if err := readFull(r.of.R, raw, r.of.Off+i*r.size); err != nil {
		return err
	}
	for len(dst) > 0 {
		n, k := min(comparePiece, len(dst)), min(r.piece, int64(len(raw)))
		r.values.hi(dst[:n], raw[:k])
		dst, raw = dst[n:], raw[k:]
	}
	return nil
}

// row is row i, nil where it cannot be read.
func (r *rowValues) row(i int64) []float32 {
	wide := make([]float64, r.columns)
	if r.read(wide, make([]byte, r.size), i) != nil {
		return nil
	}
	out := make([]float32, len(wide))
	for i, x := range wide {
		out[i] = float32(x)
	}
	return out
}

// ordered reads a matrix as if its rows were in another order.
type ordered struct {
	r         io.ReaderAt
	off       int64 // of the matrix in r
	row, rows int64 // bytes of a row; how many
	order     *predict.Arrangement
}

// ReadAt implements [io.ReaderAt].
func (o *ordered) ReadAt(p []byte, off int64) (n int, err error) {
	for len(p) > 0 {
		i, j := off/o.row, off%o.row
		if i >= o.rows {
			return n, io.EOF
		}
		k := min(int64(len(p)), o.row-j)
		if err := readFull(o.r, p[:k], o.off+o.order.Row(i, o.rows)*o.row+j); err != nil {
			return n, err
		}
		p, off, n = p[k:], off+k, n+int(k)
	}
	return n, nil
}
