package predict

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
	"gonum.org/v1/gonum/mat"
)

const (
	// fitRank is the largest rank that is looked for.
	fitRank = 48
	// fitExtra widens the search, so that the last of the directions are good too.
	fitExtra = 8
	// fitElements bounds how much of a change is looked at to find its directions.
	fitElements = 4 << 20
)

// A Change is rows of the change of a tensor: Read fills dst with whole rows from row i
// on. What is not finite is 0.
type Change struct {
	Rows, Width int64
	Read        func(dst []float32, i int64) error
}

// A Fit is the directions that most of a change lies in, found in a sample of its rows by
// a randomised range finder (Halko, Martinsson and Tropp 2011, algorithm 4.4). What it
// finds need not be the same on every platform: only its rounded result is stored.
type Fit struct {
	change Change
	v      *mat.Dense // width × rank, orthonormal columns
	sigma  []float64  // singular values of the whole change, falling
}

// NewFit looks for directions. It is nil when the change is zero or too small a matrix.
func NewFit(c Change) (*Fit, error) {
	p := int(min(fitRank+fitExtra, c.Rows, c.Width))
	if p < 4 {
		return nil, nil
	}
	d, err := c.sample(p)
	if err != nil {
		return nil, err
	}
	y := gaussian(d.Rows, p)
	var z blas32.General
	for range 2 {
		z = multiply(blas.Trans, d, y) // width × p
		orthonormalise(z)
		y = multiply(blas.NoTrans, d, z) // rows × p
	}
	f := &Fit{change: c}
	f.directions(y, z, math.Sqrt(float64(c.Rows)/float64(d.Rows)))
	if len(f.sigma) == 0 {
		return nil, nil
	}
	return f, nil
}

// sample reads some of the rows, evenly spread, at least four times as many as directions.
func (c Change) sample(p int) (blas32.General, error) {
	n := min(c.Rows, max(fitElements/c.Width, 4*int64(p)))
	d := general(int(n), int(c.Width))
	for k := range n {
		if err := c.Read(d.Data[k*c.Width:][:c.Width], k*c.Rows/n); err != nil {
			return d, err
		}
	}
	return d, nil
}

// directions turns the basis z, with y = sample·z, into the singular vectors: those of the
// small matrix yᵀy. scale is from the singular values of the sample to those of the whole.
func (f *Fit) directions(y, z blas32.General, scale float64) {
	p := y.Cols
	g := multiply(blas.Trans, y, y)
	sym := mat.NewSymDense(p, nil)
	for i := range p {
		for j := i; j < p; j++ {
			sym.SetSym(i, j, float64(g.Data[i*p+j]))
		}
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(sym, true) {
		return
	}
	var w mat.Dense
	eigen.VectorsTo(&w)
	values := eigen.Values(nil) // rising
	rank := min(p, fitRank)
	f.v = mat.NewDense(z.Rows, rank, nil)
	for k := range rank {
		value := values[p-1-k]
		if !(value > 0) {
			break
		}
		f.sigma = append(f.sigma, math.Sqrt(value)*scale)
		for j := range z.Rows {
			s := 0.0
			for l := range p {
				s += float64(z.Data[j*p+l]) * w.At(l, p-1-k)
			}
			f.v.Set(j, k, s)
		}
	}
}

func general(rows, cols int) blas32.General {
	return blas32.General{Rows: rows, Cols: cols, Stride: cols, Data: make([]float32, rows*cols)}
}

// gaussian is a matrix of normal numbers, the same each time.
func gaussian(rows, cols int) blas32.General {
	r := rand.New(rand.NewPCG(0x64697473, 1))
	g := general(rows, cols)
	for i := range g.Data {
		g.Data[i] = float32(r.NormFloat64())
	}
	return g
}

// multiply is a·b, or aᵀ·b.
func multiply(t blas.Transpose, a, b blas32.General) blas32.General {
	rows := a.Rows
	if t == blas.Trans {
		rows = a.Cols
	}
	c := general(rows, b.Cols)
	blas32.Gemm(t, blas.NoTrans, 1, a, b, 0, c)
	return c
}

// orthonormalise makes the columns of a orthonormal: Gram-Schmidt, twice over for the
// sake of float32. A column that depends on those before becomes zero.
func orthonormalise(a blas32.General) {
	cols := make([][]float32, a.Cols)
	for k := range cols {
		v := make([]float32, a.Rows)
		for i := range v {
			v[i] = a.Data[i*a.Stride+k]
		}
		before := norm(v)
		for range 2 {
			for _, u := range cols[:k] {
				s := product(u, v)
				for i := range v {
					v[i] -= s * u[i]
				}
			}
		}
		scale := float32(0)
		if n := norm(v); n > 1e-6*before {
			scale = 1 / n
		}
		for i := range v {
			v[i] *= scale
			a.Data[i*a.Stride+k] = v[i]
		}
		cols[k] = v
	}
}

func product(a, b []float32) float32 {
	return blas32.Dot(blas32.Vector{N: len(a), Inc: 1, Data: a}, blas32.Vector{N: len(b), Inc: 1, Data: b})
}

func norm(a []float32) float32 { return float32(math.Sqrt(float64(product(a, a)))) }
