package predict

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/formats/float"
	"dits/tensorstore/codec"
	"dits/tensorstore/digest"
)

// scaledByHand is a matrix over the largest magnitudes of its tiles, by the definition, in float64
// where that changes nothing.
func scaledByHand(v []float32, s *Scaling, to codec.Elem) (values []byte, scales []float32) {
	across := int((s.Columns + s.TileCols - 1) / s.TileCols)
	scales = make([]float32, s.elements(Scales))
	tile := func(i int) int {
		return i/int(s.Columns)/int(s.TileRows)*across + i%int(s.Columns)/int(s.TileCols)
	}
	for i, x := range v {
		scales[tile(i)] = max(scales[tile(i)], float32(math.Abs(float64(x))))
	}
	for i, m := range scales {
		if s.Given > 0 {
			m = s.Given * s.Largest
		}
		if scales[i] = m / s.Largest; m == 0 {
			scales[i] = 1
		}
	}
	roundIf(true, scales, s.Scale)
	for i, x := range v {
		q := x / scales[tile(i)]
		if s.Inverse {
			q = x * float32(1/scales[tile(i)])
		}
		q = max(-s.Largest, min(s.Largest, q))
		if to == codec.I8 {
			values = append(values, byte(int8(max(-128, min(127, math.RoundToEven(float64(q)))))))
		} else {
			values = append(values, nearestE4M3(q))
		}
	}
	return values, scales
}

// nearestE4M3 looks through all of them.
func nearestE4M3(x float32) byte {
	best, least := byte(0), math.Inf(1)
	for b := range byte(0x7f) {
		e, m := int(b>>3), float64(b&7)
		v := math.Ldexp(8+m, e-10)
		if e == 0 {
			v = math.Ldexp(m, -9)
		}
		d := math.Abs(v - math.Abs(float64(x)))
		if d < least || d == least && b&1 == 0 {
			best, least = b, d
		}
	}
	return best | byte(math.Float32bits(x)>>24&0x80)
}

func TestScaled(t *testing.T) {
	r := rand.New(rand.NewPCG(21, 22))
	const rows, columns = 10, 96
	v := weights(r, rows*columns)
	clear(v[3*columns : 4*columns])
	store := blobs{}
	source := store.add(floatBytes(v))
	for name, s := range map[string]Scaling{
		"a row":      {TileRows: 1, TileCols: columns, Largest: 127, Scale: codec.F32},
		"a group":    {TileRows: 1, TileCols: 32, Largest: 127, Scale: codec.F16},
		"ragged":     {TileRows: 4, TileCols: 40, Largest: 448, Scale: codec.BF16},
		"a square":   {TileRows: 5, TileCols: 48, Largest: 448, Scale: codec.F32, Inverse: true},
		"one scale":  {TileRows: 1, TileCols: columns, Largest: 128, Given: 0x1p-9, Scale: codec.F32},
		"everything": {TileRows: 100, TileCols: 100, Largest: 127, Scale: codec.F32},
	} {
		t.Run(name, func(t *testing.T) {
			s.Rows, s.Columns = rows, columns
			for _, to := range []codec.Elem{codec.I8, codec.E4M3} {
				want, scales := scaledByHand(v, &s, to)
				p := &Prediction{Kind: Scaled, Elem: to, From: codec.F32, Elements: rows * columns, Sources: []digest.ID{source}, By: &s}
				requireRanges(t, r, p, store.open, want)
				p = &Prediction{Kind: Scales, Elem: s.Scale, From: codec.F32, Elements: s.elements(Scales), Sources: []digest.ID{source}, By: &s}
				wantScales := make([]byte, len(scales)*s.Scale.Size())
				storeValues(wantScales, s.Scale, scales)
				requireRanges(t, r, p, store.open, wantScales)
			}
		})
	}
}

func TestToE4M3(t *testing.T) {
	r := rand.New(rand.NewPCG(23, 24))
	for b := range byte(0x7f) {
		v := float32(math.Ldexp(8+float64(b&7), int(b>>3)-10))
		if b < 8 {
			v = float32(math.Ldexp(float64(b), -9))
		}
		require.Equal(t, b, float.ToE4M3(v))
		require.Equal(t, b|0x80, float.ToE4M3(float32(math.Copysign(float64(v), -1))))
		between := v * (1 + r.Float32()/8)
		require.Equal(t, nearestE4M3(between), float.ToE4M3(between), "%g", between)
	}
	require.EqualValues(t, 0x7f, float.ToE4M3(float32(math.NaN())))
	require.EqualValues(t, 0xfe, float.ToE4M3(float32(math.Inf(-1))))
	require.EqualValues(t, 0, toInt8(float32(math.NaN())))
	require.EqualValues(t, 0x80, toInt8(-1e30))
}

func TestScaledRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		edit func(*Prediction)
		want string
	}{
		"no tile":          {func(p *Prediction) { p.By.(*Scaling).TileCols = 0 }, "tiles of"},
		"a tile too large": {func(p *Prediction) { p.By.(*Scaling).TileRows = maxTile }, "tiles of"},
		"other elements":   {func(p *Prediction) { p.Elements-- }, "959 elements, want 960"},
		"nothing":          {func(p *Prediction) { p.By.(*Scaling).Largest = 0 }, "largest"},
		"not a number":     {func(p *Prediction) { p.By.(*Scaling).Largest = float32(math.NaN()) }, "largest"},
		"a scale below 0":  {func(p *Prediction) { p.By.(*Scaling).Given = -1 }, "scale -1"},
		"scales of bytes":  {func(p *Prediction) { p.By.(*Scaling).Scale = codec.I8 }, "scales of a kind"},
		"to floats":        {func(p *Prediction) { p.Elem = codec.F16 }, "element type"},
	} {
		t.Run(name, func(t *testing.T) {
			p := &Prediction{Kind: Scaled, Elem: codec.I8, From: codec.F32, Elements: 960, Sources: []digest.ID{{1}},
				By: &Scaling{Rows: 10, Columns: 96, TileRows: 1, TileCols: 96, Largest: 127, Scale: codec.F32}}
			_, err := Unmarshal(p.Marshal())
			require.NoError(t, err)
			c.edit(p)
			_, err = Unmarshal(p.Marshal())
			require.ErrorContains(t, err, c.want)
		})
	}
}
