package diff

import "gonum.org/v1/gonum/mat"

const (
	// panel is how many columns are multiplied at a time.
	panel = 8
	// stripRows and stripInner are the part of the left matrix that stays in a cache while all panels pass.
	stripRows, stripInner = 96, 128
)

// strided is a matrix, or its transpose: element (i, k) is data[i*row+k*col].
type strided struct {
	data     []float64
	row, col int
}

func stridedOf(m *mat.Dense) strided {
	raw := m.RawMatrix()
	return strided{raw.Data, raw.Stride, 1}
}

// turned is the transpose.
func (s strided) turned() strided { return strided{s.data, s.col, s.row} }

// from is the part from row i and column k on.
func (s strided) from(i, k int) strided { return strided{s.data[i*s.row+k*s.col:], s.row, s.col} }

// addProduct adds x·y to sum.
func addProduct(sum, x, y *mat.Dense) {
	if !hasProductKernel {
		addMul(sum, x, y)
		return
	}
	addPanels(sum, stridedOf(x), y, false)
}

// addTurnedProduct adds the transpose of x times y to sum.
func addTurnedProduct(sum, x, y *mat.Dense) {
	if !hasProductKernel {
		addMul(sum, x.T(), y)
		return
	}
	addPanels(sum, stridedOf(x).turned(), y, false)
}

// addGram adds the products of the columns of x with each other to sum, whose upper triangle counts.
func addGram(sum, x *mat.Dense) {
	if !hasProductKernel {
		addMul(sum, x.T(), x)
		return
	}
	addPanels(sum, stridedOf(x).turned(), x, true)
}

func addMul(sum *mat.Dense, x, y mat.Matrix) {
	var part mat.Dense
	part.Mul(x, y)
	sum.Add(sum, &part)
}

// addPanels adds x·y to sum by the kernel; upper says that what is below the diagonal does not count.
func addPanels(sum *mat.Dense, x strided, y *mat.Dense, upper bool) {
	rows, columns := sum.Dims()
	inner, _ := y.Dims()
	packed, sums := pack(y), make([]float64, panelsOf(columns)*rows*panel)
	for k := 0; k < inner; k += stripInner {
		for i := 0; i < rows; i += stripRows {
			for p := range panelsOf(columns) {
				n := min(stripRows, rows-i)
				if upper {
					n = min(n, (p+1)*panel-i)
				}
				if n > 0 {
					productInC(sums[(p*rows+i)*panel:], x.from(i, k), packed[(p*inner+k)*panel:], n, min(stripInner, inner-k))
				}
			}
		}
	}
	unpack(sum, sums)
}

// panelsOf is how many panels hold some columns.
func panelsOf(columns int) int { return (columns + panel - 1) / panel }

// pack is m a panel after the other, the last one with zeros after its columns.
func pack(m *mat.Dense) []float64 {
	rows, columns := m.Dims()
	packed := make([]float64, panelsOf(columns)*rows*panel)
	for i := range rows {
		for j, row := 0, m.RawRowView(i); j < columns; j += panel {
			copy(packed[(j/panel*rows+i)*panel:][:panel], row[j:])
		}
	}
	return packed
}

// unpack adds panels to m.
func unpack(m *mat.Dense, packed []float64) {
	rows, columns := m.Dims()
	for i := range rows {
		row := m.RawRowView(i)
		for j := range columns {
			row[j] += packed[(j/panel*rows+i)*panel+j%panel]
		}
	}
}
