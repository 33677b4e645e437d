package relatives

import (
	"bytes"
	"encoding/binary"
	"math"
	"math/bits"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/formats"
	"dits/formats/ggml"
)

// gaussian is a tensor of n weights like those of a trained model.
func gaussian(seed uint64, n int) []float32 {
	r := rand.New(rand.NewPCG(seed, 1))
	out := make([]float32, n)
	for i := range out {
		out[i] = float32(r.NormFloat64() * 0.02)
	}
	return out
}

// asBytes is values in a dtype: F32, BF16 (cut off), I8 (in units of 1/1000) or a quant.
func asBytes(t *testing.T, d formats.DType, columns int, values []float32) []byte {
	t.Helper()
	var b []byte
	switch d {
	case "F32":
		for _, v := range values {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
		}
	case "BF16":
		for _, v := range values {
			b = binary.LittleEndian.AppendUint16(b, uint16(math.Float32bits(v)>>16))
		}
	case "I8":
		for _, v := range values {
			b = append(b, byte(int8(math.Round(float64(v)*1000))))
		}
	default:
		typ, ok := ggml.ByName(string(d))
		require.True(t, ok)
		n, ok := d.Bytes([]int64{int64(len(values) / columns), int64(columns)})
		require.True(t, ok)
		b = make([]byte, n)
		require.NoError(t, (&ggml.Quantiser{Type: typ, Columns: columns}).Rows(b, values))
	}
	return b
}

func sketchOf(t *testing.T, d formats.DType, values []float32, shape ...int64) *sketch {
	t.Helper()
	b := asBytes(t, d, int(shape[len(shape)-1]), values)
	s, err := makeSketch(bytes.NewReader(append([]byte("head"), b...)), 4, d, shape)
	require.NoError(t, err)
	require.NotEmpty(t, s.values)
	require.LessOrEqual(t, len(s.pack()), 4<<10)
	require.Equal(t, s, unpackSketch(s.rows, s.width, s.pack()))
	return s
}

// moved is values with some noise, as after training on.
func moved(values []float32, by float64) []float32 {
	r := rand.New(rand.NewPCG(7, 7))
	out := make([]float32, len(values))
	for i, v := range values {
		out[i] = v + float32(r.NormFloat64()*0.02*by)
	}
	return out
}

// permuted moves rows as llama.cpp's converter does those of Q and K: of each head, those of its
// two halves in turn.
func permuted(values []float32, columns, heads int) []float32 {
	rows := len(values) / columns
	d := rows / heads
	var out []float32
	for h := range heads {
		for k := range d {
			row := h*d + k%2*d/2 + k/2
			out = append(out, values[row*columns:(row+1)*columns]...)
		}
	}
	return out
}

func TestSketchesTellRelativesFromStrangers(t *testing.T) {
	const rows, columns = 512, 512
	base := gaussian(1, rows*columns)
	of := func(d formats.DType, v []float32) *sketch { return sketchOf(t, d, v, rows, columns) }
	me := of("BF16", base)
	for name, tt := range map[string]struct {
		s       *sketch
		closest float64 // distance, at least
		most    float64
	}{
		"itself":                 {of("BF16", base), 0, 0},
		"before it was rounded":  {of("F32", base), 1e-7, 1e-4},
		"fine-tune":              {of("BF16", moved(base, 0.01)), 1e-6, 1e-3},
		"long fine-tune":         {of("BF16", moved(base, 0.3)), 0.02, 0.1},
		"8 bits":                 {of("Q8_0", base), 1e-7, 1e-3},
		"4 bits":                 {of("Q4_K", base), 1e-4, 0.02},
		"2 bits":                 {of("Q2_K", base), 1e-3, 0.1},
		"with scales of its own": {of("I8", base), 0.9, 1},
		"permuted heads":         {of("BF16", permuted(base, columns, 8)), 0, 0.9},
	} {
		c := me.compare(tt.s)
		require.True(t, c.isRelated(), "%s: %+v", name, c)
		require.True(t, c.distance >= tt.closest && c.distance <= tt.most, "%s: %+v", name, c)
		require.LessOrEqual(t, bits.OnesCount64(me.hash()^tt.s.hash()), farthestHash, name)
	}
	for seed := range uint64(50) {
		stranger := of("BF16", gaussian(100+seed, rows*columns))
		c := me.compare(stranger)
		require.False(t, c.isRelated(), "%+v", c)
		require.Greater(t, c.distance, 0.8)
	}
	require.Equal(t, unlike, me.compare(sketchOf(t, "BF16", base, rows/2, columns*2)), "another row length")
	require.Equal(t, unlike, me.compare(nil))
	require.Equal(t, unlike, (*sketch)(nil).compare(me))
	require.Equal(t, unlike, me.compare(&sketch{}))
}

// A vocabulary that grew is as close to what it was as its rows are.
func TestSketchesShareRows(t *testing.T) {
	const columns = 64
	base := gaussian(1, 1100*columns)
	for _, rows := range []int{1000, 1023, 1024, 1025, 1100} {
		s := sketchOf(t, "F32", base[:rows*columns], int64(rows), columns)
		o := sketchOf(t, "F32", base[:1000*columns], 1000, columns)
		require.Equal(t, closeness{0, 1}, s.compare(o), rows)
		require.Equal(t, closeness{0, 1}, o.compare(s), rows)
	}
}

func TestSketchOfOddTensors(t *testing.T) {
	nan := float32(math.NaN())
	for _, tt := range []struct {
		values []float32
		shape  []int64
	}{
		{[]float32{1}, nil}, {[]float32{1}, []int64{1}}, {[]float32{1, 2, 3}, []int64{3}},
		{make([]float32, 100), []int64{100}}, {make([]float32, 6), []int64{3, 1, 2}},
		{[]float32{nan, 1, float32(math.Inf(1)), 2}, []int64{2, 2}},
	} {
		b := asBytes(t, "F32", 1, tt.values)
		s, err := makeSketch(bytes.NewReader(b), 0, "F32", tt.shape)
		require.NoError(t, err)
		require.NotEmpty(t, s.values)
		c := s.compare(s)
		require.Zero(t, c.distance, "%v", tt.shape)
		if len(b) > 4 {
			_, err = makeSketch(bytes.NewReader(b[:len(b)-4]), 0, "F32", tt.shape)
			if len(tt.values) <= sketchRun {
				require.Error(t, err, "%v: a byte range that ends early", tt.shape)
			}
		}
	}
	for _, d := range []formats.DType{"F4", "F6_E2M3", "C64", "nothing"} {
		s, err := makeSketch(bytes.NewReader(nil), 0, d, []int64{64, 64})
		require.NoError(t, err)
		require.Empty(t, s.values)
		require.Zero(t, s.hash())
	}
}

// FuzzSketch compares what a damaged catalog may hold.
func FuzzSketch(f *testing.F) {
	f.Add(int64(512), int64(512), int64(500), int64(512), []byte{1, 2, 3, 4, 5, 6, 7, 8}, []byte{0, 0, 0x80, 0x7f})
	f.Add(int64(math.MaxInt64), int64(1), int64(math.MaxInt64), int64(1), bytes.Repeat([]byte{1}, 4096), bytes.Repeat([]byte{2}, 4096))
	f.Add(int64(1<<62), int64(1), int64(1<<62), int64(1), bytes.Repeat([]byte{1}, 4096), bytes.Repeat([]byte{2}, 4096))
	f.Add(int64(-1), int64(0), int64(0), int64(-5), []byte("abcd"), []byte("abcd"))
	f.Fuzz(func(t *testing.T, rows, width, rows2, width2 int64, a, b []byte) {
		x, y := unpackSketch(rows, width, a), unpackSketch(rows2, width2, b)
		c := x.compare(y)
		if c.distance < 0 {
			t.Errorf("got distance %v", c.distance)
		}
		x.hash()
	})
}

// The catalog keeps of each value what it has: numbers of two bytes take two.
func TestSketchesAreKeptWhole(t *testing.T) {
	whole := func(s *sketch) (b []byte) { // as catalogs kept them first
		for _, v := range s.values {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
		}
		return b
	}
	for _, tt := range []struct {
		dtype formats.DType
		shape []int64
		each  int
	}{
		{"BF16", []int64{64, 64}, 2}, {"BF16", []int64{1100, 80}, 2}, {"BF16", []int64{100}, 2}, {"BF16", []int64{7, 3}, 2},
		{"F32", []int64{64, 64}, 4}, {"F32", []int64{1}, 4}, {"I8", []int64{64, 64}, 2}, {"Q8_0", []int64{64, 64}, 4},
	} {
		s := sketchOf(t, tt.dtype, gaussian(1, int(formats.Elements(tt.shape))), tt.shape...)
		require.EqualValues(t, len(s.values), s.length(), tt)
		require.Equal(t, tt.each*len(s.values), len(s.pack()), tt)
		require.Equal(t, s, unpackSketch(s.rows, s.width, s.pack()), tt)
		require.Equal(t, s, unpackSketch(s.rows, s.width, whole(s)), tt)
	}
	zeros := sketchOf(t, "F32", make([]float32, 64), 8, 8)
	require.Equal(t, zeros, unpackSketch(8, 8, zeros.pack()))
	require.Empty(t, unpackSketch(8, 8, make([]byte, 63)).values, "a damaged one")
}
