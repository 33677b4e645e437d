//go:build cgo

package ggml

import (
	"strings"
	"testing"
)

// TestKernelsCheckLengths calls each kernel with a slice that is one too short, and wants a panic instead of a call.
func TestKernelsCheckLengths(t *testing.T) {
	const blocks = 2
	v := func(n int) []float32 { return make([]float32, n) }
	x, s, accepted := v(blocks*superElems), new(superScratch), make([]uint64, blocks*maxGroups)
	by := weighing{16, weighMagnitude}
	for name, c := range map[string]struct {
		call func()
		want string
	}{
		"affine, half a group": {func() { kernelBest.affine(searchQ2K, by, x[1:], nil, s, accepted, false) }, "511 numbers, want a multiple of 16"},
		"affine, weights":      {func() { kernelBest.affine(weightedQ2K, by, x, x[1:], s, accepted, false) }, "511 weights, want 512"},
		"affine, accepted":     {func() { kernelBest.affine(searchQ2K, by, x, nil, s, accepted[1:], false) }, "31 accepted, want 32"},
		"affine, too many":     {func() { kernelBest.affine(searchQ2K, by, v(33*superElems), nil, s, make([]uint64, 33*16), false) }, "512 scales, want 528"},
		"symmetric, a group":   {func() { kernelBest.symmetric(32, x[1:], nil, s, accepted, false) }, "511 numbers, want a multiple of 16"},
		"symmetric, weights":   {func() { kernelBest.symmetric(32, x, x[1:], s, accepted, false) }, "511 weights, want 512"},
		"refine, half a group": {func() { kernelBest.refine(x[1:], s) }, "511 numbers, want a multiple of 16"},
		"refine, too many":     {func() { kernelBest.refine(v(33*superElems), s) }, "512 scales, want 528"},
		"importance, a block":  {func() { kernelBest.importance(x, x, x[1:], 1) }, "511 numbers, want a multiple of 256"},
		"importance, columns":  {func() { kernelBest.importance(x, x[1:], x, 1) }, "511 importances, want 512"},
		"importance, dst":      {func() { kernelBest.importance(x[1:], x, x, 1) }, "511 weights, want 512"},
		"round, numbers":       {func() { kernelBest.roundSuper(Q4_K, make([]byte, 288), x[1:], make([]uint8, 2)) }, "511 numbers, want 512"},
		"round, bytes":         {func() { kernelBest.roundSuper(Q4_K, make([]byte, 287), x, make([]uint8, 2)) }, "287 bytes, want 288"},
		"plain, half a block":  {func() { kernelBest.plainRun(Q8_0, make([]byte, 34*16), x[1:], false) }, "511 numbers, want a multiple of 32"},
		"plain, bytes":         {func() { kernelBest.plainRun(Q8_0, make([]byte, 34*16-1), x, false) }, "543 bytes, want 544"},
	} {
		func() {
			defer func() {
				if got, _ := recover().(string); !strings.HasSuffix(got, c.want) || got == "" {
					t.Errorf("%s: got %q, want %q", name, got, c.want)
				}
			}()
			c.call()
		}()
	}
}
