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
	m.col = make([]float64, width)
	m.signed = make([]float64, width)
	m.val = make([]float64, blockLen)
	m.pre = make([]float64, blockLen)
	return m
}

// Add measures the elements of src, the first of which has index first in the
// tensor: their magnitude, or with pred, which is as long as src, the magnitude
// of src - pred. Elements that are not finite, elements outside of the tensor
// and an incomplete one at the end count as 0. Sums are float64, one addition
// at a time: added from first to last, the same everywhere.
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
		v := m.val[:k]
		values(v, src[at*int64(size):], m.elem)
		if pred != nil {
			p := m.pre[:k]
			values(p, pred[at*int64(size):], m.elem)
			for x := range v {
				v[x] -= p[x]
			}
		}
		m.addRow(v, i, j)
		at += k
	}
}

// addRow measures values of row i from column j on.
func (m *Meter) addRow(v []float64, i, j int64) {
	col, signed := m.col[j:j+int64(len(v))], m.signed[j:j+int64(len(v))]
	var sum float64
	for k, x := range v {
		a := math.Abs(x)
		if !(a <= math.MaxFloat64) {
			continue
		}
		sum += a
		col[k] += a
		signed[k] += x
	}
	m.row[i] += sum
	m.total += sum
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
