package predict

import (
	"math"
	"math/rand/v2"
)

const (
	// fitElements bounds how much of a change is looked at to find its directions.
	fitElements = 2 << 20
	// iterations of the power method. What they are given has to be well conditioned, for singular values
	// are squared in float32.
	iterations = 1
	// fitBlock is how many elements of it are multiplied at a time: what stays in the second cache.
	fitBlock = 128 << 10
)

// A Change is rows of the change of a tensor: Read fills dst with whole rows from row i
// on. What is not finite is 0.
type Change struct {
	Rows, Width int64
	Read        func(dst []float32, i int64) error
}

// A Fit is the directions that most of a change lies in, found in a sample of its rows by
// a randomised range finder with one power iteration (Halko, Martinsson and Tropp 2011, algorithm 4.3). What
// it finds need not be the same on every platform: only its rounded result is stored. On one processor
// it always is.
type Fit struct {
	change Change
	energy float64   // sum of squares of the whole change
	v      []float32 // width × columns, orthonormal columns
	sigma  []float64 // singular values of the whole change, falling
}

// NewFit looks for directions. It is nil when the change is zero or too small a matrix.
func NewFit(c Change) (*Fit, error) {
	if min(c.Rows, c.Width) < 4 {
		return nil, nil
	}
	s, err := c.sample()
	if err != nil || s.energy == 0 {
		return nil, err
	}
	z := s.firstBasis()
	for range iterations {
		condition(z)
		z = s.power(z)
	}
	orthonormalise(z)
	scale := float64(c.Rows) / float64(s.rows)
	f := &Fit{change: c, energy: s.energy * scale}
	values, w := eigen(s.gram(z))
	for _, v := range values {
		if v > 0 {
			f.sigma = append(f.sigma, math.Sqrt(v*scale))
		}
	}
	if len(f.sigma) == 0 {
		return nil, nil
	}
	f.v = product(z, w)
	return f, nil
}

// A sample is some rows of a change.
type sample struct {
	rows, width int
	at          []float32
	energy      float64 // sum of squares
}

// sample reads some of the rows, evenly spread, at least four times as many as directions.
func (c Change) sample() (*sample, error) {
	n := min(c.Rows, max(fitElements/c.Width, 4*columns))
	s := &sample{rows: int(n), width: int(c.Width), at: make([]float32, n*c.Width)}
	if n == c.Rows {
		err := c.Read(s.at, 0)
		s.energy = energy(s.at)
		return s, err
	}
	for k := range n {
		if err := c.Read(s.at[k*c.Width:][:c.Width], k*c.Rows/n); err != nil {
			return nil, err
		}
	}
	s.energy = energy(s.at)
	return s, nil
}

// energy is the sum of squares.
func energy(a []float32) float64 {
	total, ok := kernelBest.energy(a)
	if ok {
		return total
	}
	for len(a) > 0 {
		n := min(len(a), 1024)
		var s, t, u, v float32
		b := a[:n]
		for ; len(b) >= 4; b = b[4:] {
			s += b[0] * b[0]
			t += b[1] * b[1]
			u += b[2] * b[2]
			v += b[3] * b[3]
		}
		for _, x := range b {
			s += x * x
		}
		total += float64(s) + float64(t) + float64(u) + float64(v)
		a = a[n:]
	}
	return total
}

// firstBasis is a basis to begin with, width × columns: each row of the sample is added, with a random
// sign, to two of the columns.
func (s *sample) firstBasis() []float32 {
	r := rand.New(rand.NewPCG(0x64697473, 1))
	n := min(columns, s.rows, s.width)
	sums := make([]float32, n*s.width)
	for i := range s.rows {
		row, bits := s.at[i*s.width:][:s.width], r.Uint64()
		for k := range 2 {
			to := sums[(i+k*(1+int(bits>>2%uint64(n))))%n*s.width:][:s.width]
			addSigned(to, row, float32(1-2*int(bits>>k&1)))
		}
	}
	z := make([]float32, s.width*columns)
	for k := range n {
		for j, v := range sums[k*s.width:][:s.width] {
			z[j*columns+k] = v
		}
	}
	return z
}

// addSigned adds a times sign to dst.
func addSigned(dst, a []float32, sign float32) {
	if kernelBest.add(dst, a, sign) {
		return
	}
	for j, v := range a {
		dst[j] += sign * v
	}
}

// blocks calls f for some rows at a time, from row i on.
func (s *sample) blocks(f func(rows []float32, i, n int)) {
	n := max(8, fitBlock/s.width)
	for i := 0; i < s.rows; i += n {
		k := min(n, s.rows-i)
		f(s.at[i*s.width:][:k*s.width], i, k)
	}
}

// power is the sample's transpose times a basis of the sample times z.
func (s *sample) power(z []float32) []float32 {
	y := make([]float32, s.rows*columns)
	s.blocks(func(rows []float32, i, n int) {
		addProduct(kernelBest, y[i*columns:], byRows(rows, s.width), z, n, s.width)
	})
	condition(y)
	out := make([]float32, len(z))
	s.blocks(func(rows []float32, i, n int) {
		addProduct(kernelBest, out, byColumns(rows, s.width), y[i*columns:], s.width, n)
	})
	return out
}

// gram is the scalar products of the columns of the sample times z.
func (s *sample) gram(z []float32) []float32 {
	g := make([]float32, columns*columns)
	s.blocks(func(rows []float32, _, n int) {
		y := make([]float32, n*columns)
		addProduct(kernelBest, y, byRows(rows, s.width), z, n, s.width)
		addProduct(kernelBest, g, byColumns(y, columns), y, columns, n)
	})
	return g
}
