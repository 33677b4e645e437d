package relatives

import (
	"cmp"
	"math"
	"slices"
)

// A closeness is what the sketches of two tensors say of them.
type closeness struct {
	// distance is Σ(a−b)² / (Σa²+Σb²) over the samples of both: 0 for the same numbers, about 1 for
	// what has nothing to do with each other; infinite where there is nothing to compare.
	distance float64
	// correlation is the mean over the rows that both have. Scales of rows do not matter to
	// it, so it is right for int8; rows that a permutation moved take it down by their share.
	correlation float64
}

// relatedCorrelation is what two tensors have to reach for one to be worth trying as the source
// of the other. Of those that are not related, 8 rows of 64 samples stay below 0.2.
const relatedCorrelation = 0.3

// isRelated says that one tensor was made of the other, or both of a third.
func (l closeness) isRelated() bool { return l.correlation >= relatedCorrelation }

var unlike = closeness{distance: math.Inf(1)}

// compare sets two sketches against each other; of another row length they are unlike.
func (s *sketch) compare(o *sketch) closeness {
	if s == nil || o == nil || s.width != o.width || len(s.values) == 0 || len(o.values) == 0 {
		return unlike
	}
	run := int(min(sketchRun, s.width))
	stepS, stepO := sketchStep(s.rows), sketchStep(o.rows)
	var diff, base, correlation float64
	var runs int
	for row := int64(0); row < min(s.rows, o.rows); row += max(stepS, stepO) {
		i, j := int(row/stepS)*run, int(row/stepO)*run
		if i+run > len(s.values) || j+run > len(o.values) {
			break // from a damaged catalog
		}
		a, b := s.values[i:i+run], o.values[j:j+run]
		d, n := difference(a, b)
		diff, base = diff+d, base+n
		correlation += pearson(a, b)
		runs++
	}
	switch {
	case runs == 0:
		return unlike
	case base == 0: // both all zeros
		return closeness{0, 1}
	}
	return closeness{diff / base, correlation / float64(runs)}
}

// difference is Σ(a−b)² and Σa²+Σb² over the places where both are finite.
func difference(a, b []float32) (diff, base float64) {
	for i := range a {
		x, y := float64(a[i]), float64(b[i])
		if x-x != 0 || y-y != 0 {
			continue
		}
		diff += float64((x - y) * (x - y))
		base += float64(x*x) + float64(y*y)
	}
	return diff, base
}

// pearson is the correlation of two runs over the places where both are finite. Where one has
// no spread it is 1 if they are equal, else 0.
func pearson(a, b []float32) float64 {
	var n, sumA, sumB float64
	finite := func(i int) bool { return a[i]-a[i] == 0 && b[i]-b[i] == 0 }
	for i := range a {
		if finite(i) {
			n, sumA, sumB = n+1, sumA+float64(a[i]), sumB+float64(b[i])
		}
	}
	var aa, bb, ab float64
	for i := range a {
		if finite(i) {
			x, y := float64(a[i])-sumA/n, float64(b[i])-sumB/n
			aa, bb, ab = aa+float64(x*x), bb+float64(y*y), ab+float64(x*y)
		}
	}
	if aa > 0 && bb > 0 {
		return ab / math.Sqrt(float64(aa*bb))
	}
	if slices.Equal(a, b) {
		return 1
	}
	return 0
}

// hash is 64 bits of which related tensors share most and others half: whether a sample is
// above the median of all.
func (s *sketch) hash() uint64 {
	if len(s.values) == 0 {
		return 0
	}
	ordered := slices.Clone(s.values)
	slices.Sort(ordered)
	median := ordered[len(ordered)/2]
	var h uint64
	for i := range 64 {
		if v := s.values[i*len(s.values)/64]; v > median {
			h |= 1 << i
		}
	}
	return h
}

// order is negative where c is closer than o.
func (c closeness) order(o closeness) int { return cmp.Compare(c.distance, o.distance) }
