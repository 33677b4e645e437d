package codec

import "math/bits"

// numUnary is the number of magnitudes that have a bit of their own.
const numUnary = 14

// A num codes small signed integers: zero or not, sign, then the magnitude one
// by one, and beyond numUnary in Elias gamma code. Every step is adaptive.
type num struct {
	zero, sign bit
	more       [numUnary]bit
	size       [64]bit
}

func (m *num) write(w *binWriter, v int64) {
	if v == 0 {
		w.bit(&m.zero, 0)
		return
	}
	w.bit(&m.zero, 1)
	if v < 0 {
		w.bit(&m.sign, 1)
		v = -v
	} else {
		w.bit(&m.sign, 0)
	}
	for i := range m.more {
		if v == int64(i)+1 {
			w.bit(&m.more[i], 0)
			return
		}
		w.bit(&m.more[i], 1)
	}
	u := uint64(v) - numUnary
	n := bits.Len64(u)
	for i := 1; i < n; i++ {
		w.bit(&m.size[i], 1)
	}
	w.bit(&m.size[n], 0)
	w.bits(u, uint(n-1))
}

func (m *num) read(r *binReader) int64 {
	if r.bit(&m.zero) == 0 {
		return 0
	}
	sign := r.bit(&m.sign)
	v := m.magnitude(r)
	if sign == 1 {
		return -v
	}
	return v
}

func (m *num) magnitude(r *binReader) int64 {
	for i := range m.more {
		if r.bit(&m.more[i]) == 0 {
			return int64(i) + 1
		}
	}
	n := uint(1)
	for n < 40 && r.bit(&m.size[n]) == 1 {
		n++
	}
	return int64(1<<(n-1)|r.bits(n-1)) + numUnary
}
