package predict

import (
	"bytes"
	"encoding/binary"
	"io"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/tensorstore/codec"
	"dits/tensorstore/digest"
)

// A layout says how an element type is laid out, for the reference below.
type layout struct {
	elem     codec.Elem
	exp, man uint
}

var floats = []layout{{codec.BF16, 8, 7}, {codec.F16, 5, 10}, {codec.F32, 8, 23}, {codec.F64, 11, 52}}

func (f layout) bias() int   { return 1<<(f.exp-1) - 1 }
func (f layout) inf() uint64 { return (1<<f.exp - 1) << f.man }

// split is the sign and the magnitude of a pattern.
func (f layout) split(u uint64) (sign, rest uint64) {
	return u >> (f.exp + f.man), u & (1<<(f.exp+f.man) - 1)
}

// value is the magnitude of a finite pattern, by the definition of IEEE 754.
func (f layout) value(rest uint64) *big.Float {
	e, m := int(rest>>f.man), int64(rest&(1<<f.man-1))
	if e == 0 {
		e = 1
	} else {
		m |= 1 << f.man
	}
	return new(big.Float).SetMantExp(new(big.Float).SetInt64(m), e-f.bias()-int(f.man))
}

// nearest is the magnitude pattern of f nearest to v, ties to even: the patterns of
// magnitudes are in the order of their values, so that a search finds it. Infinity
// stands for the number after the largest.
func (f layout) nearest(v *big.Float) uint64 {
	lo, hi := uint64(0), f.inf() // value(lo) <= v < value(hi)
	if v.Cmp(f.value(hi)) >= 0 {
		return hi
	}
	for hi-lo > 1 {
		if mid := (lo + hi) / 2; f.value(mid).Cmp(v) <= 0 {
			lo = mid
		} else {
			hi = mid
		}
	}
	middle := new(big.Float).SetPrec(300).Add(f.value(lo), f.value(hi))
	middle.Quo(middle, big.NewFloat(2))
	switch c := v.Cmp(middle); {
	case c < 0, c == 0 && lo&1 == 0:
		return lo
	}
	return hi
}

// want is pattern u of from converted to f, as predictCast documents.
func (f layout) want(u uint64, from layout) uint64 {
	sign, rest := from.split(u)
	sign <<= f.exp + f.man
	switch {
	case rest > from.inf():
		return sign | f.inf() | 1<<(f.man-1)
	case rest == from.inf():
		return sign | f.inf()
	}
	return sign | f.nearest(from.value(rest))
}

// patterns are all of a short type; of a long one a random choice, around every
// exponent, and what lies at the edges of the shorter types.
func (f layout) patterns(r *rand.Rand) (out []uint64) {
	if f.exp+f.man == 15 {
		for u := range uint64(1 << 16) {
			out = append(out, u)
		}
		return out
	}
	bits := f.exp + f.man + 1
	for e := range uint64(1 << f.exp) {
		for _, m := range []uint64{0, 1, 1 << (f.man - 1), 1<<f.man - 1, r.Uint64(), r.Uint64()} {
			u := e<<f.man | m&(1<<f.man-1)
			out = append(out, u, u|1<<(bits-1))
		}
	}
	for range 2000 {
		out = append(out, r.Uint64()>>(64-bits))
	}
	for _, short := range floats[:3] {
		if short.man >= f.man {
			continue
		}
		for range 1000 { // halfway between two numbers of the shorter type, and a bit to either side
			exp := uint64(f.bias() - short.bias() + r.IntN(1<<short.exp))
			if exp > 1<<f.exp-2 {
				continue
			}
			half := exp<<f.man | uint64(r.Uint32())>>(32-short.man)<<(f.man-short.man) | 1<<(f.man-short.man-1)
			out = append(out, half, half-1, half+1)
		}
		for k := range uint(short.man + 3) { // among the smallest
			e := f.bias() - short.bias() + 1 - int(k)
			if e > 0 {
				u := uint64(e) << f.man
				out = append(out, u, u-1, u+1, u|1<<(f.man-1))
			}
		}
	}
	return out
}

func encode(patterns []uint64, e codec.Elem) []byte {
	var b []byte
	for _, u := range patterns {
		b = append(b, binary.LittleEndian.AppendUint64(nil, u)[:e.Size()]...)
	}
	return b
}

func decode(b []byte, size int) uint64 {
	var word [8]byte
	copy(word[:], b[:size])
	return binary.LittleEndian.Uint64(word[:])
}

func TestCastRoundsToNearest(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for _, from := range floats {
		patterns := from.patterns(r)
		src := encode(patterns, from.elem)
		for _, to := range floats {
			if !CanCast(from.elem, to.elem) {
				continue
			}
			size := to.elem.Size()
			dst := make([]byte, len(patterns)*size)
			require.NoError(t, predictCast(dst, 0, to.elem, from.elem, bytes.NewReader(src)))
			for i, u := range patterns {
				if got, want := decode(dst[i*size:], size), to.want(u, from); got != want {
					t.Fatalf("%v to %v: %#x: got %#x, want %#x", from.elem, to.elem, u, got, want)
				}
			}
		}
	}
}

// The processor agrees where it says the same: F64 to F32 of numbers.
func TestCastAgreesWithTheProcessor(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	var b [8]byte
	for range 1 << 20 {
		v := math.Float64frombits(r.Uint64()&^(0x7ff<<52) | uint64(1023-155+r.IntN(290))<<52)
		put(b[:], codec.F32, v)
		if got, want := binary.LittleEndian.Uint32(b[:]), math.Float32bits(float32(v)); got != want {
			t.Fatalf("%g: got %#x, want %#x", v, got, want)
		}
	}
}

// A range of a cast is that range of the whole, wherever it begins and ends.
func TestCastOfARange(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	const n = 3*castBlock + 17
	src := make([]byte, 2*n)
	for i := range src {
		src[i] = byte(r.Uint32())
	}
	p := &Prediction{Kind: Cast, Elem: codec.F32, From: codec.BF16, Elements: n, Sources: []digest.ID{digest.Sum(src)}}
	opener := func(digest.ID) (io.ReaderAt, error) { return bytes.NewReader(src), nil }
	whole := make([]byte, 4*n)
	require.NoError(t, p.Predict(whole, 0, opener))
	for range 200 {
		first := r.Int64N(n)
		part := make([]byte, 1+r.Int64N(4*(n-first)))
		require.NoError(t, p.Predict(part, first, opener))
		require.True(t, bytes.Equal(whole[4*first:][:len(part)], part), "%d bytes from element %d", len(part), first)
	}
	for _, first := range []int64{-1, n, n - 1, 1 << 40, math.MaxInt64} {
		require.Error(t, p.Predict(make([]byte, 8), first, opener), "first %d", first)
	}
}

// What lies beyond the tensor is not predicted, though the source may go on.
func TestASourceTooLong(t *testing.T) {
	for _, from := range []codec.Elem{codec.F16, codec.F32} {
		p := &Prediction{Kind: Relative, Elem: codec.F16, From: from, Elements: 100, Sources: []digest.ID{{1}}}
		if from != p.Elem {
			p.Kind = Cast
		}
		opener := func(digest.ID) (io.ReaderAt, error) { return bytes.NewReader(make([]byte, 1000)), nil }
		require.NoError(t, p.Predict(make([]byte, 100), 50, opener))
		require.ErrorContains(t, p.Predict(make([]byte, 100), 51, opener), "of 100")
	}
}

func TestASourceTooShort(t *testing.T) {
	for _, kind := range []Kind{Relative, Cast} {
		p := &Prediction{Kind: kind, Elem: codec.F16, From: codec.F16, Elements: 100, Sources: []digest.ID{{1}}}
		if kind == Cast {
			p.From = codec.F32
		}
		opener := func(digest.ID) (io.ReaderAt, error) { return bytes.NewReader(make([]byte, 150)), nil }
		require.ErrorIs(t, p.Predict(make([]byte, 200), 0, opener), io.ErrUnexpectedEOF)
	}
}
