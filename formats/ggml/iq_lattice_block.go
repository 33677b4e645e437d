package ggml

// The searches of the types.
var (
	searchIQ2XXS = latticeSearch{
		lattice: latticeIQ2XXS, group: 32, tries: 6, step: 0.1, least: groupMaxEps,
		even: true, refit: refitAll, fudge: 1, widen: 1, positive: true,
	}
	searchIQ2XS = latticeSearch{
		lattice: latticeIQ2XS, group: 16, tries: 9, step: 0.1, least: groupMaxEps,
		even: true, refit: refitStray, fudge: 1, widen: 1,
	}
	searchIQ2S = latticeSearch{
		lattice: latticeIQ2S, group: 16, tries: 9, step: 0.1, least: 1e-8,
		refit: refitStray, fudge: 0.9875, widen: 2, spread: 0.25,
	}
	searchIQ3XXS = latticeSearch{
		lattice: latticeIQ3XXS, group: 32, tries: 15, step: 0.2, least: 1e-8,
		even: true, refit: refitStray, fudge: 1.0125, widen: 2,
	}
	searchIQ3S = latticeSearch{
		lattice: latticeIQ3S, group: 32, tries: 9, step: 0.2,
		refit: refitIfAny, fudge: 1.033, widen: 2,
	}
)

// A latticeBlock is what a search makes of 256 values.
type latticeBlock struct {
	scale  float32
	steps  [16]uint8  // of the groups' scales, four bits
	points [64]uint16 // of all groups
	signs  [32]uint8
	tiny   uint16 // the groups that were not searched, a bit each
}

// block searches all groups of a block.
func (s *latticeSearch) block(src, weights []float32, fused bool) (b latticeBlock) {
	g := latticeGroup{fused: fused}
	var scales [16]float32
	var high float32
	variance := s.widen * sumSquares(src) / float32(len(src))
	for i := range len(src) / s.group {
		at := i * s.group
		s.weigh(&g, src[at:at+s.group], columnsFrom(weights, at), variance)
		g.split(src[at:at+s.group], s.even)
		scale, ok := s.find(&g)
		if ok {
			s.store(&b, i, &g)
		} else {
			b.tiny |= 1 << i
		}
		scales[i] = scale
		if !(high > scales[i]) {
			high = scales[i]
		}
	}
	if high == 0 {
		return s.flat(b)
	}
	d := high / 31
	inverse := 1 / d
	for i := range len(src) / s.group {
		b.steps[i] = uint8(max(0, min(15, nearestInt(0.5*mulAdd(fused, inverse, scales[i], -1)))))
	}
	b.scale = d * s.fudge
	return b
}

// flat returns what upstream leaves of a block whose scales are all 0: in the types
// that keep all signs, the points and signs that were found before it knew.
func (s *latticeSearch) flat(b latticeBlock) latticeBlock {
	if s.even {
		return latticeBlock{}
	}
	return b
}

// weigh sets the weights of a group and their square roots.
func (s *latticeSearch) weigh(g *latticeGroup, src, weights []float32, variance float32) {
	switch {
	case weights != nil:
		importance(g.weight[:s.group], weights, src, variance, false)
	case s.spread == 0:
		for i, v := range src {
			g.weight[i] = v * v
		}
	default:
		for i, v := range src {
			g.weight[i] = mulAdd(g.fused, s.spread, variance, float32(v*v))
		}
	}
	for i := range src {
		g.root[i] = sqrt32(g.weight[i])
	}
}

// store puts the points and signs of a group in their places.
func (s *latticeSearch) store(b *latticeBlock, group int, g *latticeGroup) {
	t := s.lattice()
	n := s.group / t.dims
	for k := range n {
		point, _, _ := t.at(g.levels[k*t.dims : (k+1)*t.dims])
		b.points[group*n+k] = uint16(point)
	}
	copy(b.signs[group*s.group/8:], g.signs[:s.group/8])
}
