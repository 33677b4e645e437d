package diff

import (
	"math"

	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/lapack/lapack64"
	"gonum.org/v1/gonum/mat"
)

// farFromOrthonormal is how far the products of columns may be from 0 and 1 before the last step of
// [orthogonaliseFast], which then leaves about the square of it.
const farFromOrthonormal = 1e-3

// orthogonalise makes the columns of a matrix with at least as many rows orthonormal.
func orthogonalise(m *mat.Dense) {
	kept := mat.DenseCopyOf(m)
	if orthogonaliseFast(m) {
		return
	}
	m.Copy(kept)
	a := m.RawMatrix()
	tau := make([]float64, a.Cols)
	thin(a, tau, lapack64.Geqrf)
	thin(a, tau, lapack64.Orgqr)
}

// orthogonaliseFast takes Cholesky's way twice, which is products of matrices and little else. It is not ok where
// columns depend on each other too much for that.
func orthogonaliseFast(m *mat.Dense) bool {
	for range 2 {
		gram, off := gramOf(m)
		last := off < farFromOrthonormal
		var c mat.Cholesky
		if !c.Factorize(gram) {
			return false
		}
		if !divide(m, &c) {
			return false
		}
		if last {
			return true
		}
	}
	_, off := gramOf(m)
	return off < farFromOrthonormal*farFromOrthonormal
}

// divide sets m to m·R⁻¹, with the R of RᵀR = MᵀM.
func divide(m *mat.Dense, c *mat.Cholesky) bool {
	var upper, inverse mat.TriDense
	c.UTo(&upper)
	if inverse.InverseTri(&upper) != nil {
		return false // an error, or the warning that digits are lost
	}
	product := mat.NewDense(m.RawMatrix().Rows, m.RawMatrix().Cols, nil)
	addProduct(product, m, mat.DenseCopyOf(&inverse))
	m.Copy(product)
	return true
}

// gramOf has the products of the columns with each other, and how far they are from those of orthonormal ones.
func gramOf(m *mat.Dense) (gram *mat.SymDense, off float64) {
	_, n := m.Dims()
	sum := mat.NewDense(n, n, nil)
	addGram(sum, m)
	for i := range n {
		off = max(off, math.Abs(sum.At(i, i)-1))
		for j := i + 1; j < n; j++ {
			off = max(off, math.Abs(sum.At(i, j)))
		}
	}
	return mat.NewSymDense(n, sum.RawMatrix().Data), off
}

// thin runs a step of the decomposition with the workspace that it asks for.
func thin(a blas64.General, tau []float64, step func(blas64.General, []float64, []float64, int)) {
	work := make([]float64, 1)
	step(a, tau, work, -1)
	work = make([]float64, int(work[0]))
	step(a, tau, work, len(work))
}
