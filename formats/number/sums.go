package number

import "math"

// sums are what one run of elements adds to a comparison: of a, b and d = b−a.
type sums struct {
	changed        int64
	aa, bb, ab, dd float64
	d              float64
	max            float64 // of |d|
}

// merge adds the sums of the run that follows.
func (s *sums) merge(o *sums) {
	s.changed += o.changed
	s.aa += o.aa
	s.bb += o.bb
	s.ab += o.ab
	s.dd += o.dd
	s.d += o.d
	if o.max > s.max {
		s.max = o.max
	}
}

// addEqual adds a run of elements that are the same on both sides.
func (s *sums) addEqual(a []float64) {
	n := len(a) &^ 3
	t := products(a[:n], a[:n])
	for _, x := range a[n:] {
		t += float64(x * x)
	}
	s.aa += t
	s.bb += t
	s.ab += t
}

// addValues adds a run of elements: what fills four lanes by lanes, and the rest one by one. A run
// with a NaN or an infinity in it, seen by its sum, is done again.
func (s *sums) addValues(a, b []float64) {
	b = b[:len(a)]
	n := len(a) &^ 3
	var r sums
	switch {
	case n == 0:
	case hasSumKernel:
		r = lanesInC(a[:n], b[:n])
	default:
		r = lanesInGo(a[:n], b[:n])
	}
	for i, x := range a[n:] {
		y := b[n+i]
		d := y - x
		r.aa += float64(x * x)
		r.bb += float64(y * y)
		r.ab += float64(x * y)
		r.dd += float64(d * d)
		r.d += d
		r.max = math.Float64frombits(max(math.Float64bits(r.max), math.Float64bits(d)&^(1<<63)))
	}
	if math.IsNaN(r.dd) {
		r.carefully(a, b)
	}
	s.merge(&r)
}

// lanesInGo sums a run whose length is a multiple of 4, element i in lane i mod 4, and then the lanes. Each sum is
// a pass of its own, since the lanes of all would not fit in registers. The conversions keep a compiler from
// fusing a product into a sum, which would give other digits on arm64.
func lanesInGo(a, b []float64) (s sums) {
	s.aa, s.bb, s.ab = products(a, a), products(b, b), products(a, b)
	b = b[:len(a)]
	var t0, t1, t2, t3, u0, u1, u2, u3 float64
	var largest uint64 // bits of |d|, which order as the numbers do
	for ; len(a) >= 4; a, b = a[4:], b[4:] {
		d0, d1, d2, d3 := b[0]-a[0], b[1]-a[1], b[2]-a[2], b[3]-a[3]
		t0 += float64(d0 * d0)
		t1 += float64(d1 * d1)
		t2 += float64(d2 * d2)
		t3 += float64(d3 * d3)
		u0 += d0
		u1 += d1
		u2 += d2
		u3 += d3
		largest = max(largest, math.Float64bits(d0)&^(1<<63), math.Float64bits(d1)&^(1<<63),
			math.Float64bits(d2)&^(1<<63), math.Float64bits(d3)&^(1<<63))
	}
	s.dd, s.d, s.max = (t0+t1)+(t2+t3), (u0+u1)+(u2+u3), math.Float64frombits(largest)
	return s
}

// products is the scalar product of two runs in four lanes.
func products(a, b []float64) float64 {
	b = b[:len(a)]
	var t0, t1, t2, t3 float64
	for ; len(a) >= 4; a, b = a[4:], b[4:] {
		t0 += float64(a[0] * b[0])
		t1 += float64(a[1] * b[1])
		t2 += float64(a[2] * b[2])
		t3 += float64(a[3] * b[3])
	}
	return (t0 + t1) + (t2 + t3)
}

// carefully takes d = 0 where the elements are equal or both NaN.
func (s *sums) carefully(a, b []float64) {
	s.dd, s.d, s.max = 0, 0, 0
	for i, x := range a {
		if Same(x, b[i]) {
			continue
		}
		d := b[i] - x
		s.dd += float64(d * d)
		s.d += d
		if e := math.Abs(d); e > s.max {
			s.max = e
		}
	}
}

// addWide adds a run whose values are a+alo and b+blo, as 64-bit integers need.
func (s *sums) addWide(a, alo, b, blo []float64) {
	var r sums
	for i, x := range a {
		y := b[i]
		r.aa += float64(x * x)
		r.bb += float64(y * y)
		r.ab += float64(x * y)
		if Same(x, y) && alo[i] == blo[i] {
			continue
		}
		r.changed++
		d := (y - x) + (blo[i] - alo[i])
		r.dd += float64(d * d)
		r.d += d
		if e := math.Abs(d); e > r.max {
			r.max = e
		}
	}
	s.merge(&r)
}

// Same says that two values are equal, or both not a number.
func Same(x, y float64) bool { return x == y || (x != x && y != y) }

// comparison turns the sums over n elements into figures.
func (s *sums) comparison(n int64) Comparison {
	c := Comparison{Elements: n, Changed: s.changed, MaxAbs: s.max, DiffSq: s.dd, BaseSq: s.aa}
	c.RelL2 = Relative(s.dd, s.aa)
	c.Cosine = s.ab / (math.Sqrt(s.aa) * math.Sqrt(s.bb))
	if c.Cosine > 1 {
		c.Cosine = 1
	} else if c.Cosine < -1 {
		c.Cosine = -1
	}
	if s.changed == 0 {
		c.Cosine = 1
	}
	if n > 0 {
		c.MeanShift = s.d / float64(n)
	}
	if math.IsNaN(s.dd) { // the largest of numbers that are none
		c.MaxAbs = math.NaN()
	}
	return c
}

// Relative is ‖d‖/‖a‖ given both squared: 0 when d is 0, whatever a is.
func Relative(dd, aa float64) float64 {
	if dd == 0 {
		return 0
	}
	return math.Sqrt(dd) / math.Sqrt(aa)
}
