package ggml

// refine fits x ≈ scale·(l − 4) with l in [0, 7] to one group of at most 16 by
// moving one quant at a time while the squared error, weighted by x·x, falls: as
// make_q3_quants of ggml-quants.c does (MIT). It sets l and returns the scale.
func refine(l []uint8, x []float32, fused bool) float32 {
	const top = 4
	extreme, size := widest(x)
	if size < groupMaxEps {
		clear(l)
		return 0
	}
	inverse := -top / extreme
	var quants [16]float32
	var sumLX, sumL2 float32
	for i, v := range x {
		q := float32(max(-top, min(top-1, nearestProduct(fused, inverse, v))))
		quants[i] = q
		w := float32(v * v)
		sumLX = mulAdd(fused, float32(w*v), q, sumLX)
		sumL2 = mulAdd(fused, float32(w*q), q, sumL2)
	}
	for range 5 {
		changed := false
		for i, v := range x {
			q := quants[i]
			w := float32(v * v)
			wv := float32(w * v)
			lx := mulAdd(fused, -wv, q, sumLX)
			if !(lx > 0) {
				continue
			}
			l2 := mulAdd(fused, -float32(w*q), q, sumL2)
			next := float32(max(-top, min(top-1, nearestInt(float32(v*l2)/lx))))
			if next == q {
				continue
			}
			lx = mulAdd(fused, wv, next, lx)
			l2 = mulAdd(fused, float32(w*next), next, l2)
			if l2 > 0 && float32(float32(lx*lx)*sumL2) > float32(float32(sumLX*sumLX)*l2) {
				quants[i], sumLX, sumL2, changed = next, lx, l2, true
			}
		}
		if !changed {
			break
		}
	}
	for i := range x {
		l[i] = uint8(int32(quants[i]) + top)
	}
	if sumL2 > 0 {
		return sumLX / sumL2
	}
	return 0
}
