package predict

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/cpu"
	"dits/tensorstore/codec"
)

// Kernels of tests: what this machine lacks runs in the best it has.
const (
	kernelGo     = kernel(cpu.Go)
	kernelAVX2   = kernel(cpu.AVX2)
	kernelAVX512 = kernel(cpu.AVX512)
)

var kernels = []kernel{kernelGo, kernelAVX2, kernelAVX512}

// TestDots compares with sums in 64 bits, numbers of every size among them: sums wrap around.
func TestDots(t *testing.T) {
	r := rand.New(rand.NewPCG(31, 31))
	for _, rank := range []int{1, 3, 4, 8, 12, 16, 24, 32, 40, 48, 256} {
		a, b := numbers(r, 9*rank, 15), numbers(r, rank, 15)
		want, got := make([]int32, 9), make([]int32, 9)
		for k := range want {
			var s int64
			for i := range rank {
				s += int64(a[k*rank+i]) * int64(b[i])
			}
			want[k] = int32(s)
		}
		dots(got, a, b)
		require.Equal(t, want, got, "rank %d", rank)
	}
}

// elements are n elements of type e of all kinds: ordinary ones, the smallest, the largest and
// such as are not finite.
func elements(r *rand.Rand, n int, e codec.Elem) []byte {
	b := make([]byte, n*e.Size())
	for i := range n {
		if r.IntN(3) == 0 {
			for k := range e.Size() {
				b[i*e.Size()+k] = byte(r.Uint32())
			}
			continue
		}
		put(b[i*e.Size():], e, r.NormFloat64()*0.05)
	}
	return b
}

// TestKernelsMoveTheSame compares kernels with Go, in windows that begin and end anywhere.
func TestKernelsMoveTheSame(t *testing.T) {
	r := rand.New(rand.NewPCG(34, 34))
	for _, e := range []codec.Elem{codec.BF16, codec.F16, codec.F32} {
		for _, rank := range []int{1, 2, 7, 16, 48, 255} {
			for _, width := range []int{1, 15, 16, 31, 32, 47, 100, 1100} {
				for _, exp := range []int{-120, -30, -14, 0, 60} {
					const rows = 11
					f := &Factors{Rank: rank, Exp: exp, B: numbers(r, rows*rank, 6+r.IntN(2)*9), A: numbers(r, width*rank, 6+r.IntN(2)*9)}
					first := r.IntN(2 * width)
					b := elements(r, rows*width-first-r.IntN(2*width), e)
					want := bytes.Clone(b)
					f.move(kernelGo, want, e, int64(first))
					for _, k := range kernels[1:] {
						got := append(bytes.Clone(b), 1, 2, 3)
						f.move(k, got[:len(b)], e, int64(first))
						require.Equal(t, want, got[:len(b)], "kernel %d, type %d, rank %d, width %d, exponent %d, from %d", k, e, rank, width, exp, first)
						require.Equal(t, []byte{1, 2, 3}, got[len(b):], "beyond the end")
					}
				}
			}
		}
	}
}

// numbers are n numbers of either sign and up to bits bits, the extremes among them.
func numbers(r *rand.Rand, n, bits int) []int16 {
	v := make([]int16, n)
	for i := range v {
		v[i] = int16(r.IntN(2<<bits) - 1<<bits)
		if r.IntN(4) == 0 && bits == 15 {
			v[i] = math.MinInt16
		}
	}
	return v
}

// BenchmarkMove is the cost of moving 512 KiB.
func BenchmarkMove(b *testing.B) {
	r := rand.New(rand.NewPCG(33, 33))
	for _, e := range []codec.Elem{codec.BF16, codec.F16, codec.F32} {
		for _, rank := range []int{4, 8, 16, 32, 48} {
			for _, width := range []int{256, 4096} {
				rows := 512 << 10 / e.Size() / width
				f := &Factors{Rank: rank, Exp: -40, A: numbers(r, width*rank, 6), B: numbers(r, rows*rank, 6)}
				w := make([]byte, 512<<10)
				for i := range rows * width {
					put(w[i*e.Size():], e, r.NormFloat64()*0.05)
				}
				for k, name := range []string{"go", "avx2", "avx512"} {
					b.Run(fmt.Sprintf("type%d/rank%d/width%d/%s", e, rank, width, name), func(b *testing.B) {
						b.SetBytes(int64(len(w)))
						for b.Loop() {
							f.move(kernels[k], w, e, 0)
						}
					})
				}
			}
		}
	}
}
