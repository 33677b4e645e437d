package diff

import (
	"context"
	"fmt"

	"dits/formats"
	"dits/formats/number"
)

const (
	// valuesBlock is about how many elements of a side are read at a time.
	valuesBlock = 1 << 18
	// longestRow is up to which all but the first dimension of a tensor are one row; longer ones are cut.
	longestRow = 1 << 20
)

// Values are the numbers of a tensor on the sides that have it, as rows of a matrix. Of a side that has not, or whose numbers
// cannot be read, there are none.
type Values struct {
	Rows, Cols int64
	sides      [2]*number.Rows
}

// Values reads both sides row by row where they have one shape, else the one that has the tensor; of a reshaped one the
// second. nil where there are no numbers to be read.
func (c *Change) Values() *Values {
	rows, cols := matrixOf(c.Shape, c.sides)
	v := &Values{Rows: rows, Cols: cols}
	for k, o := range c.sides {
		if o.R == nil || k == 0 && c.Status == TensorReshaped {
			continue
		}
		if r, ok := number.NewRows(o, []int64{rows, cols}); ok {
			v.sides[k] = r
		}
	}
	if v.sides[0] == nil && v.sides[1] == nil {
		return nil
	}
	return v
}

// Has says which sides have numbers.
func (v *Values) Has() (a, b bool) { return v.sides[0] != nil, v.sides[1] != nil }

// matrixOf is rows and columns of a shape. A vector has as many columns as a block of its dtype; so has what cannot be cut
// into equal rows that are not too long.
func matrixOf(shape []int64, sides [2]number.Operand) (rows, cols int64) {
	n, block := formats.Elements(shape), int64(1)
	for _, o := range sides {
		if elems, _, ok := o.DType.Block(); ok {
			block = max(block, elems)
		}
	}
	switch {
	case n == 0:
		return 0, 1
	case len(shape) < 2:
		cols = block
	case n/shape[0] <= longestRow:
		cols = n / shape[0]
	default:
		cols = cut(shape[len(shape)-1], block)
	}
	return n / cols, cols
}

// cut halves a row of blocks until it is not too long; where that cannot be done it is a block.
func cut(cols, block int64) int64 {
	for cols > longestRow && cols%(2*block) == 0 {
		cols /= 2
	}
	if cols > longestRow {
		return block
	}
	return cols
}

// Blocks is how many calls of f [Values.Each] makes.
func (v *Values) Blocks() int64 { return (v.Rows + v.step() - 1) / v.step() }

// step is how many rows a block has.
func (v *Values) step() int64 { return max(1, min(v.Rows, valuesBlock/v.Cols)) }

// Each calls f with blocks of rows, each so many-th of them: the first row of the block, and the numbers of both sides; nil
// for a side without. f must not keep them.
func (v *Values) Each(ctx context.Context, every int64, f func(row int64, a, b []float64)) error {
	var numbers [2][]float64
	var raw []byte
	for k, r := range v.sides {
		if r != nil {
			numbers[k] = make([]float64, v.step()*v.Cols)
			raw = make([]byte, max(int64(len(raw)), v.step()*r.Size))
		}
	}
	for i := int64(0); i < v.Rows; i += v.step() * every {
		if err := ctx.Err(); err != nil {
			return err
		}
		var block [2][]float64
		for k, r := range v.sides {
			if r == nil {
				continue
			}
			block[k] = numbers[k][:min(v.step(), v.Rows-i)*v.Cols]
			if err := r.Read(block[k], raw, i); err != nil {
				return fmt.Errorf("rows from %d on: %w", i, err)
			}
		}
		f(i, block[0], block[1])
	}
	return nil
}
