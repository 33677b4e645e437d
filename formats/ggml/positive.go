package ggml

// positive fits x ≈ scale·l with l in [0, top] to the scales of a block, at most 16,
// whose groups weigh w: as make_qp_quants of ggml-quants.c does (MIT). It sets l,
// whose elements wrap as there if x is negative, and returns the scale.
func positive(l []uint8, x, w []float32, top int32, fused bool) float32 {
	var high float32
	for _, v := range x {
		if !(high > v) {
			high = v
		}
	}
	if high < groupMaxEps {
		clear(l)
		return 0
	}
	inverse := positiveInverse(x, w, top, high, fused)
	var sumLX, sumL2 float32
	for i, v := range x {
		q := min(top, nearestProduct(fused, inverse, v))
		l[i] = uint8(q)
		sumLX = mulAdd(fused, float32(w[i]*v), float32(q), sumLX)
		sumL2 = mulAdd(fused, float32(w[i]*float32(q)), float32(q), sumL2)
	}
	sumLX, sumL2 = refinePositive(l, x, w, top, sumLX, sumL2, fused)
	if sumL2 > 0 {
		return sumLX / sumL2
	}
	return 0
}

// positiveInverse returns the inverse scale with the least squared error among
// top/high and its neighbours.
func positiveInverse(x, w []float32, top int32, high float32, fused bool) float32 {
	inverse := float32(top) / high
	scale := 1 / inverse
	var best float32
	for i, v := range x {
		diff := mulAdd(fused, -scale, float32(uint8(nearestProduct(fused, inverse, v))), v)
		best = mulAdd(fused, float32(w[i]*diff), diff, best)
	}
	for _, tenth := range positiveSteps {
		try := mulAdd(fused, 0.1, tenth, float32(top)) / high
		scale := 1 / try
		var sum float32
		for i, v := range x {
			diff := mulAdd(fused, -scale, float32(min(top, nearestProduct(fused, try, v))), v)
			sum = mulAdd(fused, float32(w[i]*diff), diff, sum)
		}
		if sum < best {
			best, inverse = sum, try
		}
	}
	return inverse
}

// positiveSteps are the candidates: tenths that are added to top.
var positiveSteps = [...]float32{-4, -3, -2, -1, 1, 2, 3, 4}

// refinePositive moves one quant at a time while the error falls, and returns the
// sums for the quants it leaves.
func refinePositive(l []uint8, x, w []float32, top int32, sumLX, sumL2 float32, fused bool) (float32, float32) {
	for range 5 {
		changed := false
		for i, v := range x {
			q := float32(l[i])
			lx := mulAdd(fused, -float32(w[i]*v), q, sumLX)
			l2 := mulAdd(fused, -float32(w[i]*q), q, sumL2)
			if !(lx > 0 && l2 > 0) {
				continue
			}
			next := min(top, nearestInt(float32(v*l2)/lx))
			if next == int32(l[i]) {
				continue
			}
			q = float32(next)
			lx = mulAdd(fused, float32(w[i]*v), q, lx)
			l2 = mulAdd(fused, float32(w[i]*q), q, l2)
			if float32(float32(lx*lx)*sumL2) > float32(float32(sumLX*sumLX)*l2) {
				l[i], sumLX, sumL2, changed = uint8(next), lx, l2, true
			}
		}
		if !changed {
			break
		}
	}
	return sumLX, sumL2
}
