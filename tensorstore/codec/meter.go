package codec

import "math"

// maxLean is the lean of a column all of one sign.
const maxLean = 8

// A Meter measures the [Activity] of one tensor in one pass over its bytes. It
// holds 8 bytes a row and 16 a column. It is not safe for concurrent use.
type Meter struct {
	elem        Elem
	mode        Mode
	rows, width int64
	row, col    []float64 // sums of magnitudes
	signed      []float64 // sums of values, for leans
	total       float64
	delta       bool      // changes are measured: no leans
	val, pre    []float64 // a block
	kernel      kernel
}

// NewMeter returns a meter for a tensor of rows times width elements, which
// measures what mode says, and leans where values are measured and columns lean.
// A tensor of one row or one column has no activity.
func NewMeter(elem Elem, rows, width int64, mode Mode) *Meter {
	m := &Meter{elem: elem, mode: mode & RowColScales, rows: rows, width: width}
	if rows < 2 || width < 2 || mode&RowColScales == 0 || elem == Bytes {
		m.mode = NoScales
		return m
	}
	m.row = make([]float64, rows)
	m.makeColumns()
	return m
}

func (m *Meter) makeColumns() {
	m.col = make([]float64, m.width)
	m.signed = make([]float64, m.width)
	m.val = make([]float64, blockLen)
	m.pre = make([]float64, blockLen)
}

// Part is a meter for some whole rows of the tensor, which measures at the same time as those for other rows.
// What it has measured is in m only once it was joined.
func (m *Meter) Part() *Meter {
	part := &Meter{elem: m.elem, mode: m.mode, rows: m.rows, width: m.width, row: m.row, kernel: m.kernel}
	if m.mode != NoScales {
		part.makeColumns()
	}
	return part
}

// Join adds what a part has measured. The order of parts is that of additions, which decides the last bits.
func (m *Meter) Join(part *Meter) {
	m.delta = m.delta || part.delta
	m.total += part.total
	for j, c := range part.col {
		m.col[j] += c
		m.signed[j] += part.signed[j]
	}
}

// Add measures the elements of src, the first of which has index first in the
// tensor: their magnitude, or with pred, which is as long as src, the magnitude
// of src - pred. Elements that are not finite, elements outside of the tensor
// and an incomplete one at the end count as 0. Sums are float64, one addition
// at a time in an order that is the same everywhere: see rowSums.
func (m *Meter) Add(src, pred []byte, first int64) {
	size := m.elem.Size()
	m.delta = m.delta || pred != nil
	if m.mode == NoScales || first < 0 || (pred != nil && len(pred) < len(src)) {
		return
	}
	n := int64(len(src) / size)
	n = min(n, m.rows*m.width-first)
	for at := int64(0); at < n; {
		pos := first + at
		i, j := pos/m.width, pos%m.width
		k := min(n-at, m.width-j, blockLen)
		from, to := at*int64(size), (at+k)*int64(size)
		if pred == nil {
			m.addRow(src[from:to], nil, i, j, int(k))
		} else {
			m.addRow(src[from:to], pred[from:to], i, j, int(k))
		}
		at += k
	}
}

// addRow measures n elements of row i from column j on.
func (m *Meter) addRow(src, pred []byte, i, j int64, n int) {
	col, signed := m.col[j:j+int64(n)], m.signed[j:j+int64(n)]
	if m.delta {
		signed = nil
	}
	var sums rowSums
	done := 0
	if m.elem == BF16 {
		done = m.kernel.meter(&sums, col, signed, src, pred)
		col, src, signed = col[done:], src[2*done:], signed[min(done, len(signed)):]
		if pred != nil {
			pred = pred[2*done:]
		}
	}
	v := m.val[:n-done]
	values(v, src, m.elem)
	if pred != nil {
		p := m.pre[:len(v)]
		values(p, pred, m.elem)
		for x := range v {
			v[x] -= p[x]
		}
	}
	sums.add(col, v)
	if !m.delta {
		addSigned(signed, v)
	}
	sum := sums.total()
	m.row[i] += sum
	m.total += sum
}

// rowSums are the sums of the magnitudes of some elements of a row, those
// whose index has the same rest modulo 8 in one: so many additions need not wait
// for each other.
type rowSums [8]float64

// add adds the magnitudes of v, of which the first belongs to the first sum, and adds
// them to col too.
func (s *rowSums) add(col, v []float64) {
	t := *s
	s0, s1, s2, s3, s4, s5, s6, s7 := t[0], t[1], t[2], t[3], t[4], t[5], t[6], t[7] // in registers
	for ; len(v) >= 8; col, v = col[8:], v[8:] {
		c, x := (*[8]float64)(col), (*[8]float64)(v)
		s0 += addTo(&c[0], x[0])
		s1 += addTo(&c[1], x[1])
		s2 += addTo(&c[2], x[2])
		s3 += addTo(&c[3], x[3])
		s4 += addTo(&c[4], x[4])
		s5 += addTo(&c[5], x[5])
		s6 += addTo(&c[6], x[6])
		s7 += addTo(&c[7], x[7])
	}
	*s = rowSums{s0, s1, s2, s3, s4, s5, s6, s7}
	col = col[:len(v)]
	for k, x := range v {
		s[k&7] += addTo(&col[k], x)
	}
}

// addTo adds the magnitude of x to sum and returns it; it is 0 where x is not finite.
func addTo(sum *float64, x float64) float64 {
	a := math.Abs(x)
	if !(a <= math.MaxFloat64) {
		return 0
	}
	*sum += a
	return a
}

// addSigned adds v to signed.
func addSigned(signed, v []float64) {
	for k, x := range v {
		if math.Abs(x) <= math.MaxFloat64 {
			signed[k] += x
		}
	}
}

// total is their sum.
func (s *rowSums) total() float64 {
	return (s[0] + s[1] + (s[2] + s[3])) + (s[4] + s[5] + (s[6] + s[7]))
}

// Activity is what has been measured so far, nil when that is nothing.
func (m *Meter) Activity() *Activity {
	if m.mode == NoScales || !(m.total > 0) {
		return nil
	}
	a := &Activity{mode: m.mode, rows: m.rows, width: m.width}
	if m.mode&RowScales != 0 {
		a.row = scales(m.row, float64(m.width))
	}
	if m.mode == RowScales {
		return a
	}
	if m.mode&RowScales == 0 {
		a.col = scales(m.col, float64(m.rows))
	} else {
		a.col = scales(m.col, m.total/float64(m.width))
	}
	if !m.delta {
		m.leans(a)
	}
	return a
}

// leans sets those of a, if they save more than they take: a lean of l takes
// about l²/2 nats off the cost of a sign.
func (m *Meter) leans(a *Activity) {
	lean := make([]int8, len(m.col))
	var sum int64
	for j, c := range m.col {
		if c > 0 && c <= math.MaxFloat64 {
			l := math.Round(m.signed[j] / c * maxLean)
			lean[j] = int8(max(min(l, maxLean), -maxLean))
		}
		sum += int64(lean[j]) * int64(lean[j])
	}
	if sum*m.rows < 512*m.width {
		return
	}
	a.lean = lean
	a.mode |= Leans
}

// scales are the logarithms of sums over unit, in quarter octaves. What was all
// zero is four octaves below the smallest that was not.
func scales(sums []float64, unit float64) []int16 {
	v := make([]int16, len(sums))
	least := maxScale
	for i, s := range sums {
		if s > 0 {
			v[i] = int16(quarterLog2(s / unit))
			least = min(least, int(v[i]))
		}
	}
	for i, s := range sums {
		if !(s > 0) {
			v[i] = int16(least - 16)
		}
	}
	return v
}

// quarterLog2 is 4·log2 x, rounded, from the bits of x > 0.
func quarterLog2(x float64) int {
	x = max(min(x, math.MaxFloat64), 0x1p-1022)
	b := math.Float64bits(x)
	q := 4 * (int(b>>52&0x7ff) - 1023)
	for _, half := range [...]uint64{ // mantissas of 2^(1/8), 2^(3/8), 2^(5/8), 2^(7/8)
		0x172b83c7d517b, 0x4bfdad5362a27, 0x8ace5422aa0db, 0xd5818dcfba487,
	} {
		if b&(1<<52-1) >= half {
			q++
		}
	}
	return q
}
