package cdc

// A scanner finds positions of data by their hash. Positions are step bytes
// apart, up to and including end.
type scanner struct {
	data []byte
	step int
	end  int
}

// next returns the first position after pos whose hash is below t, and that
// hash, or -1. pos is at least 64.
func (s scanner) next(pos int, t uint64) (int, uint64) {
	switch {
	case s.step == 1:
		pos = s.skipBytes(pos, t)
	case s.step == 2:
		pos = s.skipPairs(pos, t)
	case s.step == 4:
		pos = s.skipQuads(pos, t)
	case s.step >= window:
		return s.sparse(pos, t)
	}
	return s.dense(pos, t)
}

// dense rolls over every byte, for steps smaller than the window.
func (s scanner) dense(pos int, t uint64) (int, uint64) {
	h := hashAt(s.data, pos)
	for pos += s.step; pos <= s.end; pos += s.step {
		if h = roll(h, s.data[pos-s.step:pos]); h < t {
			return pos, h
		}
	}
	return -1, 0
}

// sparse hashes the window of each position by itself, for larger steps.
func (s scanner) sparse(pos int, t uint64) (int, uint64) {
	for pos += s.step; pos <= s.end; pos += s.step {
		if h := hashAt(s.data, pos); h < t {
			return pos, h
		}
	}
	return -1, 0
}

// The skip functions return a position such that none after pos up to it has a
// hash below t, at most eight bytes before one that has or before the end. They
// are dense in few instructions: sums of table entries are made apart from h,
// so that one addition to h, not one for each byte, is what the next step waits for.

// skipBytes is for steps of one byte.
func (s scanner) skipBytes(pos int, t uint64) int {
	h := hashAt(s.data, pos)
	for x := s.data[pos:s.end]; len(x) >= 4; x, pos = x[4:], pos+4 {
		a, b := gear[x[0]], gear[x[2]]
		h1 := h<<1 + a
		h2 := h<<2 + (a<<1 + gear[x[1]])
		h3 := h2<<1 + b
		h = h2<<2 + (b<<1 + gear[x[3]])
		if h1 < t || h2 < t || h3 < t || h < t {
			break
		}
	}
	return pos
}

// skipPairs is for steps of two bytes.
func (s scanner) skipPairs(pos int, t uint64) int {
	h := hashAt(s.data, pos)
	for x := s.data[pos:s.end]; len(x) >= 8; x, pos = x[8:], pos+8 {
		h1 := h<<2 + (gear[x[0]]<<1 + gear[x[1]])
		h2 := h1<<2 + (gear[x[2]]<<1 + gear[x[3]])
		h3 := h2<<2 + (gear[x[4]]<<1 + gear[x[5]])
		h = h3<<2 + (gear[x[6]]<<1 + gear[x[7]])
		if h1 < t || h2 < t || h3 < t || h < t {
			break
		}
	}
	return pos
}

// skipQuads is for steps of four bytes.
func (s scanner) skipQuads(pos int, t uint64) int {
	h := hashAt(s.data, pos)
	for x := s.data[pos:s.end]; len(x) >= 8; x, pos = x[8:], pos+8 {
		h1 := h<<4 + ((gear[x[0]]<<1+gear[x[1]])<<2 + (gear[x[2]]<<1 + gear[x[3]]))
		h = h1<<4 + ((gear[x[4]]<<1+gear[x[5]])<<2 + (gear[x[6]]<<1 + gear[x[7]]))
		if h1 < t || h < t {
			break
		}
	}
	return pos
}
