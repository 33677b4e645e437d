package number

import (
	"bytes"
	"encoding/binary"
	"io"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/formats"
)

func f32(values ...float32) Operand {
	var b []byte
	for _, v := range values {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
	}
	return Operand{R: bytes.NewReader(b), DType: "F32"}
}

// Each number is multiplied by the scale of all, of its row or of its block.
func TestScaled(t *testing.T) {
	const rows, columns = 200, 300 // no whole blocks
	m := make([]byte, rows*columns)
	for i := range m {
		m[i] = byte(int8(i%251 - 125))
	}
	blocks := make([]float32, 2*3)
	each := make([]float32, rows)
	for i := range blocks {
		blocks[i] = float32(i + 1)
	}
	for i := range each {
		each[i] = float32(i) / 2
	}
	exponents := Operand{R: bytes.NewReader([]byte{127, 128, 129, 130, 126, 125}), DType: "F8_E8M0"}
	for _, test := range []struct {
		name   string
		scales Operand
		shape  []int64
		factor float64
		want   func(i, j int) float64
	}{
		{"one", f32(3), []int64{1}, 1, func(int, int) float64 { return 3 }},
		{"a scalar", f32(3), []int64{}, 1.0 / 2, func(int, int) float64 { return 1.5 }},
		{"rows", f32(each...), []int64{rows}, 1, func(i, _ int) float64 { return float64(i) / 2 }},
		{"rows, as a matrix", f32(each...), []int64{rows, 1}, 1.0 / 127, func(i, _ int) float64 { return float64(i) / 2 / 127 }},
		{"blocks", f32(blocks...), []int64{2, 3}, 1, func(i, j int) float64 { return float64(blocks[i/128*3+j/128]) }},
		{"powers of two", exponents, []int64{2, 3}, 1, func(i, j int) float64 { return []float64{1, 2, 4, 8, .5, .25}[i/128*3+j/128] }},
		{"other blocks", f32(blocks[:4]...), []int64{2, 2}, 1, func(i, j int) float64 { return float64(blocks[i/128*2+j/150]) }},
	} {
		t.Run(test.name, func(t *testing.T) {
			o, ok, err := Scaled(Operand{R: bytes.NewReader(append([]byte{9}, m...)), Off: 1, DType: "I8"}, []int64{rows, columns}, test.scales, test.shape, test.factor)
			require.NoError(t, err)
			require.True(t, ok)
			raw := make([]byte, 4*rows*columns)
			for off := 0; off < len(raw); off += 4 * 1111 { // in pieces that end anywhere
				require.NoError(t, formats.ReadFull(o.R, raw[off:min(off+4*1111, len(raw))], int64(off)))
			}
			for k := range rows * columns {
				want := float64(int8(m[k])) * test.want(k/columns, k%columns)
				got := float64(math.Float32frombits(binary.LittleEndian.Uint32(raw[4*k:])))
				require.InDelta(t, want, got, 1e-6*math.Abs(want), "number %d", k)
			}
			n, err := o.R.ReadAt(raw[:12], 4*(rows*columns-1))
			require.Equal(t, 4, n)
			require.ErrorIs(t, err, io.EOF)
			_, err = o.R.ReadAt(raw[:4], 4*rows*columns)
			require.ErrorIs(t, err, io.EOF)
			_, err = o.R.ReadAt(raw[:4], 2)
			require.Error(t, err)
		})
	}
}

// What does not fit is not scaled; what is cut off is an error.
func TestScaledRefuses(t *testing.T) {
	eight := func(n int) Operand { return Operand{R: bytes.NewReader(make([]byte, n)), DType: "F8_E4M3"} }
	for _, test := range []struct {
		name          string
		m             Operand
		shape         []int64
		scales        Operand
		scaleShape    []int64
		ok, truncated bool
	}{
		{"fits", eight(6), []int64{2, 3}, f32(1), []int64{1}, true, false},
		{"a vector", eight(6), []int64{6}, f32(1), []int64{1}, false, false},
		{"no rows", eight(0), []int64{0, 3}, f32(1), []int64{1}, false, false},
		{"more scales than rows", eight(6), []int64{2, 3}, f32(1, 2, 3), []int64{3}, false, false},
		{"more blocks than numbers", eight(6), []int64{2, 3}, f32(1, 2, 3, 4), []int64{1, 4}, false, false},
		{"no scales", eight(6), []int64{2, 3}, f32(), []int64{0, 3}, false, false},
		{"quants", Operand{R: bytes.NewReader(nil), DType: "Q8_0"}, []int64{2, 32}, f32(1), []int64{1}, false, false},
		{"scales without values", eight(6), []int64{2, 3}, Operand{R: bytes.NewReader(nil), DType: "C64"}, []int64{1}, false, false},
		{"scales that are cut off", eight(6), []int64{2, 3}, f32(1), []int64{2}, false, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, ok, err := Scaled(test.m, test.shape, test.scales, test.scaleShape, 1)
			require.Equal(t, test.ok, ok)
			require.Equal(t, test.truncated, err != nil)
		})
	}
}
