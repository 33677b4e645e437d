package codec

import "dits/tensorstore/codec/entropy"

// blockLen is how many elements are worked on at a time: what they need stays
// in the first-level cache. It is a multiple of entropy.MaxLanes and of runLen.
const blockLen = 2048

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

// sizes are those of the elements, of an expectation with an activity.
func (e *expectation) sizes() entropy.Sizes {
	return entropy.Sizes{Row: e.act.row, Col: e.act.col, Width: e.act.width, First: e.first}
}

// fill sets v to the scales of the elements from at on, 0 without activity.
func (e *expectation) fill(v []int16, at int) {
	if e.act == nil {
		clear(v)
		return
	}
	s := e.sizes()
	s.Fill(v, at)
}

// fillLeans sets l to the leans of the columns of the elements from at on.
func (e *expectation) fillLeans(l []int8, at int) {
	j := (e.first + int64(at)) % e.act.width
	for len(l) > 0 {
		n := copy(l, e.act.lean[j:])
		l, j = l[n:], 0
	}
}
