package codec

import (
	"bytes"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
)

// activities are some of every mode and shape.
func activities() (all []*Activity) {
	r := rand.New(rand.NewPCG(8, 8))
	for _, shape := range [][2]int64{{2, 2}, {1, 1}, {3, 500}, {700, 2}, {300, 300}} {
		for _, mode := range []Mode{NoScales, RowScales, ColScales, RowColScales, RowColScales | Leans} {
			a := &Activity{mode: mode, rows: shape[0], width: shape[1]}
			fill := func(n int64) (v []int16) {
				for range n {
					v = append(v, int16(-40+r.NormFloat64()*4))
				}
				return v
			}
			if mode&RowScales != 0 {
				a.row = fill(a.rows)
			}
			if mode&ColScales != 0 {
				a.col = fill(a.width)
				if a.rows != a.width {
					a.col[0], a.col[len(a.col)-1] = maxScale, -maxScale
				}
			}
			if mode&Leans != 0 {
				for range a.width {
					a.lean = append(a.lean, int8(r.IntN(2*maxLean+1)-maxLean))
				}
			}
			all = append(all, a)
		}
	}
	return all
}

func sameActivity(t *testing.T, got, want *Activity) {
	t.Helper()
	if got.mode != want.mode || got.rows != want.rows || got.width != want.width ||
		!slices.Equal(got.row, want.row) || !slices.Equal(got.col, want.col) || !slices.Equal(got.lean, want.lean) {
		t.Fatalf("activity of mode %d, %d × %d is not what was written", want.mode, want.rows, want.width)
	}
}

func TestActivityRoundTrip(t *testing.T) {
	for _, a := range activities() {
		b := a.Append([]byte("x"))
		if b[0] != 'x' {
			t.Fatal("dst is not kept")
		}
		b = b[1:]
		got, err := ParseActivity(b, a.rows, a.width)
		if err != nil {
			t.Fatalf("mode %d, %d × %d: %v", a.mode, a.rows, a.width, err)
		}
		sameActivity(t, got, a)
		if n := 8 * len(b); a.rows*a.width > 50000 && a.mode == RowColScales && n > 5*int(a.rows+a.width) {
			t.Errorf("%d bits for %d scales", n, a.rows+a.width)
		}
		if _, err := ParseActivity(append(b, 0), a.rows, a.width); err == nil {
			t.Error("a byte too many is taken")
		}
		for i := range b {
			_, _ = ParseActivity(b[:i], a.rows, a.width)
			for bit := range 8 {
				bad := bytes.Clone(b)
				bad[i] ^= 1 << bit
				_, _ = ParseActivity(bad, a.rows, a.width)
			}
		}
	}
}

// TestActivityClaim has shapes that the bytes cannot hold.
func TestActivityClaim(t *testing.T) {
	b := activities()[3].Append(nil)
	for _, shape := range [][2]int64{{1 << 40, 1 << 20}, {-1, 5}, {5, 0}, {1 << 62, 1 << 62}, {5, -5}, {1 << 61, 1}} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if _, err := ParseActivity(b, shape[0], shape[1]); err == nil {
			t.Errorf("%d × %d of %d bytes", shape[0], shape[1], len(b))
		}
		runtime.ReadMemStats(&after)
		if n := after.TotalAlloc - before.TotalAlloc; n > 1<<20 {
			t.Errorf("%d × %d: %d bytes taken", shape[0], shape[1], n)
		}
	}
	for _, mode := range []byte{4, 8, 255} {
		if _, err := ParseActivity([]byte{mode, 0, 0}, 2, 2); err == nil {
			t.Errorf("mode %d is taken", mode)
		}
	}
}

// TestMeter measures a matrix whose scales are known, in one piece and in many.
func TestMeter(t *testing.T) {
	const rows, width = 8, 16
	var src []byte
	for i := range rows {
		for j := range width {
			x := math.Ldexp(1, i-j%4)
			if (i+j)%2 == 1 && j >= 4 {
				x = -x
			}
			src = binary.LittleEndian.AppendUint32(src, math.Float32bits(float32(x)))
		}
	}
	whole := NewMeter(F32, rows, width, RowColScales)
	whole.Add(src, nil, 0)
	a := whole.Activity()
	for i := 1; i < rows; i++ {
		if d := a.row[i] - a.row[i-1]; d != 4 {
			t.Errorf("row %d is %d above the row before, want 4", i, d)
		}
	}
	for j := 1; j < width; j++ {
		want := int16(-4)
		if j%4 == 0 {
			want = 12
		}
		if d := a.col[j] - a.col[j-1]; d != want {
			t.Errorf("column %d is %d above the one before, want %d", j, d, want)
		}
	}
	if got, want := float64(a.row[0])/4, math.Log2((1+.5+.25+.125)/4); math.Abs(got-want) > 0.126 {
		t.Errorf("row 0 has 2^%.2f, want 2^%.2f", got, want)
	}
	pieces := NewMeter(F32, rows, width, RowColScales)
	for at := 0; at < len(src); at += 4 * 7 {
		pieces.Add(src[at:min(at+28, len(src))], nil, int64(at/4))
	}
	sameActivity(t, pieces.Activity(), a)
	delta := NewMeter(F32, rows, width, RowColScales)
	delta.Add(src, make([]byte, len(src)), 0)
	if d := delta.Activity(); !slices.Equal(d.row, a.row) || !slices.Equal(d.col, a.col) {
		t.Error("the change from zero has other scales than the values")
	}
}

func TestMeterNothing(t *testing.T) {
	src := make([]byte, 64)
	for _, m := range []*Meter{
		NewMeter(BF16, 1, 32, RowColScales), NewMeter(BF16, 32, 1, RowColScales),
		NewMeter(BF16, 4, 8, NoScales), NewMeter(Bytes, 8, 8, RowColScales), NewMeter(BF16, 4, 8, RowColScales),
	} {
		m.Add(src, nil, 0)
		if a := m.Activity(); a != nil {
			t.Errorf("%d × %d of elem %d, all zero or one row: activity %+v", m.rows, m.width, m.elem, a)
		}
	}
	m := NewMeter(F32, 2, 2, RowColScales)
	inf := binary.LittleEndian.AppendUint32(nil, math.Float32bits(float32(math.Inf(1))))
	m.Add(append(inf, 0, 0, 0xc0, 0x7f, 0, 0, 0x80, 0x3f), nil, 0) // Inf, NaN, 1
	m.Add(inf, nil, 4)                                             // beyond the tensor
	m.Add(inf, nil, -1)
	m.Add(inf, inf[:1], 0)
	if a := m.Activity(); a == nil || a.row[1] != -4 || a.row[0] != -20 {
		t.Errorf("of Inf, NaN, 1: %+v", a)
	}
}

// TestValues compares small floats with their definition.
func TestValues(t *testing.T) {
	for _, e := range []Elem{F16, E4M3, E5M2} {
		l, size := e.layout(), e.Size()
		for u := range 1 << (8 * size) {
			var v [1]float64
			values(v[:], []byte{byte(u), byte(u >> 8)}, e)
			exp, mant := u>>l.mant&(1<<l.exp-1), u&(1<<l.mant-1)
			want := math.Ldexp(float64(mant), 1-l.bias-int(l.mant))
			if exp > 0 {
				want = math.Ldexp(float64(mant+1<<l.mant), exp-l.bias-int(l.mant))
			}
			if u>>(8*size-1) == 1 {
				want = -want
			}
			special := exp == 1<<l.exp-1 && (e != E4M3 || mant == 7)
			if finite := math.Abs(v[0]) <= math.MaxFloat64; special == finite || finite && v[0] != want {
				t.Fatalf("elem %d: %#x is %g, want %g", e, u, v[0], want)
			}
		}
	}
}

func TestQuarterLog2(t *testing.T) {
	for x := 0x1p-1000; x < 0x1p1000; x *= 1.37 {
		if got, want := quarterLog2(x), math.Round(4*math.Log2(x)); math.Abs(float64(got)-want) > 0 {
			t.Fatalf("%g: %d, want %g", x, got, want)
		}
	}
	for _, x := range []float64{math.Inf(1), math.MaxFloat64, math.SmallestNonzeroFloat64} {
		if q := quarterLog2(x); q > 4096 || q < -4096 {
			t.Errorf("%g: %d", x, q)
		}
	}
}
