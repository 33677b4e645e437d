package diff

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// leastSquare is the share of the largest eigenvalue down to which the squares of singular values are
// right to some digits, as eigenvalues of the products of columns with each other. Rounding is far below it.
const leastSquare = 1e-11

// allValues are all singular values of a small matrix; nil where it is not small, or what is asked of
// them needs more digits than this way has.
func (r *rankOf) allValues(ctx context.Context) ([]float64, error) {
	n := min(r.Rows, r.Cols)
	if n > fewDirections || r.kept == nil && r.Cols > r.Rows {
		return nil, nil
	}
	sum := mat.NewDense(n, n, nil)
	err := r.blocks(ctx, func(_ int, change *mat.Dense) {
		if r.Cols > r.Rows {
			change = mat.DenseCopyOf(change.T())
		}
		addGram(sum, change)
	})
	if err != nil {
		return nil, err
	}
	return r.rootsOf(sum), nil
}

// values are the n largest singular values of the change, about.
func (r *rankOf) values(ctx context.Context, n int) ([]float64, error) {
	_, z, err := r.directions(ctx, n)
	if err != nil {
		return nil, err
	}
	sum := mat.NewDense(n, n, nil)
	addGram(sum, z)
	if values := r.rootsOf(sum); values != nil {
		return values, nil
	}
	var svd mat.SVD
	if !svd.Factorize(z, mat.SVDNone) {
		return nil, fmt.Errorf("singular values of a %d×%d matrix: no convergence", r.Cols, n)
	}
	return svd.Values(nil), nil
}

// rootsOf are the roots of the eigenvalues of a symmetric matrix of which the upper triangle is given; nil where
// those about the floor are not right.
func (r *rankOf) rootsOf(upper *mat.Dense) []float64 {
	n, _ := upper.Dims()
	var eigen mat.EigenSym
	if !eigen.Factorize(mat.NewSymDense(n, upper.RawMatrix().Data), false) {
		return nil
	}
	values := eigen.Values(nil)
	largest := values[n-1]
	if r.floor*r.floor < leastSquare*largest {
		return nil
	}
	for i, v := range values {
		values[i] = math.Sqrt(max(v, 0))
	}
	return values
}
