package float

import (
	"math"
	"math/rand/v2"
	"testing"
)

// value is that of a float of 1 + exp + man bits, from its definition; all ones are a NaN without infinities, −0 with
// shift 1, whose bias is one higher.
func value(u uint32, exp, man, shift int, infinities bool) float64 {
	e, m := int(u>>man)&(1<<exp-1), float64(u&(1<<man-1))
	top := e == 1<<exp-1
	v := math.Ldexp(m, 2-1<<(exp-1)-man-shift)
	switch {
	case shift == 1 && u == 1<<(exp+man),
		!infinities && shift == 0 && top && m == float64(int(1)<<man-1),
		infinities && top && m != 0:
		return math.NaN()
	case infinities && top:
		v = math.Inf(1)
	case e > 0:
		v = math.Ldexp(m+float64(int(1)<<man), e+1-1<<(exp-1)-man-shift)
	}
	if u>>(exp+man) == 1 {
		v = -v
	}
	return v
}

func sameValue(x, y float64) bool {
	return x != x && y != y || math.Float64bits(x) == math.Float64bits(y)
}

func TestDecode(t *testing.T) {
	for u := range uint32(1 << 16) {
		for name, c := range map[string][2]float64{
			"F16":          {float64(F16(uint16(u))), value(u, 5, 10, 0, true)},
			"BF16":         {float64(BF16(uint16(u))), value(u, 8, 7, 0, true)},
			"E4M3":         {float64(E4M3(uint8(u))), value(u&0xff, 4, 3, 0, false)},
			"E5M2":         {float64(E5M2(uint8(u))), value(u&0xff, 5, 2, 0, true)},
			"E4M3FNUZ":     {float64(E4M3FNUZ(uint8(u))), value(u&0xff, 4, 3, 1, false)},
			"E5M2FNUZ":     {float64(E5M2FNUZ(uint8(u))), value(u&0xff, 5, 2, 1, false)},
			"F16 and back": {float64(F16(ToF16(F16(uint16(u))))), value(u, 5, 10, 0, true)},
		} {
			if !sameValue(c[0], c[1]) {
				t.Fatalf("%s %04x: got %v, want %v", name, u, c[0], c[1])
			}
		}
	}
}

// TestNaNs holds sign and payload.
func TestNaNs(t *testing.T) {
	for h, want := range map[uint16]uint32{0x7c01: 0x7fc02000, 0xfe03: 0xffc06000} {
		if got := math.Float32bits(F16(h)); got != want {
			t.Errorf("F16 %04x: got %08x, want %08x", h, got, want)
		}
	}
	for u, want := range map[uint32][3]uint16{
		0x7f800001: {0x7fc0, 0x7e00, 0x7f}, 0xffffffff: {0xffff, 0xfe00, 0xff}, 0x7fa50000: {0x7fe5, 0x7e00, 0x7f},
	} {
		f := math.Float32frombits(u)
		if got := [3]uint16{ToBF16(f), ToF16(f), uint16(ToE4M3(f))}; got != want {
			t.Errorf("%08x: got %04x, want %04x", u, got, want)
		}
	}
	for u, want := range map[uint64]uint32{1<<63 | 0x7ff<<52 | 1: 0xffc00000, 0x7ff8 << 48: 0x7fc00000} {
		v := math.Float64frombits(u)
		for _, got := range []uint32{math.Float32bits(ToOdd(v)), math.Float32bits(Narrow(v))} {
			if got != want {
				t.Errorf("%016x: got %08x, want %08x", u, got, want)
			}
		}
		wide := uint64(want&signBit|0x7ff80000) << 32
		for _, got := range []float64{Quiet(v), Wide(math.Float32frombits(want | 1))} {
			if math.Float64bits(got) != wide {
				t.Errorf("%016x: got %016x, want %016x", u, math.Float64bits(got), wide)
			}
		}
	}
}

// A narrow type has its numbers from 0 up in the order of their bits.
type narrow struct {
	name string
	of   func(u uint16) float64
	to   func(f float32) uint16
	top  uint16 // the bits of what is beyond all numbers
	last float64
}

var narrows = []narrow{
	{"F16", func(u uint16) float64 { return float64(F16(u)) }, ToF16, 0x7c00, 65536},
	{"BF16", func(u uint16) float64 { return float64(BF16(u)) }, ToBF16, 0x7f80, 0x1p128},
	{"E4M3", func(u uint16) float64 { return float64(E4M3(uint8(u))) }, func(f float32) uint16 { return uint16(ToE4M3(f)) }, 0x7f, 0},
}

// TestRound has all numbers of each type, the middles between them, and what is just below and above, as float32 and
// as float64.
func TestRound(t *testing.T) {
	for _, n := range narrows {
		for u := range n.top {
			low, high := n.of(u), n.of(u+1)
			if u+1 == n.top {
				if high = n.last; high == 0 {
					break
				}
			}
			middle := (low + high) / 2
			even := u + u&1
			for v, want := range map[float64]uint16{
				low: u, middle: even,
				math.Nextafter(middle, 0): u, math.Nextafter(middle, math.MaxFloat64): u + 1,
				float64(math.Nextafter32(float32(middle), 0)): u, float64(math.Nextafter32(float32(middle), float32(math.Inf(1)))): u + 1,
			} {
				if got := n.to(ToOdd(v)); got != want {
					t.Fatalf("%s: %x: got %04x, want %04x", n.name, v, got, want)
				}
				sign := n.to(ToOdd(-v)) ^ want
				if sign != 0x8000 && sign != 0x80 {
					t.Fatalf("%s: %x: got %04x", n.name, -v, sign)
				}
			}
		}
	}
	if ToE4M3(1e9) != 0x7e || ToF16(65519.996) != 0x7bff || ToBF16(float32(math.Inf(-1))) != 0xff80 {
		t.Error("beyond the largest number")
	}
}

// TestToOdd holds float32 as they are, and of others the last bit.
func TestToOdd(t *testing.T) {
	rng := rand.New(rand.NewPCG(61, 62))
	for range 1 << 16 {
		f := math.Float32frombits(rng.Uint32()&^infinity | rng.Uint32N(0xff)<<23)
		if got := ToOdd(float64(f)); got != f {
			t.Fatalf("%x: got %x", f, got)
		}
		v := math.Nextafter(float64(f), rng.NormFloat64()*1e30)
		got := ToOdd(v)
		if math.Float32bits(got)&1 != 1 || math.Abs(float64(got)-v) > math.Abs(v)*0x1p-22+0x1p-149 {
			t.Fatalf("%x: got %x", v, got)
		}
	}
}

var sink float32

func BenchmarkF16(b *testing.B) {
	for i := range b.N {
		sink += F16(uint16(i * 40503))
	}
}

func BenchmarkToF16(b *testing.B) {
	var s uint16
	for i := range b.N {
		s += ToF16(float32(i&0xffff) * 0x1p-14)
	}
	sink = float32(s)
}
