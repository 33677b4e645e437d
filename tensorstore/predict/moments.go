package predict

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// moments are the scalar products of the vectors s0, s1-s0, s2-s0, … and t-s0, of a
// tensor t and sources s. Differences are taken before they are multiplied, for sources
// are nearly the same.
type moments struct {
	sources int
	n       int     // elements, those left out where one is not finite
	floor   float64 // see Blend.moments; 0: all count the same
	m       [MaxSources + 1][MaxSources + 1]float64
}

// moments of the elements of b. With a floor, each element counts the less the larger it
// is, and those below the floor the same: so that an error of one unit in the last place
// is about the same everywhere.
func (b *Blend) moments(floor float64) *moments {
	m := &moments{sources: len(b.Sources), floor: floor}
	var v [MaxSources + 1][combineBlock]float32
	all := len(b.Tensor) / b.Elem.Size()
	for at := 0; at < all; at += combineBlock {
		n := min(combineBlock, all-at)
		for k, s := range b.Sources {
			load(v[k][:n], s[at*b.From.Size():], b.From)
		}
		load(v[m.sources][:n], b.Tensor[at*b.Elem.Size():], b.Elem)
		for i := range n {
			var x [MaxSources + 1]float64
			for k := range m.sources + 1 {
				x[k] = float64(v[k][i])
			}
			m.add(&x)
		}
	}
	return m
}

// add adds one element: of each source, then of the tensor.
func (m *moments) add(x *[MaxSources + 1]float64) {
	sum := 0.0
	for k := 1; k <= m.sources; k++ {
		x[k] -= x[0]
		sum += x[k]
	}
	if sum-sum != 0 {
		return
	}
	m.n++
	if m.floor > 0 {
		w := 1 / (math.Abs(x[0]) + m.floor)
		for k := range x {
			x[k] *= w
		}
	}
	for i := range m.sources + 1 {
		for j := range i + 1 {
			m.m[i][j] += x[i] * x[j]
		}
	}
}

// A direction is a linear combination of the vectors of moments.
type direction [MaxSources + 1]float64

// difference is vector i less vector j, the vector 0 standing for zero.
func difference(i, j int) direction {
	var d direction
	if i > 0 {
		d[i]++
	}
	if j > 0 {
		d[j]--
	}
	return d
}

// product is the scalar product of two directions.
func (m *moments) product(a, b direction) float64 {
	sum := 0.0
	for i, x := range a {
		for j, y := range b {
			if x != 0 && y != 0 {
				sum += x * y * m.m[max(i, j)][min(i, j)]
			}
		}
	}
	return sum
}

// single is the squared error of the best source alone.
func (m *moments) single() float64 {
	best := math.Inf(1)
	for k := range m.sources {
		d := difference(m.sources, k)
		best = min(best, m.product(d, d))
	}
	return best
}

// A solution is the least-squares combination of some sources.
type solution struct {
	sources []int
	free    bool      // coefficients need not sum up to one
	coefs   []float64 // one for each source
	errors  []float64 // their standard errors; of the first about
	rss     float64   // squared error
}

// deviation is the root of the mean square of the first source.
func (m *moments) deviation() float64 { return math.Sqrt(m.m[0][0] / float64(m.n)) }

// solve finds coefficients, which sum up to one unless free; nil when the sources
// depend on each other.
func (m *moments) solve(sources []int, free bool) *solution {
	first := sources[0]
	var x []direction
	for _, k := range sources[1:] {
		x = append(x, difference(k, first))
	}
	if free {
		d := difference(first, 0)
		d[0] = 1
		x = append(x, d)
	}
	target := difference(m.sources, first)
	g, b := mat.NewSymDense(len(x), nil), mat.NewVecDense(len(x), nil)
	for i := range x {
		for j := range i + 1 {
			g.SetSym(i, j, m.product(x[i], x[j]))
		}
		b.SetVec(i, m.product(x[i], target))
	}
	var chol mat.Cholesky
	var inverse mat.SymDense
	var w mat.VecDense
	if !chol.Factorize(g) || chol.InverseTo(&inverse) != nil || chol.SolveVecTo(&w, b) != nil {
		return nil
	}
	s := &solution{sources: sources, free: free, rss: max(0, m.product(target, target)-mat.Dot(&w, b))}
	s.coefs, s.errors = []float64{1}, []float64{0}
	for k := range sources[1:] {
		s.coefs[0] -= w.AtVec(k)
		s.coefs = append(s.coefs, w.AtVec(k))
		s.errors = append(s.errors, math.Sqrt(s.rss/float64(m.n)*inverse.At(k, k)))
	}
	s.errors[0] = slices.Max(s.errors)
	if free {
		s.coefs[0] += w.AtVec(len(sources) - 1)
	}
	return s
}
