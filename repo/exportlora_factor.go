package repo

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// factorMore is how many directions more than the rank are looked for, so that those of the rank are
// found well (Halko, Martinsson and Tropp 2011, section 4.3).
const factorMore = 16

// A factoring is left·right, about a change: rows × rank and rank × columns. Each has the root of the
// singular values.
type factoring struct {
	left   *mat.Dense
	right  *mat.Dense
	missed float64 // share of the change's energy that is not in it
}

// factor is the best approximation of that rank, at least 1 and at most what the change has of rows and
// columns, as far as the directions that are found have it.
func (r *rankOf) factor(ctx context.Context, rank int) (*factoring, error) {
	n := min(rank+factorMore, r.rows, r.cols)
	y, z, err := r.directions(ctx, n)
	if err != nil {
		return nil, err
	}
	// The change is about y·zᵀ, z = u·s·vᵀ; and so (y·v)·s·uᵀ.
	var svd mat.SVD
	if !svd.Factorize(z, mat.SVDThin) {
		return nil, fmt.Errorf("singular values of a %d×%d matrix: no convergence", r.cols, n)
	}
	var u, v, w mat.Dense
	svd.UTo(&u)
	svd.VTo(&v)
	w.Mul(y, &v)
	f := &factoring{left: mat.NewDense(r.rows, rank, nil), right: mat.NewDense(rank, r.cols, nil), missed: 1}
	for k, s := range svd.Values(nil)[:rank] {
		root := math.Sqrt(s)
		for i := range r.rows {
			f.left.Set(i, k, w.At(i, k)*root)
		}
		for j := range r.cols {
			f.right.Set(k, j, u.At(j, k)*root)
		}
		f.missed -= s * s / r.energy
	}
	f.missed = max(f.missed, 0)
	return f, nil
}
