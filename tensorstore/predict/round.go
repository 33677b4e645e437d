package predict

import (
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
	"gonum.org/v1/gonum/mat"

	"dits/tensorstore/codec"
)

// A Grid says how finely factors are rounded: how many of the directions are kept, and how
// many steps the standard deviation of the first one's numbers has. Both make the factors larger
// and the residual smaller.
type Grid struct {
	Rank  int
	Steps float64
}

// A Rounding is the right factor, rounded, and how to get the left one for it.
type Rounding struct {
	change  Change
	rank    int
	exp     int
	a       []int16        // width × rank
	project blas32.General // width × rank: a change times it is the left factor
}

// Round rounds the right factor. It is nil when the change has no such rank or numbers
// become too large.
func (f *Fit) Round(g Grid) *Rounding {
	if g.Rank > len(f.sigma) {
		return nil
	}
	stepB := step(f.sigma[0], f.change.Rows, g.Steps)
	stepA := step(f.sigma[0], f.change.Width, g.Steps)
	r := &Rounding{change: f.change, rank: g.Rank, exp: stepA + stepB, a: make([]int16, int(f.change.Width)*g.Rank)}
	if r.exp < minExp || r.exp > maxExp {
		return nil
	}
	for j := range int(f.change.Width) {
		for k := range g.Rank {
			v := math.RoundToEven(math.Ldexp(f.v.At(j, k)*math.Sqrt(f.sigma[k]), -stepA))
			if math.Abs(v) > codec.MaxNumber {
				return nil
			}
			r.a[j*g.Rank+k] = int16(v)
		}
	}
	if !r.solve() {
		return nil
	}
	return r
}

// step is the binary logarithm of a step, so that numbers which n of together have norm √sigma
// deviate by about that many steps.
func step(sigma float64, n int64, steps float64) int {
	return int(math.Round(math.Log2(math.Sqrt(sigma/float64(n)) / steps)))
}

// solve makes the projection of least squares on the rounded right factor: A·(AᵀA)⁻¹.
func (r *Rounding) solve() bool {
	width := int(r.change.Width)
	a := mat.NewDense(width, r.rank, nil)
	for i, v := range r.a {
		a.Set(i/r.rank, i%r.rank, float64(v))
	}
	var gram mat.SymDense
	gram.SymOuterK(1, a.T())
	var chol mat.Cholesky
	if !chol.Factorize(&gram) {
		return false
	}
	var inverse mat.SymDense
	if chol.InverseTo(&inverse) != nil {
		return false
	}
	var p mat.Dense
	p.Mul(a, &inverse)
	r.project = general(width, r.rank)
	for i := range r.project.Data {
		r.project.Data[i] = float32(math.Ldexp(p.At(i/r.rank, i%r.rank), -r.exp))
	}
	return true
}

// left is the left factor of the rows of a change.
func (r *Rounding) left(rows []float32) []int16 {
	width := int(r.change.Width)
	d := blas32.General{Rows: len(rows) / width, Cols: width, Stride: width, Data: rows}
	b := multiply(blas.NoTrans, d, r.project)
	out := make([]int16, len(b.Data))
	for i, v := range b.Data {
		x := math.RoundToEven(float64(v))
		out[i] = int16(min(max(x, -codec.MaxNumber), codec.MaxNumber)) // NaN cannot be: rows are finite
	}
	return out
}

// Factors are the factors of n rows from row i on, as if they were a tensor of their own.
func (r *Rounding) Factors(i, n int64) (*Factors, error) {
	f := &Factors{Rank: r.rank, Exp: r.exp, A: r.a}
	block := max(1, (1<<18)/r.change.Width)
	buf := make([]float32, min(block, n)*r.change.Width)
	for n > 0 {
		k := min(block, n)
		rows := buf[:k*r.change.Width]
		if err := r.change.Read(rows, i); err != nil {
			return nil, err
		}
		f.B = append(f.B, r.left(rows)...)
		i, n = i+k, n-k
	}
	return f, nil
}

// Size is the number of bytes that f takes in a prediction of rows times as many rows.
func (f *Factors) Size(times float64) int64 {
	b := len(codec.AppendNumbers(nil, f.B, f.Rank))
	a := len(codec.AppendNumbers(nil, f.A, f.Rank))
	return int64(float64(b)*times) + int64(a)
}
