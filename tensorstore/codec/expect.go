package codec

import "slices"

// blockLen is how many elements are worked on at a time: what they need stays
// in the first-level cache. It is a multiple of maxLanes and of runLen.
const blockLen = 2048

// scaleContexts is the number of contexts for an expected size: 16 octaves.
const scaleContexts = 64

// An expectation tells the context of each element of a chunk from what both
// sides know: the scales of its row and column, in quarter octaves.
type expectation struct {
	act   *Activity
	first int64 // element of the tensor that is element 0 here
	off   int   // value of context 0
}

// expect returns the expectation for n elements. An activity that does not
// cover them counts as none.
func (in *Input) expect(n int) expectation {
	a := in.Act
	if a == nil || a.mode == NoScales || in.First < 0 || a.width < 1 ||
		int64(n) > a.rows*a.width || in.First > a.rows*a.width-int64(n) {
		return expectation{}
	}
	return expectation{act: a, first: in.First}
}

// fill sets v to the scales of the elements from at on, 0 without activity.
func (e *expectation) fill(v []int16, at int) {
	if e.act == nil {
		clear(v)
		return
	}
	w := e.act.width
	pos := e.first + int64(at)
	i, j := pos/w, pos%w
	for len(v) > 0 {
		n := min(int64(len(v)), w-j)
		e.act.fillRow(v[:n], i, j)
		v = v[n:]
		i, j = i+1, 0
	}
}

// center sets off so that the median of the values is in the middle of the contexts.
func (e *expectation) center(values []int16) {
	slices.Sort(values)
	e.off = int(values[len(values)/2]) - scaleContexts/2
}

// contexts sets ctx to the contexts of values v.
func contexts(ctx []uint16, v []int16, off int) {
	ctx = ctx[:len(v)]
	for i, x := range v {
		ctx[i] = uint16(min(max(int(x)-off, 0), scaleContexts-1))
	}
}

// fillLeans sets l to the leans of the columns of the elements from at on.
func (e *expectation) fillLeans(l []int8, at int) {
	j := (e.first + int64(at)) % e.act.width
	for len(l) > 0 {
		n := copy(l, e.act.lean[j:])
		l, j = l[n:], 0
	}
}
