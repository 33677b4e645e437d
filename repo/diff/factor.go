package diff

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// factorMore is how many directions more than the rank are looked for, so that those of the rank are
// found well (Halko, Martinsson and Tropp 2011, section 4.3).
const factorMore = 16

// A Factoring is left·right, about a change: rows × rank and rank × columns. Each has the root of the
// singular values.
type Factoring struct {
	Left   *mat.Dense
	Right  *mat.Dense
	Missed float64 // share of the change's energy that is not in it
}

// Factor is the best approximation of that rank, at least 1 and at most what the change has of rows and
// columns, as far as the directions that are found have it.
func (r *rankOf) Factor(ctx context.Context, rank int) (*Factoring, error) {
	n := min(rank+factorMore, r.Rows, r.Cols)
	y, z, err := r.directions(ctx, n)
	if err != nil {
		return nil, err
	}
	// The change is about y·zᵀ, z = u·s·vᵀ; and so (y·v)·s·uᵀ.
	var svd mat.SVD
	if !svd.Factorize(z, mat.SVDThin) {
		return nil, fmt.Errorf("singular values of a %d×%d matrix: no convergence", r.Cols, n)
	}
	var u, v, w mat.Dense
	svd.UTo(&u)
	svd.VTo(&v)
	w.Mul(y, &v)
	f := &Factoring{Left: mat.NewDense(r.Rows, rank, nil), Right: mat.NewDense(rank, r.Cols, nil), Missed: 1}
	for k, s := range svd.Values(nil)[:rank] {
		root := math.Sqrt(s)
		for i := range r.Rows {
			f.Left.Set(i, k, w.At(i, k)*root)
		}
		for j := range r.Cols {
			f.Right.Set(k, j, u.At(j, k)*root)
		}
		f.Missed -= s * s / r.Energy
	}
	f.Missed = max(f.Missed, 0)
	return f, nil
}
