package codec

// A tableCoder has the adaptive numbers with which levels are coded. A level is
// predicted by that of the table before, moved by some symbols: contexts are a
// quarter octave apart, symbols too, so the next table is much the same one moved
// along. Where that table has nothing, the symbol before predicts.
type tableCoder struct {
	shift num
	diff  [5]num // given the difference at the symbol before
	fresh [3]num // without a prediction, given the level before
	prev  *table
	last  int // shift of it
}

// blank is what the first table is predicted by.
var blank table

func newTableCoder() *tableCoder { return &tableCoder{prev: &blank} }

const (
	minShift = -8
	maxShift = 8
)

// reference is the level that predicts symbol s.
func reference(prev *table, s, n, shift int) int {
	if i := s - shift; i >= 0 && i < n {
		return int(prev.level[i])
	}
	return 0
}

// model returns the numbers for a symbol, and their prediction.
func (c *tableCoder) model(ref, lastLevel, lastDiff int) (*num, int) {
	if ref > 0 {
		return &c.diff[min(max(lastDiff, -2), 2)+2], ref
	}
	switch lastLevel {
	case 0:
		return &c.fresh[0], 0
	case 1:
		return &c.fresh[1], 1
	}
	return &c.fresh[2], lastLevel
}

// write codes the levels of n symbols.
func (c *tableCoder) write(w *binWriter, t *table, n int) {
	shift := c.bestShift(t, n)
	c.shift.write(w, int64(shift))
	last, diff := 0, 0
	for s, l := range t.level[:n] {
		ref := reference(c.prev, s, n, shift)
		m, p := c.model(ref, last, diff)
		m.write(w, int64(int(l)-p))
		last, diff = int(l), 0
		if ref > 0 {
			diff = int(l) - ref
		}
	}
	c.prev = t
}

// bestShift is the shift with the least sum of differences: first that of the table
// before, which is often the best, so that the others are soon seen to be worse.
func (c *tableCoder) bestShift(t *table, n int) int {
	if c.prev == &blank {
		return 0
	}
	best, shift := c.distance(t, n, c.last, 1<<30), c.last
	for d := minShift; d <= maxShift; d++ {
		if sum := c.distance(t, n, d, best); sum < best {
			best, shift = sum, d
		}
	}
	c.last = shift
	return shift
}

// distance is the sum of differences to the table before, moved by d; it may stop at limit.
func (c *tableCoder) distance(t *table, n, d, limit int) int {
	sum := 0
	if d != 0 {
		sum = 2
	}
	from, to := max(d, 0), min(n+d, n)
	for s, l := range t.level[:n] {
		x := int(l)
		if s >= from && s < to {
			x -= int(c.prev.level[s-d])
		}
		if sum += min(max(x, -x), 8); sum >= limit {
			break
		}
	}
	return sum
}

// read is the reverse of write. It reports whether the levels are possible.
func (c *tableCoder) read(r *binReader, t *table, n int) bool {
	shift := c.shift.read(r)
	if shift < minShift || shift > maxShift {
		return false
	}
	last, diff := 0, 0
	for s := range t.level[:n] {
		ref := reference(c.prev, s, n, int(shift))
		m, p := c.model(ref, last, diff)
		l := int64(p) + m.read(r)
		if l < 0 || l > maxLevel {
			return false
		}
		t.level[s] = uint8(l)
		last, diff = int(l), 0
		if ref > 0 {
			diff = int(l) - ref
		}
	}
	c.prev = t
	return true
}
