package diff

import (
	"io"

	"dits/formats/number"
	"dits/repo/object"
	"dits/tensorstore/predict"
)

// inOrderOf is matrix b of that shape with its rows in the order of a's; b itself where that is its order.
func inOrderOf(a, b number.Operand, shape []int64) number.Operand {
	if len(shape) != 2 {
		return b
	}
	ra, oka := number.NewRows(a, shape)
	rb, okb := number.NewRows(b, shape)
	if !oka || !okb {
		return b
	}
	order := predict.TwoMatrices{Count: shape[0], Mine: ra.Row, Other: rb.Row}.Align()
	if order == nil {
		return b
	}
	b.R = &ordered{r: b.R, off: b.Off, row: rb.Size, rows: shape[0], order: order}
	b.Off = 0
	return b
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
		if err := object.ReadFull(o.r, p[:k], o.off+o.order.Row(i, o.rows)*o.row+j); err != nil {
			return n, err
		}
		p, off, n = p[k:], off+k, n+int(k)
	}
	return n, nil
}
