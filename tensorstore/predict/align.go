package predict

const (
	// maxHalf is half of the longest head that is looked for, in rows.
	maxHalf = 512
	// alike is the squared distance of two rows, as a share of their squares, under which one
	// comes from the other: 2 is that of strangers, 0.2 that of a quant of 2 bits.
	alike = 0.5
)

// TwoMatrices have the same shape and are read a row at a time; nil is a row that cannot be read.
type TwoMatrices struct {
	Count       int64
	Mine, Other func(i int64) []float32
}

// Align finds how rows of the other matrix are to be ordered to be those of mine; nil for as they are. It
// goes by what the rows hold: the second of a head whose halves are interleaved is the first of the other half.
func (r TwoMatrices) Align() *Arrangement {
	if r.Count < 4 || r.Count%2 != 0 {
		return nil
	}
	mine, other := r.Mine(1), r.Other(1)
	if areAlike(mine, other) {
		return nil
	}
	for k := int64(2); k <= min(maxHalf, r.Count/2); k++ {
		if r.Count%(2*k) != 0 {
			continue
		}
		heads := &Arrangement{Heads: r.Count / (2 * k)}
		if areAlike(mine, r.Other(k)) && r.hold(heads) {
			return heads
		}
		heads.Pairs = true
		if areAlike(other, r.Mine(k)) && r.hold(heads) {
			return heads
		}
	}
	return nil
}

// hold says that an order is right of other rows too: the third, and some of later heads.
func (r TwoMatrices) hold(order *Arrangement) bool {
	for _, i := range []int64{2, r.Count/3 | 1, r.Count - 2} {
		if !areAlike(r.Mine(i), r.Other(order.Row(i, r.Count))) {
			return false
		}
	}
	return true
}

// areAlike says that two rows are about the same; either may be nil.
func areAlike(a, b []float32) bool {
	if len(a) != len(b) || len(a) == 0 {
		return false
	}
	var apart, size float64
	for i := range a {
		x, y := float64(a[i]), float64(b[i])
		apart += (x - y) * (x - y)
		size += (x*x + y*y) / 2
	}
	return apart < alike*size
}
