package ggml

import "math/bits"

// symmetric fits x ≈ scale·(l − top) with l in [0, 2·top−1] to one group, as
// make_qx_quants of ggml-quants.c does for rmse_type 1 (MIT). It sets l, and
// returns the scale with the accepted candidates as bits. The weights w are those
// of the squared errors; nil stands for x·x.
func symmetric(l []uint8, x, w []float32, top int32, fused bool) (scale float32, accepted uint64) {
	extreme, size := widest(x)
	if size < groupMaxEps {
		clear(l)
		return 0, 0
	}
	inverse := -float32(top) / extreme
	g := weigh(x, w)
	scale, best := g.first(inverse, top, fused)
	for i := range symmetricSteps {
		try := symmetricInverse(i, extreme, top, fused)
		sumLX, sumL2 := g.sums(try, top, fused)
		if sumL2 > 0 && float32(sumLX*sumLX) > float32(best*sumL2) {
			inverse = try
			scale = sumLX / sumL2
			best = float32(scale * sumLX)
			accepted |= 1 << i
		}
	}
	roundSymmetric(l, x, inverse, top, fused)
	return scale, accepted
}

// followSymmetric is symmetric where the accepted candidates are known: it computes
// the last one only, on which the others have no influence.
func followSymmetric(l []uint8, x, w []float32, top int32, fused bool, accepted uint64) (scale float32) {
	extreme, size := widest(x)
	if size < groupMaxEps {
		clear(l)
		return 0
	}
	g := weigh(x, w)
	inverse := -float32(top) / extreme
	if accepted &= 1<<len(symmetricSteps) - 1; accepted == 0 {
		scale, _ = g.first(inverse, top, fused)
	} else {
		inverse = symmetricInverse(bits.Len64(accepted)-1, extreme, top, fused)
		sumLX, sumL2 := g.sums(inverse, top, fused)
		scale = sumLX / sumL2
	}
	roundSymmetric(l, x, inverse, top, fused)
	return scale
}

// first returns the scale before any candidate, and what a candidate's
// sumLX²/sumL2 has to exceed.
func (g *weightedGroup) first(inverse float32, top int32, fused bool) (scale, best float32) {
	var sumLX, sumL2 float32
	if fused {
		sumLX, sumL2 = g.sumsFused(inverse, top)
	} else {
		sumLX, sumL2 = g.sums(inverse, top, false)
	}
	if sumL2 != 0 {
		scale = sumLX / sumL2
	}
	return scale, float32(scale * sumLX)
}

// symmetricInverse returns the inverse scale that candidate i tries.
func symmetricInverse(i int, extreme float32, top int32, fused bool) float32 {
	return -mulAdd(fused, 0.1, symmetricSteps[i], float32(top)) / extreme
}

func roundSymmetric(l []uint8, x []float32, inverse float32, top int32, fused bool) {
	l = l[:len(x)]
	for i, v := range x {
		l[i] = uint8(max(-top, min(top-1, nearestProduct(fused, inverse, v))) + top)
	}
}

// symmetricSteps are the candidates: tenths that are added to top.
var symmetricSteps = [...]float32{-9, -8, -7, -6, -5, -4, -3, -2, -1, 1, 2, 3, 4, 5, 6, 7, 8, 9}

// A weightedGroup is at most 32 values x with their weights w and the products w·x.
type weightedGroup struct {
	n        int
	x, w, wx [32]float32
}

// weigh returns the group of x; w nil stands for x·x.
func weigh(x, w []float32) (g weightedGroup) {
	g.n = len(x)
	for i, v := range x {
		g.x[i], g.w[i] = v, float32(v*v)
		if w != nil {
			g.w[i] = w[i]
		}
		g.wx[i] = float32(g.w[i] * v)
	}
	return g
}

// sums returns the weighted sums of x·l and of l·l for the quants that the inverse
// scale gives. In a fused build the loop over candidates fuses the rounding only.
func (g *weightedGroup) sums(inverse float32, top int32, fused bool) (sumLX, sumL2 float32) {
	x, w, wx := g.x[:g.n], g.w[:g.n], g.wx[:g.n]
	if fused {
		for i, v := range x {
			l := float32(max(-top, min(top-1, nearestProduct(true, inverse, v))))
			sumLX += float32(wx[i] * l)
			sumL2 += float32(float32(w[i]*l) * l)
		}
		return sumLX, sumL2
	}
	for i, v := range x {
		l := float32(max(-top, min(top-1, nearestInt(float32(inverse*v)))))
		sumLX += float32(wx[i] * l)
		sumL2 += float32(float32(w[i]*l) * l)
	}
	return sumLX, sumL2
}

// sumsFused is sums with all fused, as a fused build has it for the first candidate.
func (g *weightedGroup) sumsFused(inverse float32, top int32) (sumLX, sumL2 float32) {
	for i, v := range g.x[:g.n] {
		l := float32(max(-top, min(top-1, nearestProduct(true, inverse, v))))
		sumLX = fma32(g.wx[i], l, sumLX)
		sumL2 = fma32(float32(g.w[i]*l), l, sumL2)
	}
	return sumLX, sumL2
}
