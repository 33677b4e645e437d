package predict

import (
	"slices"

	"dits/tensorstore/codec"
)

const (
	// blendGain is the share of the squared error that the best single source leaves which a
	// combination has to take away to be looked at: below it, the coder would not gain 5%.
	blendGain = 0.2
	// blendExtra is the share by which fewer sources may be worse than more: a source less to read
	// is worth 0.03 bit.
	blendExtra = 0.05
	// blendFloor is the magnitude, as a share of what elements have, above which they count less.
	blendFloor = 1.0 / 16
	// blendHead is how many elements are looked at first.
	blendHead = 16 << 10
	// blendLeast is the number of elements from which coefficients can be told.
	blendLeast = 64
)

// A Blend is elements of a tensor and the same elements of what it may be a combination of.
// Set its fields and call Fit.
type Blend struct {
	Elem, From codec.Elem // of the tensor and of the sources
	Tensor     []byte
	Sources    [][]byte // 2 to MaxSources
}

// Fit finds which of the sources, in which order, combine to the tensor, by least squares;
// nil when no combination is much better than the best of them alone. What it finds need
// not be the same on every platform: only the result is stored. Its cost is some passes over
// the elements, more where there is something to find.
func (b *Blend) Fit() (sources []int, c *Combination) {
	if h := b.head(); len(h.Tensor) < len(b.Tensor) {
		if m := h.moments(0); m.n >= blendLeast && m.gains(m.subset()) < blendGain/2 {
			return nil, nil
		}
	}
	m := b.moments(0)
	best := m.subset()
	if m.n < blendLeast || m.gains(best) < blendGain {
		return nil, nil
	}
	solutions := []*solution{best}
	// Sources are rounded too, and where they differ by few units in the last place, the rounding
	// of the tensor goes along with their difference. Small elements say better what was computed.
	if s := b.moments(m.deviation()*blendFloor).solve(best.sources, best.free); s != nil {
		solutions = append(solutions, s)
	}
	return b.settle(solutions)
}

// head is the first elements of b: enough to see that there is nothing to find.
func (b *Blend) head() *Blend {
	n := min(blendHead, len(b.Tensor)/b.Elem.Size())
	h := &Blend{Elem: b.Elem, From: b.From, Tensor: b.Tensor[:n*b.Elem.Size()]}
	for _, s := range b.Sources {
		h.Sources = append(h.Sources, s[:n*b.From.Size()])
	}
	return h
}

// gains is the share of the squared error of the best single source that s, which may be
// nil, takes away.
func (m *moments) gains(s *solution) float64 {
	if s == nil || !(m.single() > 0) {
		return 0
	}
	return 1 - s.rss/m.single()
}

// subset is the solution of the fewest sources that are about as good as all.
func (m *moments) subset() *solution {
	var bySize [MaxSources + 1]*solution
	var all *solution
	for set := range 1 << m.sources {
		var sources []int
		for k := range m.sources {
			if set>>k&1 == 1 {
				sources = append(sources, k)
			}
		}
		if len(sources) < 2 {
			continue
		}
		s := m.solve(sources, false)
		if free := m.solve(sources, true); free != nil && (s == nil || free.rss < (1-blendGain)*s.rss) {
			s = free
		}
		if s == nil {
			continue
		}
		if n := len(sources); bySize[n] == nil || s.rss < bySize[n].rss {
			bySize[n] = s
		}
		if all == nil || s.rss < all.rss {
			all = s
		}
	}
	for _, s := range bySize {
		if s != nil && s.rss <= (1+blendExtra)*all.rss {
			return s
		}
	}
	return nil
}

// settle is the arithmetic and the coefficients, simple ones where they serve, that give most
// elements exactly.
func (b *Blend) settle(solutions []*solution) (sources []int, c *Combination) {
	var tries []variant
	for _, s := range solutions {
		tries = append(tries, s.coefficients()...)
	}
	all := len(b.Tensor) / b.Elem.Size()
	best, most := b.pick(tries, -1)
	if best.whole == nil && most > all/2 && most < all-all/500 {
		best, most = b.refine(best, most, solutions[0].free)
	}
	// Another order than the plain sum has to earn its place: by more than chance.
	if v, n := b.pick(best.orders(), most+all/500); n > most+all/500 {
		best = v
	}
	return best.sources, best.combination()
}

// pick is the first of the variants that gives the most elements exactly, if those are more
// than least.
func (b *Blend) pick(vs []variant, least int) (best variant, most int) {
	most = least
	for _, v := range vs {
		if most >= len(b.Tensor)/b.Elem.Size() {
			break // none can do better
		}
		if n := b.matches(v); n > most {
			best, most = v, n
		}
	}
	return best, most
}

// refine moves coefficients, which sum up to one unless free, by ever smaller steps as long
// as more elements than most come out exactly: a tensor that most of do was computed so.
func (b *Blend) refine(v variant, most int, free bool) (variant, int) {
	for step := 0x1p-8; step > 0x1p-18; step /= 2 {
		for k := range v.coefs {
			if k == 0 && !free {
				continue
			}
			for _, d := range []float64{step, -step} {
				w := v
				w.coefs = slices.Clone(v.coefs)
				w.coefs[k] += d
				if !free {
					w.coefs[0] -= d
				}
				if n := b.matches(w); n > most {
					v, most = w, n
				}
			}
		}
	}
	return v, most
}

// matches is the number of elements that v gives exactly.
func (b *Blend) matches(v variant) int {
	srcs := make([][]byte, len(v.sources))
	for i, k := range v.sources {
		srcs[i] = b.Sources[k]
	}
	c := v.combination()
	size := b.Elem.Size()
	out := make([]byte, len(b.Tensor)/size*size)
	c.Apply(out, b.Elem, srcs, b.From)
	n := 0
	for i := 0; i < len(out); i += size {
		if string(out[i:i+size]) == string(b.Tensor[i:i+size]) {
			n++
		}
	}
	return n
}
