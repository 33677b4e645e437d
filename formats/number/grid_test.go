package number

import (
	"math"
	"math/rand/v2"
	"testing"

	"dits/formats"
	"dits/formats/float"
)

// TestGrid holds rounding to a grid to that of package float.
func TestGrid(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 10))
	for d, round := range map[formats.DType]func(float64) float32{
		"F16":     func(x float64) float32 { return float.F16(float.ToF16(float.ToOdd(x))) },
		"BF16":    func(x float64) float32 { return float.BF16(float.ToBF16(float.ToOdd(x))) },
		"F8_E4M3": func(x float64) float32 { return float.E4M3(float.ToE4M3(float.ToOdd(x))) },
		"F32":     float.Narrow,
	} {
		g, ok := GridOf(d)
		if !ok {
			t.Fatalf("%s: no grid", d)
		}
		for range 10_000 {
			x := rng.NormFloat64() * math.Ldexp(1, rng.IntN(20)-14)
			got, want := g.Round(x), float64(round(x))
			if math.Abs(x) < 448 && got != want {
				t.Fatalf("%s: %x: got %x, want %x", d, x, got, want)
			}
			if math.Abs(got-x) > g.Step(x)/2 {
				t.Fatalf("%s: %x: %x is more than half of %x away", d, x, got, g.Step(x))
			}
		}
		if g.Ulp(0) != 0 || g.Ulp(math.Inf(1)) != 0 || float64(round(g.Step(0))) != g.Step(0) || round(g.Step(0)/4) != 0 {
			t.Errorf("%s: around zero", d)
		}
	}
	if _, ok := GridOf("I8"); ok {
		t.Error("I8 has a grid")
	}
}
