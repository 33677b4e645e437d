package ggml

// An iq4Group is 32 values whose scale is searched.
type iq4Group struct {
	x, weight [32]float32
	fused     bool // as in Quantiser
}

// scale returns the scale with which the codes fit the values best under their
// weights, of the plain one and 15 more that put the widest value between codes:
// the loop over groups of quantize_row_iq4_nl_impl in ggml-quants.c (MIT), with
// ntry = 7. It is 0 if all values are tiny.
func (g *iq4Group) scale() float32 {
	const tries = 7
	widestValue, magnitude := widest(g.x[:])
	if magnitude < groupMaxEps {
		return 0
	}
	fit := g.fit
	if allFinite(g.x[:]) {
		fit = g.fitFinite
		if g.fused {
			fit = g.fitFused
		}
	}
	var scale float32
	plain := widestValue / -iq4Values[0]
	sumQX, sumQ2 := fit(1 / plain)
	if sumQ2 > 0 {
		scale = sumQX / sumQ2
	}
	best := scale * sumQX
	for try := -tries; try <= tries; try++ {
		sumQX, sumQ2 := fit((float32(try) + iq4Values[0]) / widestValue)
		if sumQ2 > 0 && sumQX*sumQX > best*sumQ2 {
			scale = sumQX / sumQ2
			best = scale * sumQX
		}
	}
	return scale
}

// fit returns the weighted sums of q*x and q*q for the codes that x*inverse has.
func (g *iq4Group) fit(inverse float32) (sumQX, sumQ2 float32) {
	for j, x := range g.x {
		q := iq4Values[iq4Code(inverse*x)]
		wq := g.weight[j] * q
		sumQX = mulAdd(g.fused, wq, x, sumQX)
		sumQ2 = mulAdd(g.fused, wq, q, sumQ2)
	}
	return sumQX, sumQ2
}

// fitFinite is fit for finite values, not fused: |x*inverse| is at most 134 or so.
func (g *iq4Group) fitFinite(inverse float32) (sumQX, sumQ2 float32) {
	twice := 2 * inverse
	for j, x := range g.x {
		q := iq4ValueFast(twice * x)
		wq := g.weight[j] * q
		sumQX += float32(wq * x)
		sumQ2 += float32(wq * q)
	}
	return sumQX, sumQ2
}

// fitFused is fitFinite in a fused build.
func (g *iq4Group) fitFused(inverse float32) (sumQX, sumQ2 float32) {
	twice := 2 * inverse
	for j, x := range g.x {
		q := iq4ValueFast(twice * x)
		wq := g.weight[j] * q
		sumQX = fma32(wq, x, sumQX)
		sumQ2 = fma32(wq, q, sumQ2)
	}
	return sumQX, sumQ2
}
