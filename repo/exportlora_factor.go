package repo

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"
)

// factorMore is how many directions more than the rank are looked for, so that those of the rank are
// found well (Halko, Martinsson and Tropp 2011, section 4.3).
const factorMore = 16

// factorPasses are the iterations of the power method: one more than counting directions takes.
const factorPasses = 2

// A factoring is left·right, about a change: rows × rank and rank × columns. Each has the root of the
// singular values.
type factoring struct {
	left   *mat.Dense
	right  *mat.Dense
	missed float64 // share of the change's energy that is not in it
}

// factor is the best approximation of that rank, at least 1 and at most what the change has of rows and
// columns, as found by a randomised range finder from a fixed seed.
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

// directions are y with n orthonormal columns that have most of the change in them, and z, the transpose of the
// change times y.
func (r *rankOf) directions(ctx context.Context, n int) (y, z *mat.Dense, err error) {
	rng := rand.New(rand.NewPCG(0x6c6f7261, uint64(n)))
	y, z = mat.NewDense(r.rows, n, nil), mat.NewDense(r.cols, n, nil)
	for i := range z.RawMatrix().Data {
		z.RawMatrix().Data[i] = rng.NormFloat64()
	}
	for pass := 0; ; pass++ {
		if err := r.times(ctx, y, z); err != nil {
			return nil, nil, err
		}
		orthogonalise(y)
		if err := r.transposedTimes(ctx, z, y); err != nil {
			return nil, nil, err
		}
		if pass == factorPasses {
			return y, z, nil
		}
		orthogonalise(z)
	}
}

// times sets y to the change times z.
func (r *rankOf) times(ctx context.Context, y, z *mat.Dense) error {
	_, n := z.Dims()
	return r.blocks(ctx, func(i int, change *mat.Dense) {
		k, _ := change.Dims()
		y.Slice(i, i+k, 0, n).(*mat.Dense).Mul(change, z)
	})
}

// transposedTimes sets z to the transpose of the change times y.
func (r *rankOf) transposedTimes(ctx context.Context, z, y *mat.Dense) error {
	_, n := y.Dims()
	z.Zero()
	var part mat.Dense
	return r.blocks(ctx, func(i int, change *mat.Dense) {
		k, _ := change.Dims()
		part.Reset()
		part.Mul(change.T(), y.Slice(i, i+k, 0, n))
		z.Add(z, &part)
	})
}
