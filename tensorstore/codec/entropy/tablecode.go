package entropy

// Contexts of the small integers of a tokens section.
const (
	smallLength = 0 // of runs of contexts that share a table
	smallShift  = 1
	smallTop    = 2 // last symbol of a table
	smallDiff   = 3 // plus the size of the difference at the symbol before, up to 4
	smallAgain  = 8 // with a prediction after a symbol that never occurs
	smallFresh  = 9 // without a prediction, plus 1 after a symbol that occurs
)

// A tableCoder codes levels as small integers. A level is predicted by that of the table
// before, moved by some symbols: contexts are a quarter octave apart, symbols too, so the
// next table is much the same one moved along. Where that table has nothing, the symbol
// before predicts.
type tableCoder struct {
	prev *Table
	last int // shift of it
	top  int // its last symbol
}

// blank is what the first table is predicted by.
var blank Table

const (
	minShift = -8
	maxShift = 8
)

// reference is the level that predicts symbol s.
func reference(prev *Table, s, n, shift int) int {
	if i := s - shift; i >= 0 && i < n {
		return int(prev.Level[i])
	}
	return 0
}

// A levelCoder is what tells the level of the next symbol.
type levelCoder struct {
	last   int // level before
	recent int // level of the last symbol that occurs
	diff   int // its difference to the reference, 0 without one
}

// expect returns the context of a level and its prediction, given its reference.
func (c *levelCoder) expect(ref int) (context, level int) {
	switch {
	case ref > 0 && c.last > 0:
		return smallDiff + min(max(c.diff, -c.diff), 4), ref + c.diff/2
	case ref > 0:
		return smallAgain, ref
	case c.last > 0:
		return smallFresh + 1, c.recent
	}
	return smallFresh, c.recent
}

// update takes in the level l.
func (c *levelCoder) update(l, ref int) {
	c.last, c.diff = l, 0
	if l > 0 {
		c.recent = l
		if ref > 0 {
			c.diff = l - ref
		}
	}
}

// write codes the levels of n symbols, of which one occurs at the least.
func (c *tableCoder) write(w *SmallWriter, t *Table, n int) {
	top := n - 1
	for t.Level[top] == 0 {
		top--
	}
	shift := c.bestShift(t, top, n)
	w.Put(smallShift, shift)
	w.Put(smallTop, top-min(c.top+shift, n-1))
	c.top = top
	var lc levelCoder
	for s, l := range t.Level[:top+1] {
		ref := reference(c.prev, s, n, shift)
		context, p := lc.expect(ref)
		if l == 0 {
			w.Put(context, Nothing)
		} else {
			w.Put(context, int(l)-p)
		}
		lc.update(int(l), ref)
	}
	c.prev = t
}

// bestShift is the shift with the least sum of differences: first that of the table
// before, which is often the best, so that the others are soon seen to be worse.
func (c *tableCoder) bestShift(t *Table, top, n int) int {
	if c.prev == &blank {
		return 0
	}
	best, shift := c.distance(t, top, n, c.last, 1<<30), c.last
	for d := minShift; d <= maxShift; d++ {
		if sum := c.distance(t, top, n, d, best); sum < best {
			best, shift = sum, d
		}
	}
	c.last = shift
	return shift
}

// distance is the sum of differences up to symbol top to the table before, moved by d; it may
// stop at limit.
func (c *tableCoder) distance(t *Table, top, n, d, limit int) int {
	sum := 0
	if d != 0 {
		sum = 2
	}
	from, to := max(d, 0), min(n+d, n)
	for s, l := range t.Level[:top+1] {
		x := int(l)
		if s >= from && s < to {
			x -= int(c.prev.Level[s-d])
		}
		if sum += min(max(x, -x), 8); sum >= limit {
			break
		}
	}
	return sum
}

// read is the reverse of write. It reports whether the levels are possible.
func (c *tableCoder) read(r *SmallReader, t *Table, n int) bool {
	shift := r.Get(smallShift)
	if shift < minShift || shift > maxShift {
		return false
	}
	top := min(c.top+shift, n-1) + r.Get(smallTop)
	if top < 0 || top >= n {
		return false
	}
	c.top = top
	clear(t.Level[top+1 : n])
	var lc levelCoder
	for s := range t.Level[:top+1] {
		ref := reference(c.prev, s, n, shift)
		context, p := lc.expect(ref)
		l := r.Get(context)
		if l == Nothing {
			l = 0
		} else if l += p; l < 1 || l > MaxLevel {
			return false
		}
		t.Level[s] = uint8(l)
		lc.update(l, ref)
	}
	c.prev = t
	return true
}
