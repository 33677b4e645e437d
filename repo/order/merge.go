package order

import (
	"math"
	"slices"
)

// mergedInto are the models that may be another of them with the adapter merged, each once for each of these.
func (s *samples) mergedInto(a *file, models []*file) []*file {
	changes := s.changes(a)
	var made []*file
	for _, y := range models {
		for _, x := range models {
			if x != y && s.explains(changes, x, y) {
				made = append(made, y)
			}
		}
	}
	return made
}

// A change is B·A of sampled rows of a matrix.
type change struct {
	role       string
	rows, cols int64
	values     []float32
}

// changes computes some of what an adapter changes.
func (s *samples) changes(a *file) (out []change) {
	whole := func(h halves) bool {
		return len(h.a.Shape) == 2 && len(h.b.Shape) == 2 && h.a.Shape[0] == h.b.Shape[1] &&
			h.a.Shape[0]*h.a.Shape[1] <= mostHalf && h.b.Shape[1] > 0
	}
	var roles []string
	for role, h := range a.halves {
		if whole(h) {
			roles = append(roles, role)
		}
	}
	slices.Sort(roles)
	for _, role := range some(roles) {
		h := a.halves[role]
		rank, rows, cols := h.a.Shape[0], h.b.Shape[0], h.a.Shape[1]
		all := make([]int64, rank)
		for i := range all {
			all[i] = int64(i)
		}
		left, right := s.read(a, h.b, places(rows), rank), s.read(a, h.a, all, sampledColumns)
		if left != nil && right != nil {
			out = append(out, change{role, rows, cols, product(left, right, int(rank))})
		}
	}
	return out
}

// product is the matrix left, of rows of so many numbers, times right.
func product(left, right []float32, rank int) []float32 {
	cols := len(right) / rank
	out := make([]float32, len(left)/rank*cols)
	for i := range len(left) / rank {
		row := out[i*cols : (i+1)*cols]
		for k, l := range left[i*rank : (i+1)*rank] {
			for j, r := range right[k*cols : (k+1)*cols] {
				row[j] += l * r
			}
		}
	}
	return out
}

// deviations is how far from chance a correlation has to be.
const deviations = 6

// explains says that y less x goes the way of the changes, of whatever scale: their correlation is not one of numbers
// that have nothing to do with each other, whose deviation is 1/√n. Rounding adds such numbers; a fine-tune of x may
// correlate as well, and comes after x as a merge does.
func (s *samples) explains(changes []change, x, y *file) bool {
	var dot, dd, cc float64
	n := 0
	for _, c := range changes {
		if !c.fits(x) || !c.fits(y) {
			continue
		}
		a, b := s.of(x, c.role), s.of(y, c.role)
		if len(a) != len(c.values) || len(b) != len(c.values) {
			continue
		}
		for i, v := range c.values {
			d := float64(b[i]) - float64(a[i])
			dot += d * float64(v)
			dd += d * d
			cc += float64(v) * float64(v)
		}
		n += len(c.values)
	}
	return dot > 0 && dot/math.Sqrt(dd*cc) > deviations/math.Sqrt(float64(n))
}

func (c *change) fits(f *file) bool {
	t, ok := f.matrix[c.role]
	return ok && t.Shape[0] == c.rows && t.Shape[1] == c.cols
}
