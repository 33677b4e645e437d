package ggml

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// TestFMA32 compares with exact arithmetic, on products and sums that land halfway
// between two float32 with something far below, as rounding twice would get wrong.
func TestFMA32(t *testing.T) {
	rng := rand.New(rand.NewPCG(23, 24))
	twice := 0
	for range 200_000 {
		a := float32(rng.Int32N(1<<24)-1<<23) * float32(math.Ldexp(1, rng.IntN(20)-30))
		b := float32(rng.Int32N(1<<24)-1<<23) * float32(math.Ldexp(1, rng.IntN(20)-30))
		c := float32(rng.Int32N(1<<24)-1<<23) * float32(math.Ldexp(1, rng.IntN(90)-60))
		if rng.IntN(2) == 0 { // half the last bit of c, less a rest that float64 has no room for
			rest := float32(math.Ldexp(float64(rng.IntN(3)-1), -15-rng.IntN(9)))
			a, b = 0x1p-24*(1+rest), 1-rest
			c = 1 + float32(rng.IntN(16))*0x1p-23
		}
		exact := new(big.Float).SetPrec(400).Mul(big.NewFloat(float64(a)), big.NewFloat(float64(b)))
		exact.SetPrec(400).Add(exact, new(big.Float).SetPrec(400).SetFloat64(float64(c)))
		want, _ := exact.Float32()
		if got := fma32(a, b, c); got != want {
			t.Fatalf("%x·%x + %x: got %x, want %x", a, b, c, got, want)
		}
		if float32(math.FMA(float64(a), float64(b), float64(c))) != want {
			twice++
		}
	}
	if twice == 0 {
		t.Error("no case in which rounding twice goes wrong")
	}
	for _, odd := range []float32{infinity, -infinity, canonicalNaN} {
		if got := fma32(odd, 1, 1); math.Float32bits(got) != math.Float32bits(odd+1) {
			t.Errorf("%v·1 + 1: got %v", odd, got)
		}
	}
}

// TestScaleHalf holds that a computed NaN has one form, as its sign is the
// processor's choice.
func TestScaleHalf(t *testing.T) {
	for f, want := range map[float32]uint16{
		1: 0x3c00, -2: 0xc000, 65519: 0x7bff, 65520: 0x7c00, 0x1p-25: 0, 0x1.8p-25: 1, -infinity: 0xfc00,
	} {
		if got := scaleHalf(f); got != want {
			t.Errorf("%v: got %04x, want %04x", f, got, want)
		}
	}
	for _, nan := range []uint32{0x7fc00000, 0xffc00000, 0x7f800001} {
		if got := scaleHalf(math.Float32frombits(nan)); got != 0xfe00 {
			t.Errorf("%08x: got %04x, want fe00", nan, got)
		}
	}
}
