package predict

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"io"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/formats/float"
	"dits/tensorstore/codec"
	"dits/tensorstore/digest"
)

// planted is a source of BF16 weights and a tensor that differs from it by a matrix of
// rank rank, each weight then rounded.
func planted(rows, width, rank int) (source, tensor []byte) {
	r := rand.New(rand.NewPCG(7, uint64(rank)))
	normal := func(n int, sigma float64) []float64 {
		v := make([]float64, n)
		for i := range v {
			v[i] = r.NormFloat64() * sigma
		}
		return v
	}
	b, a := normal(rows*rank, 0.03), normal(width*rank, 0.03)
	for i := range rows {
		for j := range width {
			w := bf16(r.NormFloat64() * 0.05)
			d := 0.0
			for k := range rank {
				d += b[i*rank+k] * a[j*rank+k]
			}
			source = binary.LittleEndian.AppendUint16(source, w)
			tensor = binary.LittleEndian.AppendUint16(tensor, bf16(get(source[len(source)-2:], codec.BF16)+d))
		}
	}
	return source, tensor
}

func bf16(v float64) uint16 { return float.ToBF16(float.ToOdd(v)) }

func changeOf(source, tensor []byte, width int64) Change {
	return Change{Rows: int64(len(source)) / 2 / width, Width: width, Read: func(dst []float32, i int64) error {
		Subtract(dst, tensor[2*i*width:], source[2*i*width:], codec.BF16)
		return nil
	}}
}

func TestFitFindsAPlantedMatrix(t *testing.T) {
	source, tensor := planted(300, 200, 8)
	fit, err := NewFit(changeOf(source, tensor, 200))
	require.NoError(t, err)
	require.Greater(t, fit.sigma[7], 10*fit.sigma[8], "eight directions stand out")
	f, err := fit.Round(Grid{Rank: 8, Left: -13, Right: -13}).All(changeOf(source, tensor, 200))
	require.NoError(t, err)
	p := &Prediction{Kind: LowRank, Elem: codec.BF16, From: codec.BF16, Elements: 60000, Width: 200, By: f}
	moved := bytes.Clone(source)
	p.By.(*Factors).Move(moved, codec.BF16, 0)
	wrong := 0
	for i := 0; i < len(moved); i += 2 {
		if !bytes.Equal(moved[i:i+2], tensor[i:i+2]) {
			wrong++
		}
	}
	require.Less(t, wrong, 60000/5, "weights predicted wrongly")
}

func TestNoFitWhereNothingChanged(t *testing.T) {
	source, _ := planted(64, 64, 4)
	fit, err := NewFit(changeOf(source, source, 64))
	require.NoError(t, err)
	require.Nil(t, fit)
}

// lowRankOf is a small prediction with every corner: negative numbers, a last row that is not whole.
func lowRankOf(e codec.Elem) *Prediction {
	return &Prediction{
		Kind: LowRank, Elem: e, From: e, Elements: 7, Width: 3, Sources: []digest.ID{digest.Sum([]byte("source"))},
		By: &Factors{Rank: 2, Exp: -9, B: []int16{1, -2, 30, 4, -500, 6}, A: []int16{7, 8, -9, 10, 11, 1200}},
	}
}

// TestLowRankIsExact compares with arithmetic in float64, in which every step but
// the rounding that is meant is exact.
func TestLowRankIsExact(t *testing.T) {
	for _, e := range []codec.Elem{codec.BF16, codec.F16, codec.F32} {
		p := lowRankOf(e)
		size := e.Size()
		src := make([]byte, 7*size)
		values := []float64{1, -0.25, 0, math.Inf(1), 3e-5, -2.5, math.NaN()}
		for i, v := range values {
			put(src[i*size:], e, v)
		}
		want := bytes.Clone(src)
		for i, v := range values {
			if v-v != 0 {
				continue
			}
			dot := 0
			for k := range 2 {
				dot += int(p.By.(*Factors).B[i/3*2+k]) * int(p.By.(*Factors).A[i%3*2+k])
			}
			sum := float32(get(src[i*size:], e)) + float32(math.Ldexp(float64(dot), -9))
			put(want[i*size:], e, float64(sum))
		}
		moved := bytes.Clone(src)
		p.By.(*Factors).Move(moved, e, 0)
		require.Equal(t, want, moved, "element type %d", e)
		// Any range gives the same bytes as the whole.
		for first := range int64(7) {
			part := make([]byte, len(src)-int(first)*size)
			open := func(digest.ID) (io.ReaderAt, error) { return bytes.NewReader(src), nil }
			require.NoError(t, p.Predict(part, first, open))
			require.Equal(t, want[int(first)*size:], part)
		}
	}
}

// TestLowRankGolden holds the stored form: a change here makes stores unreadable.
func TestLowRankGolden(t *testing.T) {
	b := lowRankOf(codec.BF16).Marshal()
	require.Equal(t, "010401010703017d1aa223722b2aaa89b92fc6b2ef0baa709c01eab9f8494b1de5c335f275070700000277150b00f00f4005ff9b0b5f0f5406c527fe192dc0d17109000befc701eabbed5706c77b3a3f46bd502a08", hex.EncodeToString(b))
	p, err := Unmarshal(b)
	require.NoError(t, err)
	require.Equal(t, lowRankOf(codec.BF16), p)
}

func TestUnmarshalRefusesWrongFactors(t *testing.T) {
	good := lowRankOf(codec.BF16).Marshal()
	for n := range good {
		// Zero bytes at the end of a range code are not written, so that one cut
		// short may be the code of something else, but never of the same.
		if p, err := Unmarshal(good[:n]); err == nil {
			require.NotEqual(t, good, p.Marshal(), "first %d bytes", n)
		}
	}
	for name, change := range map[string]func(*Prediction){
		"rank 0":          func(p *Prediction) { p.By.(*Factors).Rank = 0 },
		"exponent":        func(p *Prediction) { p.By.(*Factors).Exp = 100 },
		"many numbers":    func(p *Prediction) { p.By.(*Factors).Rank, p.Width, p.Elements = 256, 1<<21, 1<<41 },
		"no rows":         func(p *Prediction) { p.Width = 0 },
		"an integer type": func(p *Prediction) { p.Elem, p.From = codec.I8, codec.I8 },
		"2^40 elements":   func(p *Prediction) { p.Elements = 1 << 40 },
	} {
		p := lowRankOf(codec.BF16)
		change(p)
		_, err := Unmarshal(p.Marshal())
		require.Error(t, err, name)
	}
}

// lowRankOfRows is low rank on top of rows, some of which have no source.
func lowRankOfRows() *Prediction {
	return &Prediction{
		Kind: LowRank, Elem: codec.BF16, From: codec.BF16, Elements: 12, Width: 3, By: &Factors{Rank: 1, Exp: -4, B: []int16{1, 2, 0, -3}, A: []int16{4, 0, 5}},
		Of: &Prediction{Kind: Rows, Elem: codec.BF16, From: codec.BF16, Elements: 12, Width: 3, Sources: []digest.ID{digest.Sum([]byte("source"))},
			By: Runs{{0, 2, 1}, {3, 1, 0}}},
	}
}

func TestLowRankOfRows(t *testing.T) {
	p := lowRankOfRows()
	back, err := Unmarshal(p.Marshal())
	require.NoError(t, err)
	require.Equal(t, p.Of, back.Of)
	require.Equal(t, p.By.(*Factors).B, back.By.(*Factors).B)
	require.True(t, back.HasGaps())
	require.False(t, lowRankOf(codec.BF16).HasGaps())
	for _, c := range []struct {
		at      int64
		covered bool
		end     int64
	}{{0, true, 6}, {5, true, 6}, {6, false, 9}, {9, true, 12}} {
		covered, end := back.Covered(c.at)
		require.Equal(t, c.covered, covered)
		require.Equal(t, c.end, end)
	}
	var src, want []byte
	for i := range 9 {
		src = binary.LittleEndian.AppendUint16(src, bf16(float64(i)))
	}
	for _, v := range []float64{3.25, 4, 5 + 0.3125, 6.5, 7, 8 + 0.625, 0, 0, 0, 0 - 0.75, 1, 2 - 0.9375} {
		want = binary.LittleEndian.AppendUint16(want, bf16(v))
	}
	open := func(digest.ID) (io.ReaderAt, error) { return bytes.NewReader(src), nil }
	for first := range int64(12) {
		got := make([]byte, len(want)-2*int(first))
		require.NoError(t, back.Predict(got, first, open))
		require.Equal(t, want[2*first:], got)
	}
	p.Of.Elements, p.Of.By = 9, p.Of.By.(Runs)[:1]
	_, err = Unmarshal(p.Marshal())
	require.ErrorContains(t, err, "9 values, want 12")
}
