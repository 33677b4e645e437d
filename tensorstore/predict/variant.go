package predict

import "math"

// A variant is a combination of some of the sources.
type variant struct {
	sources []int
	order   Order
	coefs   []float64
	whole   []float64 // coefficients times their common denominator; nil: there is none
}

func (v variant) combination() *Combination {
	c := &Combination{Order: v.order, Coefs: make([]float32, len(v.coefs))}
	for i, x := range v.coefs {
		c.Coefs[i] = float32(max(min(x, maxCoef), -maxCoef))
	}
	return c
}

// denominators of simple coefficients, the simplest first.
var denominators = []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 16, 20, 100, 1000}

// coefficients are those of the solution as it is, after simple ones that are about as likely.
func (s *solution) coefficients() []variant {
	var out []variant
	for _, q := range denominators {
		if v, ok := s.snap(q); ok {
			out = append(out, v)
		}
	}
	return append(out, variant{sources: s.sources, coefs: s.coefs})
}

// snap makes coefficients multiples of 1/q, which sum up to one unless they are free.
func (s *solution) snap(q float64) (variant, bool) {
	v := variant{sources: s.sources}
	left := q
	for k, x := range s.coefs {
		p := math.Round(x * q)
		if k == 0 && !s.free {
			p = 0 // what the others leave
		} else if math.Abs(p/q-x) > s.tolerance(k, q) || p == 0 {
			return variant{}, false
		}
		v.whole = append(v.whole, p)
		left -= p
	}
	if !s.free {
		v.whole[0] = left
	}
	if v.whole[0] == 0 {
		return variant{}, false
	}
	for _, p := range v.whole {
		v.coefs = append(v.coefs, p/q)
	}
	if s.free {
		v.whole = nil
	}
	return v, true
}

// tolerance is how far coefficient k may be from a multiple of 1/q: four standard errors, and
// more for the simplest, for which there is reason to believe in them.
func (s *solution) tolerance(k int, q float64) float64 {
	t := 4*s.errors[k] + 1e-7
	switch {
	case q <= 20:
		t += 5e-3
	case q <= 100:
		t += 2e-3
	}
	return t
}

// orders are other arithmetics for the same combination: with each source as the one
// whose difference to others is taken, where there is such a one.
func (v variant) orders() []variant {
	out := []variant{
		{v.sources, RoundedProducts, v.coefs, nil},
		{v.sources, RoundedSums, v.coefs, nil},
	}
	if v.whole != nil {
		out = append(out, variant{v.sources, Divided, v.whole, nil})
	}
	total := 0.0
	for _, c := range v.coefs {
		total += c
	}
	if math.Abs(total-1) < 1e-9 {
		total = 1
	}
	for k := range v.sources {
		w := variant{sources: []int{v.sources[k]}, coefs: []float64{total}}
		for i := range v.sources {
			if i != k {
				w.sources = append(w.sources, v.sources[i])
				w.coefs = append(w.coefs, v.coefs[i])
			}
		}
		for _, w.order = range []Order{Deltas, RoundedDeltas, DeltaSums} {
			out = append(out, w)
		}
	}
	return out
}
