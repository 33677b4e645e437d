package ggml

// A latticeSearch finds the scale of a group of values and the points of a lattice
// for them. The types differ in its numbers. Fused, 99% of the blocks of IQ2_XS and
// nearly all of the others that depend on it are those of a fused build (fma.go).
type latticeSearch struct {
	lattice func() *lattice
	group   int     // values: 16 or 32
	tries   int     // candidates on either side of the plain one
	step    float32 // between candidates, in units of the plain scale's reach
	least   float32 // a group whose greatest value is smaller has scale 0
	even    bool    // whether the number of negative signs in eight is made even
	refit   latticeRefit
	fudge   float32 // what the block's scale is multiplied by at last
	widen   float32 // what the mean square of the block is multiplied by in weights
	spread  float32 // what that is multiplied by in weights without importance
	// positive starts from a scale that fits all levels, not from the greatest value.
	positive bool
}

// A latticeRefit says which points are looked up again with the scale that was found.
type latticeRefit uint8

const (
	refitStray latticeRefit = iota // those that were not on the grid
	refitIfAny                     // all if one was not, or if no candidate did
	refitAll
)

// A latticeGroup is a group of 16 or 32 values on its way to a lattice.
type latticeGroup struct {
	x, weight, root [32]float32 // magnitudes, weights and their square roots
	signs           [4]uint8    // of eight values each, 1 for negative, the first lowest
	levels          [32]uint8
	stray           uint8 // points that were not on the grid, a bit each
	fused           bool  // as in Quantiser
}

// split sets the magnitudes and signs of src. If the signs are to be even and are
// not, the value that matters least keeps the wrong one.
func (g *latticeGroup) split(src []float32, even bool) {
	for k := 0; k < len(src); k += 8 {
		var signs uint8
		for i, v := range src[k : k+8] {
			if !(v >= 0) {
				v = -v
				signs |= 1 << i
			}
			g.x[k+i] = v
		}
		if even && evenSigns(uint32(signs)) != signs {
			i := leastEnergy(src[k:k+8], g.weight[k:k+8])
			g.x[k+i] = -g.x[k+i]
			signs ^= 1 << i
		}
		g.signs[k/8] = signs
	}
}

// leastEnergy returns the index of the least w*x*x.
func leastEnergy(x, w []float32) (index int) {
	least := w[0] * x[0] * x[0]
	for i := 1; i < len(x); i++ {
		if energy := w[i] * x[i] * x[i]; energy < least {
			least, index = energy, i
		}
	}
	return index
}

// find sets the levels of the group to points of the grid and returns the scale,
// which is not negative; not ok if all values are tiny. It is the search in
// quantize_row_iq2_xxs_impl, _iq2_xs_, _iq2_s_, _iq3_xxs_ and _iq3_s_impl of
// ggml-quants.c (MIT).
func (s *latticeSearch) find(g *latticeGroup) (scale float32, ok bool) {
	clear(g.levels[:])
	high, scale, ok := s.start(g)
	if !ok {
		return 0, false
	}
	t := s.lattice()
	reach := float32(2*t.top + 1) // what the highest level counts as
	g.stray = 0
	if s.refit != refitStray {
		g.stray = 255
	}
	var best float32
	try := *g
	for i := -s.tries; i <= s.tries; i++ {
		inverse := mulAdd(g.fused, float32(i), s.step, reach) / high
		s.snap(t, &try, 255, inverse, 1/inverse)
		sumQX, sumQ2 := s.sums(&try)
		if sumQ2 > 0 && float32(sumQX*sumQX) > float32(best*sumQ2) {
			scale = sumQX / sumQ2
			best = scale * sumQX
			g.levels, g.stray = try.levels, try.stray
		}
	}
	return s.fitAgain(t, g, scale), true
}

// start returns the value that the highest level is to have, and a first scale; not
// ok if all values are tiny.
func (s *latticeSearch) start(g *latticeGroup) (high, scale float32, ok bool) {
	high = g.x[0]
	for _, v := range g.x[1:s.group] {
		if !(high > v) {
			high = v
		}
	}
	if high == 0 || high < s.least {
		return 0, 0, false
	}
	top := s.lattice().top
	if !s.positive {
		return high, high / float32(2*top+1), true
	}
	var levels [32]uint8
	scale = positive(levels[:s.group], g.x[:s.group], g.weight[:s.group], top+2, false)
	high = scale * float32(top+1)
	return high, scale, !(high <= 0)
}

// fitAgain looks points up with the scale that was found and fits the scale to them.
func (s *latticeSearch) fitAgain(t *lattice, g *latticeGroup, scale float32) float32 {
	points := g.stray
	if s.refit == refitAll || s.refit == refitIfAny && points != 0 {
		points = 255
	}
	if points != 0 && scale > 0 {
		s.snap(t, g, points, 1/scale, scale)
		sumQX, sumQ2 := s.sums(g)
		if sumQ2 > 0 {
			scale = sumQX / sumQ2
		}
	}
	if scale < 0 {
		scale = -scale
		for k := range g.signs {
			g.signs[k] = ^g.signs[k]
		}
	}
	return scale
}

// snap sets the levels of some points, a bit each, to those of the grid closest to
// x*inverse.
func (s *latticeSearch) snap(t *lattice, g *latticeGroup, points uint8, inverse, scale float32) {
	g.stray &^= points
	for k := range s.group / t.dims {
		if points>>k&1 == 0 {
			continue
		}
		at := k * t.dims
		x, levels := g.x[at:at+t.dims], g.levels[at:at+t.dims]
		for i, v := range x {
			levels[i] = uint8(max(0, min(t.top, nearestInt(0.5*mulAdd(g.fused, inverse, v, -1)))))
		}
		if _, near, ok := t.at(levels); !ok {
			g.stray |= 1 << k
			copy(levels, t.points[t.closest(near, x, g.root[at:at+t.dims], scale, g.fused)][:])
		}
	}
}

// sums returns the weighted sums of q*x and q*q.
func (s *latticeSearch) sums(g *latticeGroup) (sumQX, sumQ2 float32) {
	for i, l := range g.levels[:s.group] {
		w, q := g.weight[i], float32(2*l+1)
		sumQX = mulAdd(g.fused, float32(w*g.x[i]), q, sumQX)
		sumQ2 = mulAdd(g.fused, float32(w*q), q, sumQ2)
	}
	return sumQX, sumQ2
}
