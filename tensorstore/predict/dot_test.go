package predict

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/tensorstore/codec"
)

// TestDotsAgree compares the kernel and Go with sums in 64 bits, numbers of every
// size among them: sums wrap around.
func TestDotsAgree(t *testing.T) {
	r := rand.New(rand.NewPCG(31, 31))
	for _, rank := range []int{1, 3, 4, 8, 12, 16, 24, 32, 40, 48, 256} {
		for _, n := range []int{0, 1, 7, 8, 9, 64, 67} {
			for _, bits := range []int{15, 6} {
				a, b := numbers(r, n*rank, bits), numbers(r, rank, bits)
				want, plain := make([]int32, n), make([]int32, n)
				for k := range want {
					var s int64
					for i := range rank {
						s += int64(a[k*rank+i]) * int64(b[i])
					}
					want[k] = int32(s)
				}
				dots(plain, a, b)
				require.Equal(t, want, plain, "Go, %d columns of rank %d", n, rank)
				fast := append(make([]int32, n), 12345)
				k := dotsFast(fast[:n], a, b)
				require.Equal(t, want[:k], fast[:k], "kernel, %d columns of rank %d", n, rank)
				require.Equal(t, int32(12345), fast[n], "beyond the end")
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

// BenchmarkRow is the cost of the sums of a row, in plain Go and as it runs here.
func BenchmarkRow(b *testing.B) {
	const width = 1024
	r := rand.New(rand.NewPCG(32, 32))
	for _, rank := range []int{4, 8, 16, 32, 48} {
		f := &Factors{Rank: rank, A: numbers(r, width*rank, 6), B: numbers(r, rank, 6)}
		sum := make([]int32, width)
		b.Run(fmt.Sprintf("go/rank%d", rank), func(b *testing.B) {
			b.SetBytes(2 * width)
			for b.Loop() {
				dots(sum, f.A, f.B)
			}
		})
		b.Run(fmt.Sprintf("best/rank%d", rank), func(b *testing.B) {
			b.SetBytes(2 * width)
			for b.Loop() {
				f.row(sum, 0, 0)
			}
		})
	}
}

// BenchmarkLowRank is the cost of a prediction, of 512 KiB of BF16.
func BenchmarkLowRank(b *testing.B) {
	const rows, width = 256, 1024
	r := rand.New(rand.NewPCG(33, 33))
	source := make([]byte, 0, 2*rows*width)
	for range rows * width {
		source = binary.LittleEndian.AppendUint16(source, bf16(r.NormFloat64()*0.05))
	}
	for _, rank := range []int{8, 16, 32, 48} {
		p := &Prediction{Kind: LowRank, Elem: codec.BF16, From: codec.BF16, Elements: rows * width, Width: width}
		p.Factors = &Factors{Rank: rank, Exp: -20, A: numbers(r, width*rank, 6), B: numbers(r, rows*rank, 6)}
		b.Run(fmt.Sprintf("rank%d", rank), func(b *testing.B) {
			b.SetBytes(int64(len(source)))
			for b.Loop() {
				p.Move(source)
			}
		})
	}
}
