package explore

import (
	"math/rand/v2"
	"testing"
)

func BenchmarkLook(b *testing.B) {
	const rows, cols = 256, 1024
	rng := rand.New(rand.NewPCG(1, 2))
	x, y := make([]float64, rows*cols), make([]float64, rows*cols)
	for i := range x {
		x[i] = rng.NormFloat64() * .02
		y[i] = x[i] + rng.NormFloat64()*.001
	}
	l := &look{rows: rows, cols: cols, before: newSpread(-.08, .08), after: newSpread(-.08, .08), change: newSpread(-.004, .004),
		byRow: make([]RunChange, runs), byColumn: make([]RunChange, runs), columnRuns: runsOf(cols, runs)}
	b.SetBytes(4 * rows * cols) // of two sides in BF16
	for b.Loop() {
		l.add(0, x, y)
	}
}
