package predict

import (
	"bytes"
	"io"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/tensorstore/codec"
	"dits/tensorstore/digest"
)

// longest is how many bytes FuzzPredict predicts at most: kernels take 8 elements at a time or 32, and [FuzzUnmarshal]
// asks for less.
const longest = 320 << 10

// longRow is the width of the tensors of FuzzPredict's seeds, and longRows their number: 306 KB of two bytes each.
const longRow, longRows = 555, 283

// longPredictions are predictions of kinds that have kernels.
func longPredictions() (all []*Prediction) {
	r := rand.New(rand.NewPCG(71, 72))
	numbers := func(n int) []int16 {
		v := make([]int16, n)
		for i := range v {
			v[i] = int16(r.NormFloat64() * 40)
		}
		return v
	}
	id := digest.Sum([]byte("source"))
	add := func(kind Kind, to, from codec.Elem, sources ...digest.ID) *Prediction {
		p := &Prediction{Kind: kind, Elem: to, From: from, Elements: longRow * longRows, Width: longRow, Sources: append(sources, id)}
		all = append(all, p)
		return p
	}
	for _, e := range []codec.Elem{codec.BF16, codec.F16, codec.F32} {
		add(LowRank, e, e).By = &Factors{Rank: 3, Exp: -16, B: numbers(3 * longRows), A: numbers(3 * longRow)}
		add(Combined, e, e, digest.ID{1}, digest.ID{2}).By = &Combination{DeltaSums, []float32{1, 0.3, -0.7}}
		for _, from := range []codec.Elem{codec.BF16, codec.F16, codec.F32} {
			if from != e {
				add(Cast, e, from)
			}
		}
	}
	return all
}

// tiled is n bytes of repetitions of seed.
func tiled(seed []byte, n int) []byte {
	if len(seed) == 0 {
		return make([]byte, n)
	}
	return bytes.Repeat(seed, n/len(seed)+1)[:n]
}

// FuzzPredict predicts many elements at once, as kernels do it, and a few at a time, which are too few for them.
func FuzzPredict(f *testing.F) {
	r := rand.New(rand.NewPCG(73, 74))
	seed := make([]byte, 4*333)
	for i := 0; i < len(seed); i += 2 {
		seed[i], seed[i+1] = byte(r.Uint32()), byte(0x38+r.IntN(6)|r.IntN(2)<<7)
	}
	source := bytes.NewReader(tiled(seed, 8<<20))
	for _, p := range longPredictions() {
		require.NoError(f, p.Predict(make([]byte, 300<<10), 0, func(digest.ID) (io.ReaderAt, error) { return source, nil }))
		f.Add(p.Marshal(), uint16(0), uint32(64<<10), seed)
		f.Add(p.Marshal(), uint16(333), uint32(300<<10), seed)
	}
	f.Fuzz(func(t *testing.T, b []byte, first uint16, n uint32, seed []byte) {
		p, err := Unmarshal(b)
		if err != nil || !p.Predicts() || p.Kind.Derives() || p.Elements > 1<<20 {
			return
		}
		size := p.Elem.Size()
		dst := make([]byte, min(int(n)%(longest+1), int(max(0, p.Elements-int64(first)))*size)/size*size)
		source := bytes.NewReader(tiled(seed, 8<<20))
		open := func(digest.ID) (io.ReaderAt, error) { return source, nil }
		if p.Predict(dst, int64(first), open) != nil {
			return
		}
		elements := len(dst) / size
		for k := range 64 {
			at := 7 * k // side by side first, then all over the place
			if k >= 32 {
				at = elements * (k - 31) / 33
			}
			few := make([]byte, max(0, min(7, elements-at))*size)
			require.NoError(t, p.Predict(few, int64(first)+int64(at), open))
			require.Equal(t, few, dst[min(at*size, len(dst)):][:len(few)], "kind %d, elements from %d on", p.Kind, at)
		}
	})
}
