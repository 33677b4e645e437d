package predict

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/tensorstore/codec"
	"dits/tensorstore/digest"
)

// elemBytes are numbers rounded to an element type, and the numbers that they became.
func elemBytes(v []float32, e codec.Elem) ([]byte, []float32) {
	b := make([]byte, len(v)*e.Size())
	storeQuiet(b, e, v)
	back := make([]float32, len(v))
	load(back, b, e)
	return b, back
}

// mergedByHand is w with an adapter merged, by the definition.
func mergedByHand(w, a, b []float32, width int, ad *Merge, e codec.Elem) []float32 {
	rank := int(ad.Rank)
	rows := len(w) / width
	if ad.Order&scaledB != 0 {
		b = append([]float32{}, b...)
		for i := range b {
			b[i] *= ad.Scale
		}
		roundIf(ad.Order&roundedChange != 0, b, ad.Elem)
	}
	out := make([]float32, len(w))
	for i := range rows {
		for j := range width {
			r, c, n := i, j, width
			if ad.Transposed {
				r, c, n = j, i, rows
			}
			var sum float32
			for k := range rank {
				sum += float32(b[r*rank+k] * a[k*n+c])
			}
			one := []float32{sum}
			roundIf(ad.Order&roundedProduct != 0, one, e)
			if ad.Order&scaledB == 0 {
				one[0] *= ad.Scale
				roundIf(ad.Order&roundedChange != 0, one, e)
			}
			out[i*width+j] = w[i*width+j] + one[0]
		}
	}
	return out
}

func TestMerged(t *testing.T) {
	r := rand.New(rand.NewPCG(41, 42))
	const rows, width, rank = 12, 40, 4
	for _, e := range []codec.Elem{codec.BF16, codec.F16, codec.F32} {
		for order := range MergeOrders {
			for _, transposed := range []bool{false, true} {
				in, out := width, rows
				if transposed {
					in, out = rows, width
				}
				store := blobs{}
				w, wv := elemBytes(weights(r, rows*width), e)
				a, av := elemBytes(weights(r, rank*in), codec.BF16)
				b, bv := elemBytes(weights(r, out*rank), codec.BF16)
				ad := &Merge{A: store.add(a), B: store.add(b), Elem: codec.BF16, Rank: rank, Scale: 2.3, Order: order, Transposed: transposed}
				want, _ := elemBytes(mergedByHand(wv, av, bv, width, ad, e), e)
				p := &Prediction{Kind: Merged, Elem: e, From: e, Elements: rows * width, Width: width, Sources: []digest.ID{store.add(w)}, By: ad}
				requireRanges(t, r, p, store.open, want)
				require.Equal(t, []digest.ID{p.Sources[0], ad.A, ad.B}, p.Blobs())
			}
		}
	}
}

// TestMergedKeepsWhatIsNotFinite: what is no number stays as it is, payload and all.
func TestMergedKeepsWhatIsNotFinite(t *testing.T) {
	store := blobs{}
	w := []byte{0x81, 0x7f, 0x80, 0xff, 0x80, 0x3f}
	ones, _ := elemBytes([]float32{1, 1, 1}, codec.F32)
	p := &Prediction{Kind: Merged, Elem: codec.BF16, From: codec.BF16, Elements: 3, Width: 3, Sources: []digest.ID{store.add(w)},
		By: &Merge{A: store.add(ones), B: store.add(ones[:4]), Elem: codec.F32, Rank: 1, Scale: 1}}
	got := make([]byte, 6)
	require.NoError(t, p.Predict(got, 0, store.open))
	require.Equal(t, []byte{0x81, 0x7f, 0x80, 0xff, 0x00, 0x40}, got)
}

func TestMergedRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		edit func(*Prediction)
		want string
	}{
		"rank 0":           {func(p *Prediction) { p.By.(*Merge).Rank = 0 }, "rank 0"},
		"a rank too large": {func(p *Prediction) { p.By.(*Merge).Rank, p.Width, p.Elements = 1<<12, 1<<12, 1<<12 }, "rank 4096"},
		"another order":    {func(p *Prediction) { p.By.(*Merge).Order = 8 }, "order 8"},
		"no matrix":        {func(p *Prediction) { p.Width = 0 }, "no matrix"},
		"of integers":      {func(p *Prediction) { p.By.(*Merge).Elem = codec.I8 }, "no matrix"},
	} {
		t.Run(name, func(t *testing.T) {
			p := &Prediction{Kind: Merged, Elem: codec.BF16, From: codec.BF16, Elements: 64, Width: 16, Sources: []digest.ID{{1}},
				By: &Merge{Elem: codec.BF16, Rank: 4, Scale: float32(math.Sqrt2)}}
			_, err := Unmarshal(p.Marshal())
			require.NoError(t, err)
			c.edit(p)
			_, err = Unmarshal(p.Marshal())
			require.ErrorContains(t, err, c.want)
		})
	}
}
