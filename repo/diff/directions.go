package diff

import (
	"context"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"
)

// powerPasses are the iterations of the power method that sharpen directions.
const powerPasses = 2

// directionSeed begins the random numbers, so that the same change has the same directions.
const directionSeed = 0x72616e6b

// directions are y with n orthonormal columns that have most of the change in them, and z, the transpose of
// the change times y; so the change is about y·zᵀ. It is a randomised range finder with a power iteration
// (Halko, Martinsson and Tropp 2011, algorithms 4.4 and 5.1), and reads the change 2·(powerPasses+1) times.
func (r *rankOf) directions(ctx context.Context, n int) (y, z *mat.Dense, err error) {
	rng := rand.New(rand.NewPCG(directionSeed, uint64(n)))
	y, z = mat.NewDense(r.Rows, n, nil), mat.NewDense(r.Cols, n, nil)
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
		if pass == powerPasses {
			return y, z, nil
		}
		orthogonalise(z)
	}
}

// times sets y to the change times z.
func (r *rankOf) times(ctx context.Context, y, z *mat.Dense) error {
	_, n := z.Dims()
	y.Zero()
	return r.blocks(ctx, func(i int, change *mat.Dense) {
		k, _ := change.Dims()
		addProduct(y.Slice(i, i+k, 0, n).(*mat.Dense), change, z)
	})
}

// transposedTimes sets z to the transpose of the change times y.
func (r *rankOf) transposedTimes(ctx context.Context, z, y *mat.Dense) error {
	_, n := y.Dims()
	z.Zero()
	return r.blocks(ctx, func(i int, change *mat.Dense) {
		k, _ := change.Dims()
		addTurnedProduct(z, change, y.Slice(i, i+k, 0, n).(*mat.Dense))
	})
}
