package predict

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// columns is how many columns the matrices of the search for directions have: those here are
// rows of so many float32.
const columns = 48

// A strided is a matrix of float32 seen from some side: element (i, k) is at[i*row + k*col].
type strided struct {
	at       []float32
	row, col int
}

// byRows is a matrix of rows as they lie in memory.
func byRows(at []float32, width int) strided { return strided{at, width, 1} }

// byColumns is the transpose of such a matrix.
func byColumns(at []float32, width int) strided { return strided{at, 1, width} }

// addProduct adds x·y to c: n rows of columns, with inner rows of y.
func addProduct(k kernel, c []float32, x strided, y []float32, n, inner int) {
	if k.multiply(c, x, y, n, inner) {
		return
	}
	for i := range n {
		s := c[i*columns:][:columns]
		for k := range inner {
			v := x.at[i*x.row+k*x.col]
			for j, u := range y[k*columns:][:columns] {
				s[j] += v * u
			}
		}
	}
}

// product is a·b, of which b is square.
func product(a, b []float32) []float32 {
	c := make([]float32, len(a))
	addProduct(kernelBest, c, byRows(a, columns), b, len(a)/columns, columns)
	return c
}

// gram is the scalar products of the columns of a.
func gram(a []float32) []float32 {
	g := make([]float32, columns*columns)
	addProduct(kernelBest, g, byColumns(a, columns), a, columns, len(a)/columns)
	return g
}

// orthonormalise makes the columns of a orthonormal: Cholesky QR, twice over for the sake of
// float32 (Yamamoto et al. 2015). A column that depends on those before becomes zero.
func orthonormalise(a []float32) {
	condition(a)
	condition(a)
}

// condition makes the columns of a nearly orthonormal.
func condition(a []float32) { copy(a, product(a, inverseRoot(gram(a)))) }

// dependent is the share of a column's square under which what the columns before it leave is noise.
const dependent = 1e-6

// inverseRoot is T with TᵀGT = 1, upper triangular, of a symmetric G that is not negative. Where a
// column of what G is of depends on those before it, T has a column of zeros.
func inverseRoot(g []float32) []float32 {
	var r, t [columns][columns]float64
	for k := range columns { // G = RᵀR
		d := float64(g[k*columns+k])
		for l := range k {
			d -= r[l][k] * r[l][k]
		}
		if !(d > dependent*float64(g[k*columns+k])) {
			continue
		}
		r[k][k] = math.Sqrt(d)
		for j := k + 1; j < columns; j++ {
			r[k][j] = float64(g[k*columns+j])
		}
		for l := range k {
			c := r[l][k]
			for j := k + 1; j < columns; j++ {
				r[k][j] -= c * r[l][j]
			}
		}
		for j := k + 1; j < columns; j++ {
			r[k][j] /= r[k][k]
		}
	}
	for k := columns - 1; k >= 0; k-- { // T = R⁻¹, from its last row up
		if r[k][k] == 0 {
			continue
		}
		t[k][k] = 1
		for l := k + 1; l < columns; l++ {
			c := r[k][l]
			for j := l; j < columns; j++ {
				t[k][j] -= c * t[l][j]
			}
		}
		for j := k; j < columns; j++ {
			t[k][j] /= r[k][k]
		}
	}
	out := make([]float32, columns*columns)
	for k := range columns {
		for j := k; j < columns; j++ {
			if r[j][j] != 0 {
				out[k*columns+j] = float32(t[k][j])
			}
		}
	}
	return out
}

// eigen is the eigenvalues of a symmetric matrix, falling, and its eigenvectors as columns; none where
// they cannot be found.
func eigen(g []float32) (values []float64, vectors []float32) {
	sym := mat.NewSymDense(columns, nil)
	for i := range columns {
		for j := i; j < columns; j++ {
			sym.SetSym(i, j, float64(g[i*columns+j]))
		}
	}
	var e mat.EigenSym
	if !e.Factorize(sym, true) {
		return nil, nil
	}
	var w mat.Dense
	e.VectorsTo(&w)
	rising := e.Values(nil)
	vectors = make([]float32, columns*columns)
	for k := range columns {
		values = append(values, rising[columns-1-k])
		for i := range columns {
			vectors[i*columns+k] = float32(w.At(i, columns-1-k))
		}
	}
	return values, vectors
}
