package diff

import (
	"testing"

	"github.com/stretchr/testify/require"

	"dits/formats"
	"dits/formats/number"
)

// However long the rows of a tensor are, those that are read at a time are not.
func TestMatrixOf(t *testing.T) {
	for _, c := range []struct {
		dtype      formats.DType
		shape      []int64
		rows, cols int64
	}{
		{"BF16", []int64{4, 8}, 4, 8},
		{"BF16", []int64{100}, 100, 1},
		{"Q8_0", []int64{64}, 2, 32},
		{"BF16", []int64{4, 3, 8}, 4, 24},
		{"BF16", []int64{2, 2048, 4096}, 4096, 4096},
		{"BF16", []int64{1, 16 << 20}, 16, 1 << 20},
		{"Q8_0", []int64{1, 3 << 20}, 4, 3 << 18},
		{"BF16", []int64{2, 1<<20 + 1}, 2<<20 + 2, 1},
		{"Q8_0", []int64{2, 32 * (1<<20 + 1)}, 2 * (1<<20 + 1), 32},
		{"BF16", []int64{0, 8}, 0, 1},
	} {
		var sides [2]number.Operand
		sides[1].DType = c.dtype
		rows, cols := matrixOf(c.shape, sides)
		require.Equal(t, []int64{c.rows, c.cols}, []int64{rows, cols}, "%s %v", c.dtype, c.shape)
		v := Values{Rows: rows, Cols: cols}
		require.LessOrEqual(t, v.step()*v.Cols, int64(longestRow))
	}
}
