package predict

import (
	"cmp"
	"math"
	"slices"

	"dits/tensorstore/codec"
)

const (
	// signatureLen is how many numbers of a row are looked at.
	signatureLen = 16
	// nearShare is how much of the squared distance between two rows that have nothing in common, which
	// is the sum of their squares, the rows of a pair may have.
	nearShare = 0.25
	// searchWork bounds the search of rows far from where they were, in numbers compared.
	searchWork = 1 << 28
	// bridge is how many rows that changed beyond recognition may lie within a run.
	bridge = 32
	// shortRun is the least number of rows that are no accident.
	shortRun = 4
)

// RowSignatures are a few numbers of each row of a matrix: they tell rows apart, and survive training. They take
// 64 bytes a row.
type RowSignatures struct {
	width int64
	rows  []signature
}

// A signature is numbers from places spread over a row.
type signature [signatureLen]float32

// NewRowSignatures are those of a matrix without rows yet, with width elements in each.
func NewRowSignatures(width int64) *RowSignatures { return &RowSignatures{width: width} }

// Add appends the whole rows in b.
func (s *RowSignatures) Add(b []byte, e codec.Elem) {
	size := int64(e.Size())
	for ; int64(len(b)) >= s.width*size; b = b[s.width*size:] {
		var r signature
		for k := range int64(signatureLen) {
			r[k] = float32(get(b[k*s.width/signatureLen*size:], e))
		}
		s.rows = append(s.rows, r)
	}
}

// near says that two rows are much alike: nearer than rows of nothing in common.
func near(a, b *signature) bool {
	d, n := distance(a, b)
	return d <= nearShare*n
}

// distance is the squared distance of two rows, and the sum of the squares of both.
func distance(a, b *signature) (d, n float32) {
	for k, x := range a {
		y := b[k]
		d += (x - y) * (x - y)
		n += x*x + y*y
	}
	return d, n
}

// A matcher finds rows of a source in a tensor.
type matcher struct {
	tensor, source []signature
	shifts         []int // source row less tensor row: those known, the last one found first
	work           int
	runs           Runs
}

// MatchRows finds which rows of a tensor are rows of a source, perhaps changed a little: at most
// [MaxRuns] runs, none when there are not enough to be of use. It looks where the rows are if some
// were added or cut at the end, at the front or in between, and to some extent anywhere.
func MatchRows(tensor, source *RowSignatures) Runs {
	m := &matcher{tensor: tensor.rows, source: source.rows}
	return m.match()
}

// match finds the runs.
func (m *matcher) match() Runs {
	m.shifts = []int{0, len(m.source) - len(m.tensor)}
	m.center()
	for i := 0; i < len(m.tensor); {
		shift, ok := m.find(i)
		if !ok {
			i++
			continue
		}
		i = m.extend(i, shift)
	}
	return m.result()
}

// center takes the mean of the source's rows off all rows, for what is the same in all of
// them, as in embeddings, would make any two look near.
func (m *matcher) center() {
	var mean [signatureLen]float64
	for _, r := range m.source {
		for k, x := range r {
			if x-x == 0 {
				mean[k] += float64(x) / float64(len(m.source))
			}
		}
	}
	shift := func(rows []signature) []signature {
		out := slices.Clone(rows)
		for i := range out {
			for k := range out[i] {
				out[i][k] -= float32(mean[k])
			}
		}
		return out
	}
	m.tensor, m.source = shift(m.tensor), shift(m.source)
}

// find is the shift at which row i has a row like it in the source.
func (m *matcher) find(i int) (int, bool) {
	if s, ok := m.nearest(i); ok {
		return s, true
	}
	// The source is searched at ever greater steps, while there is work to spend.
	gap := i
	if n := len(m.runs); n > 0 {
		gap = i - int(m.runs[n-1].Row+m.runs[n-1].Len)
	}
	if gap&(gap-1) != 0 && gap%64 != 0 || m.work > searchWork {
		return 0, false
	}
	best, at := float32(nearShare), -1
	for j := range m.source {
		if d, n := distance(&m.tensor[i], &m.source[j]); n > 0 && d < best*n {
			best, at = d/n, j
		}
	}
	m.work += len(m.source) * signatureLen
	// One row alone may be like another by accident.
	if at < 0 || !m.nearAt(i+1, at-i) || !m.nearAt(i+2, at-i) {
		return 0, false
	}
	m.shifts = append([]int{at - i}, m.shifts...)
	m.shifts = m.shifts[:min(len(m.shifts), MaxRuns)]
	return at - i, true
}

// nearest is the best of the known shifts for row i, if it is near at any.
func (m *matcher) nearest(i int) (shift int, ok bool) {
	best := float32(math.Inf(1))
	for _, s := range m.shifts {
		if !m.nearAt(i, s) {
			continue
		}
		if d, _ := distance(&m.tensor[i], &m.source[i+s]); d < best {
			best, shift, ok = d, s, true
		}
	}
	return shift, ok
}

// nearAt says that row i is near the source's at a shift.
func (m *matcher) nearAt(i, shift int) bool {
	j := i + shift
	return i < len(m.tensor) && j >= 0 && j < len(m.source) && near(&m.tensor[i], &m.source[j])
}

// goesOn says that row i belongs to a run with a shift: no other is nearer.
func (m *matcher) goesOn(i, shift int) bool {
	s, ok := m.nearest(i)
	return ok && (s == shift || m.nearAt(i, shift) && m.tensor[i] == m.source[i+shift])
}

// extend makes a run of row i and those around it that are near at the same shift, and
// returns the row after it.
func (m *matcher) extend(i, shift int) int {
	floor := 0
	if n := len(m.runs); n > 0 {
		floor = int(m.runs[n-1].Row + m.runs[n-1].Len)
	}
	lo := i
	for lo > floor && m.goesOn(lo-1, shift) {
		lo--
	}
	hi := i + 1
	for m.goesOn(hi, shift) {
		hi++
	}
	if n := len(m.runs); n > 0 && lo-floor <= bridge && int(m.runs[n-1].Source-m.runs[n-1].Row) == shift {
		m.runs[n-1].Len = int64(hi) - m.runs[n-1].Row
	} else {
		m.runs = append(m.runs, Run{int64(lo), int64(hi - lo), int64(lo + shift)})
	}
	return hi
}

// result is the longest runs, in order.
func (m *matcher) result() Runs {
	runs := slices.DeleteFunc(m.runs, func(r Run) bool { return r.Len < shortRun })
	slices.SortStableFunc(runs, func(a, b Run) int { return cmp.Compare(b.Len, a.Len) })
	runs = runs[:min(len(runs), MaxRuns)]
	slices.SortFunc(runs, func(a, b Run) int { return cmp.Compare(a.Row, b.Row) })
	return runs
}
