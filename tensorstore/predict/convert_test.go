package predict

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/tensorstore/codec"
)

// TestKernelsLoadTheSame compares kernels with Go on every element of 2 bytes.
func TestKernelsLoadTheSame(t *testing.T) {
	b := make([]byte, 0, 2<<16)
	for u := range 1 << 16 {
		b = append(b, byte(u), byte(u>>8))
	}
	for _, e := range []codec.Elem{codec.BF16, codec.F16} {
		want := make([]float32, 1<<16)
		loadBy(kernelGo, want, b, e)
		for _, k := range kernels[1:] {
			for _, n := range []int{1 << 16, 13, 7, 0} {
				got := make([]float32, n)
				loadBy(k, got, b[2*(1<<16-n):], e)
				require.Equal(t, floatBytes(want[1<<16-n:]), floatBytes(got), "kernel %d, type %d", k, e)
			}
		}
	}
}

// TestKernelsStoreTheSame compares kernels with Go on numbers of all sizes, those between two elements, and NaNs
// of every payload.
func TestKernelsStoreTheSame(t *testing.T) {
	r := rand.New(rand.NewPCG(51, 52))
	var values []float32
	for u := range uint32(1 << 16) {
		low := []uint32{0, 1, 0x1000, 0x0fff, 0x3000, 0x7fff, 0x8000, 0x8001, 0xffff, r.Uint32() & 0xffff}
		values = append(values, math.Float32frombits(u<<16|low[r.IntN(len(low))]))
	}
	numbers := make([]float32, 0, len(values))
	for _, v := range values {
		if v == v {
			numbers = append(numbers, v)
		}
	}
	for _, e := range []codec.Elem{codec.BF16, codec.F16} {
		for _, a := range [][]float32{values, numbers, values[5:18], {}, {1, 2, 3, 4, 5, 6, 7, 8, float32(math.NaN())}} {
			want := make([]byte, 2*len(a))
			nan := storeBy(kernelGo, want, e, a)
			for _, k := range kernels[1:] {
				got := make([]byte, 2*len(a))
				require.Equal(t, nan, storeBy(k, got, e, a), "kernel %d, type %d", k, e)
				require.Equal(t, want, got, "kernel %d, type %d", k, e)
			}
		}
	}
}

func BenchmarkConvert(b *testing.B) {
	values, raw := make([]float32, 16<<10), make([]byte, 32<<10)
	for i := range values {
		values[i] = float32(i-5000) / 3000
	}
	for _, e := range []struct {
		name string
		elem codec.Elem
	}{{"BF16", codec.BF16}, {"F16", codec.F16}} {
		for i, k := range []kernel{kernelGo, kernelAVX2} {
			name := e.name + []string{"/Go", "/AVX2"}[i]
			b.Run(name+"/store", func(b *testing.B) {
				b.SetBytes(int64(len(raw)))
				for b.Loop() {
					storeBy(k, raw, e.elem, values)
				}
			})
			b.Run(name+"/load", func(b *testing.B) {
				b.SetBytes(int64(len(raw)))
				for b.Loop() {
					loadBy(k, values, raw, e.elem)
				}
			})
		}
	}
}
