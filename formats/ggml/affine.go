package ggml

import "math/bits"

// An affineSearch fits x ≈ scale·l − offset with l in [0, top] to one group, as
// make_qkx2_quants and make_qkx3_quants of ggml-quants.c do (MIT; with weights
// given they are the same function).
type affineSearch struct {
	top float32
	// steps are the candidates: each is divided by the group's range to give the
	// inverse scale that is tried. fusedSteps are those of a fused build.
	steps, fusedSteps []float32
	// mad weighs |error| rather than its square.
	mad bool
}

// newAffineSearch returns the search for which upstream passes nmax, rmin, rdelta
// and nstep.
func newAffineSearch(nmax int, rmin, rdelta float32, nstep int, mad bool) *affineSearch {
	s := &affineSearch{top: float32(nmax), mad: mad}
	for i := range nstep + 1 {
		s.steps = append(s.steps, mulAdd(false, rdelta, float32(i), rmin)+s.top)
		s.fusedSteps = append(s.fusedSteps, mulAdd(true, rdelta, float32(i), rmin)+s.top)
	}
	return s
}

// A line is what a search found for one group: x ≈ scale·l − offset. accepted has
// bit i set if candidate i was better than all before it.
type line struct {
	scale, offset float32
	accepted      uint64
}

// find sets l to the quants of x under the weights w, which are as long.
//
// Two shortcuts change nothing in the result: a candidate with the same quants as
// the one before it has the same error, so it is not better; and where no weight is
// negative, an error that has reached the best one stays there.
func (s *affineSearch) find(l []uint8, x, w []float32, fused bool) line {
	g := newGroup(x, w, fused)
	if g.high <= g.low {
		clear(l)
		return line{offset: -g.low}
	}
	inverse := s.top / (g.high - g.low)
	scale, low := 1/inverse, g.low
	f := &fit{}
	f.quantise(&g, low, inverse, s.top)
	best := f.distance(&g, scale, low, infinity, s.mad)
	f.store(l)
	var accepted uint64
	other := &fit{}
	for i, step := range s.candidates(fused) {
		f, other = other, f
		f.quantise(&g, low, step/(g.high-low), s.top)
		if i > 0 && f.l == other.l {
			continue
		}
		tryScale, tryLow, ok := f.solve(&g)
		if !ok {
			continue
		}
		if d := f.distance(&g, tryScale, tryLow, best, s.mad); d < best {
			best, scale, low = d, tryScale, tryLow
			accepted |= 1 << i
			f.store(l)
		}
	}
	return line{scale, -low, accepted}
}

// follow is find where the accepted candidates are known: it computes these only.
// All of them are needed, as each moves the least value that the next starts from.
func (s *affineSearch) follow(l []uint8, x, w []float32, fused bool, accepted uint64) line {
	g := newGroup(x, w, fused)
	if g.high <= g.low {
		clear(l)
		return line{offset: -g.low}
	}
	var f fit
	inverse := s.top / (g.high - g.low)
	scale, low := 1/inverse, g.low
	if accepted == 0 {
		f.quantise(&g, low, inverse, s.top)
	}
	steps := s.candidates(fused)
	for rest := accepted & (1<<len(steps) - 1); rest != 0; rest &= rest - 1 {
		f.quantise(&g, low, steps[bits.TrailingZeros64(rest)]/(g.high-low), s.top)
		if tryScale, tryLow, ok := f.solve(&g); ok {
			scale, low = tryScale, tryLow
		}
	}
	f.store(l)
	return line{scale, -low, accepted}
}

func (s *affineSearch) candidates(fused bool) []float32 {
	if fused {
		return s.fusedSteps
	}
	return s.steps
}

// A group is what is searched: at most 32 values and their weights, the least
// value, at most 0, and the greatest, and the sums of the weights and of the
// weighted values.
type group struct {
	x, w       []float32
	low, high  float32
	sumW, sumX float32
	negative   bool // a weight is
	fused      bool
}

func newGroup(x, w []float32, fused bool) group {
	g := group{x: x, w: w[:len(x)], fused: fused}
	low, high, sumW, sumX := x[0], x[0], w[0], float32(w[0]*x[0])
	g.negative = w[0] < 0
	for i := 1; i < len(x) && i < len(w); i++ {
		v := x[i]
		if v < low {
			low = v
		}
		if v > high {
			high = v
		}
		if w[i] < 0 {
			g.negative = true
		}
		sumW += w[i]
		sumX = mulAdd(fused, w[i], v, sumX)
	}
	if low > 0 {
		low = 0
	}
	g.low, g.high, g.sumW, g.sumX = low, high, sumW, sumX
	return g
}
