package predict

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/tensorstore/codec"
	"dits/tensorstore/digest"
)

// combinedOf is a prediction of n elements from sources that are their own names.
func combinedOf(order Order, elem, from codec.Elem, n int64, coefs ...float32) *Prediction {
	p := &Prediction{Kind: Combined, Elem: elem, From: from, Elements: n, By: &Combination{order, coefs}}
	for k := range coefs {
		p.Sources = append(p.Sources, digest.ID{byte(k + 1)})
	}
	return p
}

// from opens the sources of combinedOf.
func sourcesOf(srcs ...[]byte) Opener {
	return func(id digest.ID) (io.ReaderAt, error) { return bytes.NewReader(srcs[id[0]-1]), nil }
}

// awkward are elements of a type: usual ones, the largest and smallest, infinities, NaNs.
func awkward(r *rand.Rand, f layout, n int) (patterns []uint64) {
	for len(patterns) < n {
		u := r.Uint64() >> (63 - f.exp - f.man)
		switch r.IntN(4) {
		case 0:
			patterns = append(patterns, u) // anything
		case 1:
			patterns = append(patterns, u&(1<<(f.man+1)-1)) // tiny
		default: // around one
			patterns = append(patterns, u&(1<<f.man-1)|uint64(f.bias()-r.IntN(4))<<f.man|u>>(f.exp+f.man)<<(f.exp+f.man))
		}
	}
	return patterns
}

// A reference computes one element at a time. A float32 operation is the float64 one
// rounded: with 53 bits, rounding twice does no harm to +, -, × and ÷ (Figueroa 1995).
type reference struct {
	layout // of the sources
}

func f32(v float64) float64 { return float64(float32(v)) }

// rounded is v, a float32, as the nearest of the type, by search.
func (r reference) rounded(v float64) float64 {
	if v-v != 0 || r.elem == codec.F32 {
		return v
	}
	return get(encode([]uint64{r.want(uint64(math.Float32bits(float32(v))), floats[2])}, r.elem), r.elem)
}

func (r reference) value(o Order, c []float32, s []float64) float64 {
	same := func(v float64) float64 { return v }
	prod, sum, diff := same, same, same
	switch o {
	case RoundedProducts:
		prod = r.rounded
	case RoundedSums:
		prod, sum = r.rounded, r.rounded
	case RoundedDeltas:
		diff = r.rounded
	case DeltaSums:
		prod, sum, diff = r.rounded, r.rounded, r.rounded
	}
	term := func(k int, v float64) float64 { return prod(f32(float64(c[k]) * v)) }
	if o == Deltas || o == RoundedDeltas || o == DeltaSums {
		total := term(1, diff(f32(s[1]-s[0])))
		for k := 2; k < len(s); k++ {
			total = sum(f32(total + term(k, diff(f32(s[k]-s[0])))))
		}
		return sum(f32(term(0, s[0]) + total))
	}
	total, weight := term(0, s[0]), float64(c[0])
	for k := 1; k < len(s); k++ {
		total = sum(f32(total + term(k, s[k])))
		weight = f32(weight + float64(c[k]))
	}
	if o == Divided {
		return f32(total / weight)
	}
	return total
}

// TestCombinationIsExact compares each order with arithmetic in float64 and rounding by search.
func TestCombinationIsExact(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	const n = 400
	for _, c := range [][]float32{{0.5, 0.5}, {0.3, 0.7}, {2, -1}, {1, 0.37, -0.1}, {1, 2, 3, 4}, {-65536, 65536}, {1.0 / 3, 1.0 / 3, 1.0 / 3}} {
		for _, from := range floats[:3] {
			var srcs [][]byte
			for range c {
				srcs = append(srcs, encode(awkward(r, from, n), from.elem))
			}
			for _, to := range floats[:3] {
				for o := range Order(len(orders)) {
					p := combinedOf(o, to.elem, from.elem, n, c...)
					got := make([]byte, n*to.elem.Size())
					require.NoError(t, p.Predict(got, 0, sourcesOf(srcs...)))
					for i := range n {
						var s []float64
						for _, b := range srcs {
							s = append(s, get(b[i*from.elem.Size():], from.elem))
						}
						first := decode(srcs[0][i*from.elem.Size():], from.elem.Size())
						want := first
						if v := (reference{from}).value(o, c, s); v == v {
							want = to.want(uint64(math.Float32bits(float32(v))), floats[2])
						} else if from.elem != to.elem {
							want = to.want(first, from)
						}
						if got := decode(got[i*to.elem.Size():], to.elem.Size()); got != want {
							t.Fatalf("order %d of %v, element type %d to %d, %v: got %#x, want %#x", o, c, from.elem, to.elem, s, got, want)
						}
					}
				}
			}
		}
	}
}

// A range of a combination is that range of the whole, wherever it begins and ends.
func TestCombinationOfARange(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 6))
	const n = 70000
	a, b := encode(awkward(r, floats[0], n), codec.BF16), encode(awkward(r, floats[0], n), codec.BF16)
	p := combinedOf(DeltaSums, codec.F32, codec.BF16, n, 1, 0.7)
	whole := make([]byte, 4*n)
	require.NoError(t, p.Predict(whole, 0, sourcesOf(a, b)))
	for range 100 {
		first := r.Int64N(n)
		part := make([]byte, 1+r.Int64N(4*(n-first)))
		require.NoError(t, p.Predict(part, first, sourcesOf(a, b)))
		require.True(t, bytes.Equal(whole[4*first:][:len(part)], part), "%d bytes from element %d", len(part), first)
	}
	for _, first := range []int64{-1, n, n - 1, 1 << 40, math.MaxInt64} {
		require.Error(t, p.Predict(make([]byte, 8), first, sourcesOf(a, b)), "first %d", first)
	}
	require.ErrorIs(t, p.Predict(whole, 0, sourcesOf(a, b[:100])), io.ErrUnexpectedEOF)
	require.ErrorIs(t, p.Predict(whole, 0, func(digest.ID) (io.ReaderAt, error) { return nil, io.ErrClosedPipe }), io.ErrClosedPipe)
}

// TestCombinationGolden holds the stored form and what it predicts: a change here makes
// stores unreadable.
func TestCombinationGolden(t *testing.T) {
	p := combinedOf(RoundedDeltas, codec.F16, codec.BF16, 5, 1, -0.3)
	p.Width = 5
	b := p.Marshal()
	require.Equal(t, "0105020105050201"+zeros(31)+"02"+zeros(31)+"00"+"00"+"04"+"0000803f"+"9a9999be", hex.EncodeToString(b))
	got, err := Unmarshal(b)
	require.NoError(t, err)
	require.Equal(t, p, got)
	x, _ := hex.DecodeString("803f00c0c67fef430180")
	y, _ := hex.DecodeString("9a3f9ac00bff10440100")
	out := make([]byte, 10)
	require.NoError(t, p.Predict(out, 0, sourcesOf(x, y)))
	require.Equal(t, goldenCombination, hex.EncodeToString(out))
}

const goldenCombination = "833ba0bc007e025f0080"

func zeros(n int) string { return hex.EncodeToString(make([]byte, n)) }

func TestUnmarshalRefusesWrongCombinations(t *testing.T) {
	good := combinedOf(Sum, codec.BF16, codec.BF16, 100, 0.5, 0.5)
	b := good.Marshal()
	_, err := Unmarshal(b)
	require.NoError(t, err)
	for n := range b {
		_, err := Unmarshal(b[:n])
		require.Error(t, err, "first %d bytes", n)
	}
	_, err = Unmarshal(append(b, 0))
	require.ErrorContains(t, err, "after its end")
	nan, inf := float32(math.NaN()), float32(math.Inf(-1))
	for name, c := range map[string]struct {
		p    *Prediction
		want string
	}{
		"NaN":                {combinedOf(Sum, codec.BF16, codec.BF16, 100, 0.5, nan), "coefficient 1"},
		"infinity":           {combinedOf(Sum, codec.BF16, codec.BF16, 100, inf, 0.5), "coefficient 0"},
		"a huge coefficient": {combinedOf(Sum, codec.BF16, codec.BF16, 100, 0.5, 65537), "coefficient 1"},
		"one source":         {combinedOf(Sum, codec.BF16, codec.BF16, 100, 1), "1 sources, want 2 to 4"},
		"five sources":       {combinedOf(Sum, codec.BF16, codec.BF16, 100, 1, 1, 1, 1, 1), "5 sources, want 2 to 4"},
		"a later order":      {combinedOf(Order(len(orders)), codec.BF16, codec.BF16, 100, 1, 1), "order 7"},
		"integers":           {combinedOf(Sum, codec.I16, codec.I16, 100, 1, 1), "no combination"},
		"of integers":        {combinedOf(Sum, codec.F32, codec.I32, 100, 1, 1), "no combination"},
		"F64":                {combinedOf(Sum, codec.F64, codec.F64, 100, 1, 1), "no combination"},
	} {
		_, err := Unmarshal(c.p.Marshal())
		require.ErrorContains(t, err, c.want, name)
	}
}

// blendOf makes a tensor of BF16 sources by a combination.
func blendOf(order Order, coefs ...float32) *Blend {
	r := rand.New(rand.NewPCG(11, uint64(len(coefs))))
	const n = 50000
	b := &Blend{Elem: codec.BF16, From: codec.BF16, Sources: make([][]byte, len(coefs))}
	for range n {
		w := r.NormFloat64() * 0.02
		for k := range coefs {
			b.Sources[k] = binary.LittleEndian.AppendUint16(b.Sources[k], bf16(w+r.NormFloat64()*4e-4*float64(min(k, 1))))
		}
	}
	b.Tensor = make([]byte, 2*n)
	(&Combination{order, coefs}).Apply(b.Tensor, codec.BF16, b.Sources, codec.BF16)
	return b
}

// Merges as tools make them are found, to the last bit.
func TestBlendFindsMerges(t *testing.T) {
	for name, c := range map[string]struct {
		order Order
		coefs []float32
	}{
		"mean":                              {Sum, []float32{0.5, 0.5}},
		"linear":                            {Sum, []float32{0, 0.3, 0.7}},
		"linear in BF16":                    {RoundedProducts, []float32{0, 0.3, 0.7}},
		"one by one in BF16":                {RoundedSums, []float32{0, 0.3, 0.7}},
		"soup of three":                     {Divided, []float32{0, 1, 1, 1}},
		"task arithmetic":                   {Deltas, []float32{1, 0.4, 0.8}},
		"task vectors in BF16":              {RoundedDeltas, []float32{1, 0.4, 0.8}},
		"task arithmetic in BF16":           {DeltaSums, []float32{1, 0.4, 0.8}},
		"further on the same line":          {Deltas, []float32{1, 1.5}},
		"interpolated on a sphere":          {Sum, []float32{0, 0.60007, 0.40031}},
		"odd weights":                       {Sum, []float32{0.123, 0.877}},
		"weights that do not add up to one": {Sum, []float32{0, 0.5, 0.4}},
	} {
		t.Run(name, func(t *testing.T) {
			b := blendOf(c.order, c.coefs...)
			sources, found := b.Fit()
			require.NotNil(t, found)
			var srcs [][]byte
			used := 0
			for _, k := range sources {
				srcs = append(srcs, b.Sources[k])
			}
			for _, v := range c.coefs {
				if v != 0 {
					used++
				}
			}
			require.Len(t, sources, used, "sources that have no part in it are left out")
			out := make([]byte, len(b.Tensor))
			found.Apply(out, codec.BF16, srcs, codec.BF16)
			wrong := 0
			for i := 0; i < len(out); i += 2 {
				if !bytes.Equal(out[i:i+2], b.Tensor[i:i+2]) {
					wrong++
				}
			}
			t.Logf("%v, order %d, %v: %d of %d wrong", sources, found.Order, found.Coefs, wrong, len(out)/2)
			require.LessOrEqual(t, wrong, len(out)/2/250)
		})
	}
}

func TestNoBlend(t *testing.T) {
	// A tensor that has nothing of the second source; one whose sources are the same; one too small.
	b := blendOf(Sum, 1, 0)
	_, c := b.Fit()
	require.Nil(t, c)
	b = blendOf(Sum, 0.5, 0.5)
	b.Sources[1] = b.Sources[0]
	_, c = b.Fit()
	require.Nil(t, c)
	b = blendOf(Sum, 0.5, 0.5)
	b.Tensor, b.Sources[0], b.Sources[1] = b.Tensor[:100], b.Sources[0][:100], b.Sources[1][:100]
	_, c = b.Fit()
	require.Nil(t, c)
	// A source that is on the line through two others makes no coefficients that grow without bound.
	b = blendOf(Sum, 0.5, 0.5)
	three := make([]byte, 0, len(b.Tensor))
	for i := 0; i < len(b.Tensor); i += 2 {
		x, y := get(b.Sources[0][i:], codec.BF16), get(b.Sources[1][i:], codec.BF16)
		three = binary.LittleEndian.AppendUint32(three, math.Float32bits(float32(x+3*(y-x))))
	}
	b.From = codec.F32
	for k := range b.Sources {
		wide := make([]byte, 2*len(b.Sources[k]))
		require.NoError(t, predictCast(wide, 0, codec.F32, codec.BF16, bytes.NewReader(b.Sources[k])))
		b.Sources[k] = wide
	}
	b.Sources = append(b.Sources, three)
	_, c = b.Fit()
	require.NotNil(t, c)
	require.Len(t, c.Coefs, 2)
	// Elements that are not finite take no part.
	b = blendOf(Sum, 0.5, 0.5)
	binary.LittleEndian.PutUint16(b.Tensor[200:], 0x7f80)
	binary.LittleEndian.PutUint16(b.Sources[1][300:], 0x7fc0)
	_, c = b.Fit()
	require.Equal(t, &Combination{Sum, []float32{0.5, 0.5}}, c)
}

// BenchmarkBlend is the cost of a look at two sources, once where there is something to find.
func BenchmarkBlend(b *testing.B) {
	for name, blend := range map[string]*Blend{"merge": blendOf(Sum, 0.3, 0.7), "none": blendOf(Sum, 1, 0)} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(blend.Tensor)))
			for b.Loop() {
				blend.Fit()
			}
		})
	}
}

// BenchmarkCombination is the cost of a prediction from two sources.
func BenchmarkCombination(b *testing.B) {
	for name, o := range map[string]Order{"sum": Sum, "deltas in the type": DeltaSums} {
		for _, f := range floats[:3] {
			blend := blendOf(Sum, 0.3, 0.7)
			c := &Combination{o, []float32{0.3, 0.7}}
			b.Run(fmt.Sprintf("%s of type %d", name, f.elem), func(b *testing.B) {
				dst := make([]byte, len(blend.Tensor))
				b.SetBytes(int64(len(dst)))
				for b.Loop() {
					c.Apply(dst, f.elem, blend.Sources, f.elem)
				}
			})
		}
	}
}
