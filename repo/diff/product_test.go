package diff

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
)

// normal is a matrix of normal numbers.
func normal(rng *rand.Rand, m, n int) *mat.Dense {
	d := mat.NewDense(m, n, nil)
	for i := range d.RawMatrix().Data {
		d.RawMatrix().Data[i] = rng.NormFloat64()
	}
	return d
}

// TestProducts compares products by the kernel with gonum's, of every remainder of its blocks and of parts of
// larger matrices.
func TestProducts(t *testing.T) {
	if !hasProductKernel {
		t.Skip("no kernel on this machine")
	}
	rng := rand.New(rand.NewPCG(1, 1))
	for _, size := range [][3]int{{1, 1, 1}, {5, 3, 7}, {6, 8, 8}, {7, 128, 9}, {100, 129, 16}, {97, 300, 80}, {193, 256, 23}} {
		m, k, n := size[0], size[1], size[2]
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			near := func(want, got *mat.Dense) { require.True(t, mat.EqualApprox(want, got, 1e-11)) }
			x := normal(rng, m+1, k+2).Slice(1, m+1, 2, k+2).(*mat.Dense)
			y := normal(rng, k, n+1).Slice(0, k, 1, n+1).(*mat.Dense)
			got := normal(rng, m, n)
			want := mat.DenseCopyOf(got)
			addProduct(got, x, y)
			addMul(want, x, y)
			near(want, got)

			z := normal(rng, m, n)
			got, want = mat.NewDense(k, n, nil), mat.NewDense(k, n, nil)
			addTurnedProduct(got, x, z)
			addMul(want, x.T(), z)
			near(want, got)

			got, want = mat.NewDense(k, k, nil), mat.NewDense(k, k, nil)
			addGram(got, x)
			addMul(want, x.T(), x)
			for i := range k {
				for j := i; j < k; j++ {
					require.InDelta(t, want.At(i, j), got.At(i, j), 1e-11)
				}
			}
		})
	}
}

// TestOrthogonalise makes orthonormal what is nearly so, what has sizes far apart, and what is of lower rank.
func TestOrthogonalise(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	dependent := mat.NewDense(200, 40, nil)
	dependent.Mul(normal(rng, 200, 5), normal(rng, 5, 40))
	uneven := normal(rng, 200, 40)
	for j := range 40 {
		for i := range 200 {
			uneven.Set(i, j, uneven.At(i, j)*float64(uint64(1)<<j))
		}
	}
	for name, m := range map[string]*mat.Dense{
		"normal": normal(rng, 200, 40), "square": normal(rng, 40, 40), "dependent": dependent, "uneven": uneven,
		"zero": mat.NewDense(50, 10, nil),
	} {
		before := mat.DenseCopyOf(m)
		orthogonalise(m)
		var gram, part, again mat.Dense
		gram.Mul(m.T(), m)
		_, n := m.Dims()
		require.True(t, mat.EqualApprox(&gram, eye(n), 1e-9), name)
		part.Mul(m.T(), before)
		again.Mul(m, &part)
		require.True(t, mat.EqualApprox(before, &again, 1e-9*max(1, mat.Norm(before, 2))), "%s: another span", name)
	}
}

func eye(n int) mat.Matrix {
	ones := make([]float64, n)
	for i := range ones {
		ones[i] = 1
	}
	return mat.NewDiagDense(n, ones)
}

// BenchmarkProduct is a product as the search for directions has it, in bytes of the left matrix.
func BenchmarkProduct(b *testing.B) {
	rng := rand.New(rand.NewPCG(3, 3))
	x, y, sum := normal(rng, 1024, 1024), normal(rng, 1024, firstSketch), mat.NewDense(1024, firstSketch, nil)
	b.SetBytes(8 << 20)
	for b.Loop() {
		addProduct(sum, x, y)
	}
}
