package cdc

// Cut returns the length of the first chunk of data, in (0, len(data)]; it is
// 0 only for no data. It is a multiple of Align unless it is all of data. data
// must hold Max bytes unless the blob ends: bytes after the first Max are not
// looked at. p must be valid, or Cut may panic.
func (p Params) Cut(data []byte) int {
	lo, hi := p.bounds()
	ends := len(data) < hi // the end of the blob is in sight
	if ends {
		hi = len(data) - lo
	}
	if hi < lo {
		return len(data)
	}
	s := scanner{data: data, step: p.align(), end: hi}
	cut, below := s.first(lo, p.threshold())
	if ends && !below {
		return len(data)
	}
	return cut
}

// first returns the first position from lo whose hash is below t and true, or
// else the first position of the least hash and false. lo <= s.end.
//
// It goes from one record low to the next: a random sequence of n has about
// ln n of them, so that finding the least costs no second pass.
func (s scanner) first(lo int, t uint64) (pos int, below bool) {
	pos, low := lo, hashAt(s.data, lo)
	for next := lo; low >= t; {
		if next, low = s.next(next, low); next < 0 {
			return pos, false
		}
		pos = next
	}
	return pos, true
}
