package predict

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/tensorstore/codec"
)

func normals(r *rand.Rand, n int) []float32 {
	v := make([]float32, n)
	for i := range v {
		v[i] = float32(r.NormFloat64())
	}
	return v
}

// TestKernelsMultiplyTheSame compares kernels with float64. Sums are in another order, and fused.
func TestKernelsMultiplyTheSame(t *testing.T) {
	r := rand.New(rand.NewPCG(51, 51))
	for _, n := range []int{1, 2, 7, 8, 9, 33} {
		for _, inner := range []int{1, 5, 128, 300} {
			for _, transposed := range []bool{false, true} {
				x, y := strided{normals(r, n*inner), inner, 1}, normals(r, inner*columns)
				if transposed {
					x.row, x.col = 1, n
				}
				for _, k := range kernels {
					c := append(normals(r, n*columns), 7)
					want := make([]float64, n*columns)
					for i := range want {
						want[i] = float64(c[i])
						for l := range inner {
							want[i] += float64(x.at[i/columns*x.row+l*x.col]) * float64(y[l*columns+i%columns])
						}
					}
					addProduct(k, c[:n*columns], x, y, n, inner)
					for i, v := range want {
						require.InDelta(t, v, c[i], 1e-3, "kernel %d, %d rows of %d", k, n, inner)
					}
					require.EqualValues(t, 7, c[n*columns], "beyond the end")
				}
			}
		}
	}
}

// TestSubtract compares with float64, every kind of element among them; a tensor's change is finite.
func TestSubtract(t *testing.T) {
	r := rand.New(rand.NewPCG(52, 52))
	for _, e := range []codec.Elem{codec.BF16, codec.F16, codec.F32, codec.F64} {
		const n = 5000
		a, b := elements(r, n, e), elements(r, n, e)
		got, want := make([]float32, n), make([]float32, n)
		Subtract(got, a, b, e)
		subtractAny(want, a, b, e)
		require.Equal(t, want, got, "type %d", e)
		for _, v := range got {
			require.False(t, math.IsNaN(float64(v)) || math.IsInf(float64(v), 0))
		}
	}
}

func TestEnergy(t *testing.T) {
	v := normals(rand.New(rand.NewPCG(53, 53)), 5003)
	want := 0.0
	for _, x := range v {
		want += float64(x) * float64(x)
	}
	require.InEpsilon(t, want, energy(v), 1e-5)
}

// Columns that depend on others become zero, all others orthonormal, also where their lengths are far apart.
func TestOrthonormalise(t *testing.T) {
	r := rand.New(rand.NewPCG(54, 54))
	const n = 400
	a := normals(r, n*columns)
	for i := range n {
		row := a[i*columns:][:columns]
		row[7] = row[3] - 2*row[5]
		for k := range row {
			row[k] *= float32(math.Pow(0.8, float64(k)))
		}
	}
	orthonormalise(a)
	g := gram(a)
	for i := range columns {
		for j := range columns {
			want := 0.0
			if i == j && i != 7 {
				want = 1
			}
			require.InDelta(t, want, g[i*columns+j], 1e-4, "columns %d and %d", i, j)
		}
	}
}

// noisy is a change of some directions, each weaker than the one before, and noise.
func noisy(rows, width int64, noise float64) Change {
	const rank = 24
	r := rand.New(rand.NewPCG(55, 55))
	b, a := normals(r, int(rows)*rank), normals(r, int(width)*rank)
	for i := range a {
		a[i] *= float32(math.Pow(0.8, float64(i%rank)))
	}
	d := make([]float32, rows*width)
	for i := range d {
		v := float32(r.NormFloat64() * noise)
		for k := range rank {
			v += b[i/int(width)*rank+k] * a[i%int(width)*rank+k]
		}
		d[i] = v * 1e-3
	}
	return Change{Rows: rows, Width: width, Read: func(dst []float32, i int64) error {
		copy(dst, d[i*width:])
		return nil
	}}
}

// TestEstimatesHold compares what a grid is estimated to leave and to take with what it does.
func TestEstimatesHold(t *testing.T) {
	for _, shape := range [][2]int64{{300, 200}, {1000, 100}, {100, 500}} {
		for _, noise := range []float64{0.5, 0.05} {
			c := noisy(shape[0], shape[1], noise)
			for _, worth := range []float64{0.5, 1} {
				fit, err := NewFit(c)
				require.NoError(t, err)
				e, ok := fit.Best(worth)
				require.True(t, ok)
				f, err := fit.Round(e.Grid).All(c)
				require.NoError(t, err)
				d := make([]float32, c.Rows*c.Width)
				require.NoError(t, c.Read(d, 0))
				before := energy(d)
				moved := make([]byte, 4*len(d))
				f.Move(moved, codec.F32, 0)
				val := make([]float32, len(d))
				load(val, moved, codec.F32)
				subtract(d, val)
				gain := 0.5 * math.Log2(before/energy(d))
				stored := float64(8 * len(f.append(nil)))
				t.Logf("%v: %v, gain %.2f of %.2f, bits %.0f of %.0f", shape, e.Grid, gain, e.Gain, stored, e.Coding)
				require.InDelta(t, e.Gain, gain, 0.25)
				require.InEpsilon(t, e.Coding, stored, 0.12)
				require.InEpsilon(t, stored, f.Bits(1), 0.12)
				// A wrong rank on either side saves less.
				for _, rank := range []int{e.Grid.Rank / 2, e.Grid.Rank + 10} {
					if r := fit.Round(Grid{rank, e.Grid.Left, e.Grid.Right}); r != nil {
						require.Less(t, saved(t, r, c, worth), saved(t, fit.Round(e.Grid), c, worth), "rank %d instead of %d", rank, e.Grid.Rank)
					}
				}
			}
		}
	}
}

// saved is what a rounding really saves, in bits.
func saved(t *testing.T, r *Rounding, c Change, worth float64) float64 {
	t.Helper()
	f, err := r.All(c)
	require.NoError(t, err)
	d, val := make([]float32, c.Rows*c.Width), make([]float32, c.Rows*c.Width)
	require.NoError(t, c.Read(d, 0))
	before := energy(d)
	moved := make([]byte, 4*len(d))
	f.Move(moved, codec.F32, 0)
	load(val, moved, codec.F32)
	subtract(d, val)
	return worth*0.5*math.Log2(before/energy(d))*float64(len(d)) - float64(8*len(f.append(nil)))
}

func TestNothingIsSavedOfNoise(t *testing.T) {
	r := rand.New(rand.NewPCG(56, 56))
	d := normals(r, 512*512)
	fit, err := NewFit(Change{Rows: 512, Width: 512, Read: func(dst []float32, i int64) error {
		copy(dst, d[i*512:])
		return nil
	}})
	require.NoError(t, err)
	_, ok := fit.Best(1)
	require.False(t, ok)
}

// BenchmarkFit is the cost of finding directions, by the bytes of BF16 that the change is of.
func BenchmarkFit(b *testing.B) {
	for _, n := range []int64{256, 1024} {
		c := noisy(n, n, 1)
		b.Run(fmt.Sprintf("%dx%d", n, n), func(b *testing.B) {
			b.SetBytes(2 * n * n)
			for b.Loop() {
				if _, err := NewFit(c); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
