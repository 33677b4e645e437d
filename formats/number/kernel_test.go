package number

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestLanes holds the kernel and its twin in Go to the same bits, whatever the numbers are; of NaNs only that
// they are some.
func TestLanes(t *testing.T) {
	if !hasSumKernel {
		t.Log("no kernel here: the twin is compared with itself")
	}
	rng := rand.New(rand.NewPCG(5, 6))
	odd := []float64{0, math.Copysign(0, -1), math.NaN(), math.Inf(1), math.Inf(-1), 5e-324, math.MaxFloat64, -1}
	bits := func(x float64) uint64 {
		if math.IsNaN(x) {
			return math.Float64bits(math.NaN())
		}
		return math.Float64bits(x)
	}
	for round := range 400 {
		n := 4 * (1 + rng.IntN(comparePiece/4))
		a, b := make([]float64, n), make([]float64, n)
		for i := range a {
			a[i], b[i] = rng.NormFloat64(), rng.NormFloat64()
			if round%4 == 1 {
				a[i], b[i] = math.Float64frombits(rng.Uint64()), math.Float64frombits(rng.Uint64())
			}
		}
		if round%4 == 2 {
			a[rng.IntN(n)], b[rng.IntN(n)] = odd[rng.IntN(len(odd))], odd[rng.IntN(len(odd))]
		}
		inC, inGo := lanesInC(a, b), lanesInGo(a, b)
		for k, pair := range [][2]float64{{inC.aa, inGo.aa}, {inC.bb, inGo.bb}, {inC.ab, inGo.ab}, {inC.dd, inGo.dd}, {inC.d, inGo.d}, {inC.max, inGo.max}} {
			if bits(pair[0]) != bits(pair[1]) {
				t.Fatalf("round %d, %d numbers, sum %d: got %v in C, %v in Go", round, n, k, pair[0], pair[1])
			}
		}
	}
}

// TestAddBytes holds the kernel's reading of each dtype to Go's, by every pattern of 16 bits and some of 32.
func TestAddBytes(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	for dtype, elem := range kernelElems {
		v := valuesOf[dtype]
		for round := range 256 {
			a, b := make([]byte, 256*v.size), make([]byte, 256*v.size)
			for i := range 256 {
				a[i*int(v.size)], a[i*int(v.size)+1] = byte(i), byte(round)
				b[i*int(v.size)], b[i*int(v.size)+1] = byte(rng.Uint32()), byte(round)
				if v.size == 4 {
					a[4*i+3], b[4*i+3], b[4*i+2] = byte(rng.Uint32()), byte(round), byte(i)
				}
			}
			var got, want sums
			x, y := make([]float64, 256), make([]float64, 256)
			v.hi(x, a)
			v.hi(y, b)
			want.addValues(x, y)
			if got.addBytes(a, b, 256, elem) {
				if got != want {
					t.Fatalf("%s, round %d: got %+v, want %+v", dtype, round, got, want)
				}
			} else if hasSumKernel && !math.IsNaN(lanesInGo(x, y).dd) {
				t.Fatalf("%s, round %d: the kernel did not take numbers", dtype, round)
			}
		}
	}
	var s sums
	if s.addBytes(make([]byte, 6), make([]byte, 6), 3, kernelBF16) {
		t.Error("the kernel took a length that is no multiple of 4")
	}
}

func BenchmarkLanesInGo(b *testing.B) {
	x, y := make([]float64, comparePiece), make([]float64, comparePiece)
	b.SetBytes(2 * comparePiece) // as BF16
	for b.Loop() {
		lanesInGo(x, y)
	}
}
