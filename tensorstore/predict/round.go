package predict

import (
	"math"

	"dits/tensorstore/codec"
)

// A Grid says how factors are rounded: how many of the directions are kept, and the binary
// logarithms of the steps of the left and of the right factor's numbers. More directions and smaller
// steps make the factors larger and the residual smaller.
type Grid struct{ Rank, Left, Right int }

// A Rounding is the right factor, rounded, and how to get the left one for it.
type Rounding struct {
	width   int
	rank    int
	exp     int
	a       []int16   // width × rank
	project []float32 // width × columns: a change times it is the left factor
}

// Round rounds the right factor. It is nil when the change has no such rank or numbers
// become too large.
func (f *Fit) Round(g Grid) *Rounding {
	r := &Rounding{width: int(f.change.Width), rank: g.Rank, exp: g.Left + g.Right}
	if g.Rank < 1 || g.Rank > len(f.sigma) || r.exp < minExp || r.exp > maxExp {
		return nil
	}
	// Each side has the root of the singular value: one step then serves weak directions too,
	// which take few bits.
	var scale [columns]float64
	for k := range g.Rank {
		scale[k] = math.Ldexp(math.Sqrt(f.sigma[k]), -g.Right)
	}
	r.a = make([]int16, r.width*r.rank)
	whole := make([]float32, r.width*columns)
	for j := range r.width {
		for k := range g.Rank {
			v := math.RoundToEven(float64(f.v[j*columns+k]) * scale[k])
			if !(math.Abs(v) <= codec.MaxNumber) {
				return nil
			}
			r.a[j*g.Rank+k] = int16(v)
			whole[j*columns+k] = float32(v)
		}
	}
	r.solve(whole)
	return r
}

// solve makes the projection of least squares on the right factor: A·(AᵀA)⁻¹, times what makes its
// products whole numbers of steps.
func (r *Rounding) solve(a []float32) {
	t := inverseRoot(gram(a))
	transposed := make([]float32, len(t))
	for i := range columns {
		for j := range columns {
			transposed[j*columns+i] = float32(math.Ldexp(float64(t[i*columns+j]), -r.exp))
		}
	}
	r.project = product(product(a, t), transposed)
}

// Factors are the factors of rows of a change, as if they were a tensor of their own.
func (r *Rounding) Factors(rows []float32) *Factors {
	return &Factors{Rank: r.rank, Exp: r.exp, A: r.a, B: r.left(nil, rows)}
}

// left appends the left factor of rows of a change.
func (r *Rounding) left(b []int16, rows []float32) []int16 {
	n := len(rows) / r.width
	y := make([]float32, n*columns)
	addProduct(kernelBest, y, byRows(rows, r.width), r.project, n, r.width)
	for i := range n {
		for _, v := range y[i*columns:][:r.rank] {
			x := math.RoundToEven(float64(v))
			b = append(b, int16(min(max(x, -codec.MaxNumber), codec.MaxNumber))) // NaN cannot be: rows are finite
		}
	}
	return b
}

// All are the factors of a whole change.
func (r *Rounding) All(c Change) (*Factors, error) {
	f := &Factors{Rank: r.rank, Exp: r.exp, A: r.a, B: make([]int16, 0, c.Rows*int64(r.rank))}
	block := max(1, fitBlock/c.Width)
	buf := make([]float32, min(block, c.Rows)*c.Width)
	for i := int64(0); i < c.Rows; i += block {
		rows := buf[:min(block, c.Rows-i)*c.Width]
		if err := c.Read(rows, i); err != nil {
			return nil, err
		}
		f.B = r.left(f.B, rows)
	}
	return f, nil
}
