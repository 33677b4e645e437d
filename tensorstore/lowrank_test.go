package tensorstore

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/tensorstore/choose"
	"dits/tensorstore/digest"
	"dits/tensorstore/predict"
)

// turned is weights moved by a matrix of rank 3, rows of width, and by a little noise: training that went
// in few directions.
func turned(seed uint64, b []byte, width int) []byte {
	r := rand.New(rand.NewPCG(seed, 5))
	const rank = 3
	normal := func(n int) []float32 {
		v := make([]float32, n)
		for i := range v {
			v[i] = float32(r.NormFloat64())
		}
		return v
	}
	left, right := normal(len(b)/2/width*rank), normal(width*rank)
	out := make([]byte, len(b))
	for i := range len(b) / 2 {
		move := float32(r.NormFloat64() * 2e-5)
		for k := range rank {
			move += float32(left[i/width*rank+k]*right[i%width*rank+k]) * 3e-4
		}
		binary.LittleEndian.PutUint16(out[2*i:], toBF16(bf16(b[2*i:])+move))
	}
	return out
}

// far is weights that training took further than turned does.
func far(seed uint64, b []byte) []byte {
	r := rand.New(rand.NewPCG(seed, 6))
	return merged(func(x []float32) float32 { return x[0] + float32(r.NormFloat64()*2e-3) }, b)
}

// TestLowRankOfAnything: what a tensor is predicted from may be a source, a combination or some rows of one,
// or have another type; factors come on top.
func TestLowRankOfAnything(t *testing.T) {
	const width, rows = 256, 512
	base := weights(1, rows*width)
	a, b := far(2, base), far(3, base)
	mean := merged(func(x []float32) float32 { return 0.5*x[0] + 0.5*x[1] }, a, b)
	ahead := merged(func(x []float32) float32 { return 2*x[1] - x[0] }, base, a)
	wide := choose.Known{DType: "F32", Shape: []int64{rows, width}}
	for name, c := range map[string]struct {
		bytes   []byte
		of      predict.Kind // 0: a source itself
		sources int
	}{
		"a source":                    {turned(4, base, width), 0, 1},
		"a mean that was trained on":  {turned(5, mean, width), predict.Combined, 2},
		"the line of two checkpoints": {turned(6, ahead, width), predict.Combined, 2},
		"grown rows":                  {slices.Concat(turned(7, base[:200*2*width], width), weights(8, 8*width), turned(9, base[200*2*width:], width)), predict.Rows, 1},
		"cut rows":                    {turned(10, base[:300*2*width], width), predict.Rows, 1},
		"another type":                {turned(11, merged(func(x []float32) float32 { return x[0] }, base), width), predict.Cast, 1},
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := open(t, Options{})
			h := matrix(int64(len(c.bytes)/2/width), width)
			if c.of == predict.Cast {
				x := f32s(base, 1)
				putAll(t, s, wide, x)
				h.Relatives = []choose.Relative{{Blob: digest.Sum(x), DType: "F32"}}
			} else {
				h.Relatives = family(t, s, matrix(rows, width), base, a, b).Relatives
			}
			plain := putWith(t, s, choose.DefaultLevel, c.bytes, h)
			s, _ = open(t, Options{})
			if c.of == predict.Cast {
				putAll(t, s, wide, f32s(base, 1))
			} else {
				family(t, s, matrix(rows, width), base, a, b)
			}
			p := putWith(t, s, choose.MaxLevel, c.bytes, h)
			head := headOf(t, s, c.bytes)
			require.Equal(t, predict.LowRank, head.Kind)
			if c.of == 0 {
				require.Nil(t, head.Of)
			} else {
				require.Equal(t, c.of, head.Of.Kind)
			}
			require.Len(t, head.Blobs(), c.sources)
			require.Equal(t, head.Blobs()[0], p.Source)
			t.Logf("%d bytes, %d without low rank", p.Stored, plain.Stored)
			require.Less(t, float64(p.Stored), 0.7*float64(plain.Stored))
			s.chunks.Purge()
			s.predictions.Purge()
			requireBlob(t, s, c.bytes)
			requireClean(t, s)
		})
	}
}

// putWith puts one tensor at a level.
func putWith(t *testing.T, s *Store, l choose.Level, b []byte, h choose.Known) Put {
	t.Helper()
	w := s.Begin(WriterOptions{Level: l})
	defer w.Close()
	p := put(t, w, b, h)
	require.NoError(t, w.Flush())
	return p
}

// A tensor that predicts nothing well is not moved either, and one whose elements are not finite is stored as it is.
func TestLowRankOfHostileElements(t *testing.T) {
	const width, rows = 64, 64
	base := weights(1, rows*width)
	odd := turned(2, base, width)
	for i := 0; i < len(odd); i += 2 * 37 {
		binary.LittleEndian.PutUint16(odd[i:], uint16(math.Float32bits(float32(math.Inf(1)))>>16)|uint16(i&0x7f))
	}
	s, _ := open(t, Options{})
	putAll(t, s, matrix(rows, width), base)
	putWith(t, s, choose.MaxLevel, odd, against(matrix(rows, width), base))
	requireBlob(t, s, odd)
}
