package number

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/bits"
)

// comparePiece is how many elements are turned into numbers at once: what fits
// into the fastest cache.
const comparePiece = 1024

// pieces is the scratch memory of one worker.
type pieces struct{ a, b, alo, blo [comparePiece]float64 }

// A unit is the smallest run of elements that fills whole bytes.
type unit struct{ elems, bytes int64 }

// size is the bytes of n elements, whole units.
func (u unit) size(n int) int { return n / int(u.elems) * int(u.bytes) }

// A pairing compares runs of elements of two dtypes.
type pairing struct {
	a, b   unit
	valued bool // the sums have more than changed in them
	// add adds the run pa, pb; nil where the dtypes differ and have no values.
	add func(s *sums, pa, pb []byte, p *pieces)
}

// newPairing picks how to compare two dtypes.
func newPairing(x, y Operand) (*pairing, error) {
	a, b := x.DType, y.DType
	c := new(pairing)
	var ok bool
	if c.a.elems, c.a.bytes, ok = a.Block(); !ok {
		return nil, fmt.Errorf("dtype %q: unknown", a)
	}
	if c.b.elems, c.b.bytes, ok = b.Block(); !ok {
		return nil, fmt.Errorf("dtype %q: unknown", b)
	}
	va, oka := valuesFor(a)
	vb, okb := valuesFor(b)
	c.valued = oka && okb && !x.Raw && !y.Raw
	switch {
	case c.valued && (va.lo != nil || vb.lo != nil):
		c.add = func(s *sums, pa, pb []byte, p *pieces) { addWide(s, pa, pb, va, vb, p) }
	case c.valued && a == b:
		u, elem := c.a, kernelElems[a]
		c.add = func(s *sums, pa, pb []byte, p *pieces) { addSame(s, pa, pb, va, u, elem, p) }
	case c.valued:
		ua, ub := c.a, c.b
		c.add = func(s *sums, pa, pb []byte, p *pieces) { addCast(s, pa, pb, va, vb, ua, ub, p) }
	case a == b && x.Raw == y.Raw:
		u := c.a
		c.add = func(s *sums, pa, pb []byte, _ *pieces) { s.changed += changedUnits(pa, pb, u) }
	}
	return c, nil
}

// addSame adds a run of one dtype. Equal pieces are read on one side only. Of blocks the
// values count, as two blocks may share most of them.
func addSame(s *sums, pa, pb []byte, v values, u unit, elem kernelElem, p *pieces) {
	step := u.size(comparePiece)
	for len(pa) > 0 {
		k := min(step, len(pa))
		n := k / int(u.bytes) * int(u.elems)
		if bytes.Equal(pa[:k], pb[:k]) {
			v.hi(p.a[:n], pa[:k])
			s.addEqual(p.a[:n])
		} else {
			addPiece(s, pa[:k], pb[:k], v, u, elem, p)
		}
		pa, pb = pa[k:], pb[k:]
	}
}

// addPiece adds a piece in which something changed.
func addPiece(s *sums, pa, pb []byte, v values, u unit, elem kernelElem, p *pieces) {
	n := len(pa) / int(u.bytes) * int(u.elems)
	if u.elems == 1 {
		s.changed += changedUnits(pa, pb, u)
		if s.addBytes(pa, pb, n, elem) {
			return
		}
	}
	v.hi(p.a[:n], pa)
	v.hi(p.b[:n], pb)
	if u.elems > 1 {
		s.changed += changedValues(p.a[:n], p.b[:n])
	}
	s.addValues(p.a[:n], p.b[:n])
}

// addCast adds a run of two dtypes, compared by value.
func addCast(s *sums, pa, pb []byte, va, vb values, ua, ub unit, p *pieces) {
	for len(pa) > 0 {
		n := min(comparePiece, len(pa)/int(ua.bytes)*int(ua.elems))
		ka, kb := ua.size(n), ub.size(n)
		va.hi(p.a[:n], pa[:ka])
		vb.hi(p.b[:n], pb[:kb])
		s.changed += changedValues(p.a[:n], p.b[:n])
		s.addValues(p.a[:n], p.b[:n])
		pa, pb = pa[ka:], pb[kb:]
	}
}

// changedValues counts the elements that are other numbers.
func changedValues(a, b []float64) int64 {
	b = b[:len(a)]
	var n int64
	for i, x := range a {
		if !Same(x, b[i]) {
			n++
		}
	}
	return n
}

// addWide adds a run with 64-bit integers on one side or both.
func addWide(s *sums, pa, pb []byte, va, vb values, p *pieces) {
	rest := func(v values, dst []float64, src []byte) {
		if v.lo == nil {
			clear(dst)
			return
		}
		v.lo(dst, src)
	}
	for len(pa) > 0 {
		n := min(comparePiece, len(pa)/int(va.size))
		ka, kb := n*int(va.size), n*int(vb.size)
		va.hi(p.a[:n], pa[:ka])
		vb.hi(p.b[:n], pb[:kb])
		rest(va, p.alo[:n], pa[:ka])
		rest(vb, p.blo[:n], pb[:kb])
		s.addWide(p.a[:n], p.alo[:n], p.b[:n], p.blo[:n])
		pa, pb = pa[ka:], pb[kb:]
	}
}

// changedUnits returns how many elements lie in units whose bytes differ. Equal
// words of 8 bytes are skipped.
func changedUnits(a, b []byte, u unit) int64 {
	b = b[:len(a)]
	switch u.bytes {
	case 1, 2, 4, 8:
		return u.elems * changedLanes(a, b, int(u.bytes))
	}
	var n int64
	size := int(u.bytes)
	for i := 0; i+size <= len(a); i += size {
		if !bytes.Equal(a[i:i+size], b[i:i+size]) {
			n += u.elems
		}
	}
	return n
}

// lanes[k] has all bits but the highest of each lane of k bytes.
var lanes = [9]uint64{1: 0x7f7f7f7f7f7f7f7f, 2: 0x7fff7fff7fff7fff, 4: 0x7fffffff7fffffff, 8: 0x7fffffffffffffff}

// changedLanes counts the lanes of size bytes that differ.
func changedLanes(a, b []byte, size int) int64 {
	mask := lanes[size]
	b = b[:len(a)]
	var n, i int
	for ; i <= len(a)-8; i += 8 {
		if x := binary.LittleEndian.Uint64(a[i:]) ^ binary.LittleEndian.Uint64(b[i:]); x != 0 {
			n += bits.OnesCount64(highest(x, mask))
		}
	}
	for ; i+size <= len(a); i += size {
		if !bytes.Equal(a[i:i+size], b[i:i+size]) {
			n++
		}
	}
	return int64(n)
}

// highest returns x with the highest bit of each lane set if any of the lane's is,
// and no other: adding the mask carries into it unless the lower bits are all zero.
func highest(x, mask uint64) uint64 { return (x&mask + mask | x) &^ mask }
