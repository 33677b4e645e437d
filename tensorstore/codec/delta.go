package codec

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// deltaCodec codes the integer difference to a prediction by class.
type deltaCodec struct{}

// Flags of a delta.
const (
	deltaSame  = 1 // the chunk is its prediction
	deltaRuns  = 2 // a bitmap tells which runs are not
	deltaShift = 4 // low bits are zero in all elements
	deltaKnown = deltaSame | deltaRuns | deltaShift
)

// Encode applies when there is a prediction and the result is smaller than src.
func (deltaCodec) Encode(dst, src []byte, in Input) ([]byte, bool) {
	if len(src) < 2 || len(in.Pred) != len(src) {
		return dst, false
	}
	if bytes.Equal(src, in.Pred) {
		return append(dst, deltaSame), true
	}
	return encodeDelta(dst, src, in)
}

// encodeDelta is Encode for a chunk that is not its prediction, and may have none.
func encodeDelta(dst, src []byte, in Input) ([]byte, bool) {
	s := scratches.Get().(*scratch)
	defer scratches.Put(s)
	start := len(dst)
	switch in.Elem.Size() {
	case 1:
		dst = appendDelta[uint8](s, dst, src, in)
	case 2:
		dst = appendDelta[uint16](s, dst, src, in)
	case 4:
		dst = appendDelta[uint32](s, dst, src, in)
	default:
		dst = appendDelta[uint64](s, dst, src, in)
	}
	if len(dst)-start >= len(src) {
		return dst[:start], false
	}
	return dst, true
}

// A differ has what the difference of elements depends on.
type differ[T word] struct {
	layout
	expectation
	float T    // all ones for floats
	shift uint // low bits left out
	bias  int  // added to the negative exponent, in quarter octaves
	step  int  // values to the octave: 4 with scales, 1 without
}

// newDiffer returns the differ of a chunk of n elements.
func newDiffer[T word](in *Input, n int, shift uint) differ[T] {
	d := differ[T]{layout: in.Elem.layout(), expectation: in.expect(n), shift: shift, step: 1}
	if d.exp > 0 {
		d.float = ^T(0)
	}
	if d.act != nil {
		d.step = 4
		d.bias = 4 * (d.layout.bias + int(d.mant) - int(shift))
	}
	return d
}

// values sets v to the expected size of the difference of elements whose
// predictions are p, in steps of 1/step octaves: scales minus the exponent of
// the prediction, in units of its last place.
func (d *differ[T]) values(v []int16, p []T, at int) {
	d.fill(v, at)
	if d.exp == 0 {
		if d.act != nil {
			for i := range v {
				v[i] -= int16(4 * d.shift)
			}
		}
		return
	}
	mant, mask, step, bias := d.mant&63, T(1)<<(d.exp&63)-1, d.step, d.bias
	p = p[:len(v)]
	for i := range v {
		e := max(int(p[i]>>mant&mask), 1)
		v[i] = int16(int(v[i]) - step*e + bias)
	}
}

// zigzag sets z to the differences of x to p: both as integers in the order of
// their values, the difference positive when the magnitude of p grows, its sign
// in the lowest bit.
func (d *differ[T]) zigzag(z, x, p []T) {
	n := widthOf[T]()
	top, sh := T(1)<<(n-1), d.shift&63
	x, p = x[:len(z)], p[:len(z)]
	for i := range z {
		a, b := x[i], p[i]
		g := -(b >> (n - 1)) & d.float
		a ^= -(a>>(n-1))&d.float | top
		b ^= g | top
		c := ((a>>sh - b>>sh) ^ g) - g
		z[i] = c<<1 ^ -(c >> (n - 1))
	}
}

// restore is the reverse of zigzag; it sets z to the elements.
func (d *differ[T]) restore(z, p []T) {
	n := widthOf[T]()
	top, sh := T(1)<<(n-1), d.shift&63
	p = p[:len(z)]
	for i := range z {
		b := p[i]
		g := -(b >> (n - 1)) & d.float
		b ^= g | top
		c := z[i]>>1 ^ -(z[i] & 1)
		a := (b>>sh + ((c ^ g) - g)) << sh
		m := ^-(a >> (n - 1)) & d.float // negative: the ones below were shifted out
		a ^= m | top
		z[i] = a >> sh << sh
	}
}

// class returns the token of z and how many raw bits follow: exact below 16,
// then bit length and the two bits after the first.
func class(z uint64) (tok uint8, nb uint) {
	if z < 16 {
		return uint8(z), 0
	}
	nb = uint(bits.Len64(z)) - 3
	return uint8(z>>nb) + uint8(4*nb) + 4, nb
}

// appendDelta appends the delta of src.
func appendDelta[T word](s *scratch, dst, src []byte, in Input) []byte {
	size := in.Elem.Size()
	n := len(src) / size
	flags, shift := 0, trailing[T](src, n)
	if shift > 0 {
		flags |= deltaShift
	}
	spans := s.changed(src, in.Pred, size, n)
	if spans.partial {
		flags |= deltaRuns
	}
	dst = append(dst, byte(flags))
	if shift > 0 {
		dst = append(dst, byte(shift))
	}
	dst = append(dst, src[n*size:]...)
	if spans.partial {
		dst = spans.append(dst)
	}
	if spans.count == 0 {
		return dst
	}
	d := newDiffer[T](&in, n, shift)
	dst = binary.AppendVarint(dst, int64(centerDelta(s, &d, in.Pred, spans)))
	raw := tokenize(s, &d, src, in.Pred, spans)
	dst = s.appendTokens(dst, scaleContexts, maxSymbols)
	return append(dst, raw...)
}

// trailing is the number of low bits that are zero in all n words of src, at
// most one less than their width.
func trailing[T word](src []byte, n int) uint {
	var or T
	var x [256]T
	size := int(widthOf[T]() / 8)
	for at := 0; at < n; at += len(x) {
		b := x[:min(len(x), n-at)]
		load(b, src[at*size:])
		for _, v := range b {
			or |= v
		}
		if or&1 == 1 {
			return 0
		}
	}
	return min(uint(bits.TrailingZeros64(uint64(or))), widthOf[T]()-1)
}

// loadOrZero is load, or zeros when there is no src.
func loadOrZero[T word](dst []T, src []byte, at int) {
	if src == nil {
		clear(dst)
		return
	}
	load(dst, src[at*int(widthOf[T]()/8):])
}

// centerDelta sets the offset of contexts by a sample of blocks, and returns it.
func centerDelta[T word](s *scratch, d *differ[T], pred []byte, spans *spans) int {
	const sample, every = 64, 1024
	var p [sample]T
	s.vals = s.vals[:0]
	for b := range spans.blocks() {
		for at := b.at; at < b.at+b.n; at += every {
			var v [sample]int16
			k := min(sample, b.at+b.n-at)
			loadOrZero(p[:k], pred, at)
			d.values(v[:k], p[:k], at)
			s.vals = append(s.vals, v[0], v[k/2])
		}
	}
	d.center(s.vals)
	return d.off
}

// tokenize fills s.tok and s.ctx for the elements of spans and returns the raw bits.
func tokenize[T word](s *scratch, d *differ[T], src, pred []byte, spans *spans) []byte {
	s.tok = grow(s.tok, spans.count)
	s.ctx = grow(s.ctx, spans.count)
	w := bitWriter{out: s.raw[:0]}
	size := int(widthOf[T]() / 8)
	var x, p, z [blockLen]T
	var v [blockLen]int16
	pos := 0
	for b := range spans.blocks() {
		load(x[:b.n], src[b.at*size:])
		loadOrZero(p[:b.n], pred, b.at)
		d.values(v[:b.n], p[:b.n], b.at)
		d.zigzag(z[:b.n], x[:b.n], p[:b.n])
		contexts(s.ctx[pos:pos+b.n], v[:b.n], d.off)
		classify(&w, s.tok[pos:pos+b.n], z[:b.n])
		pos += b.n
	}
	s.raw = w.close()
	return s.raw
}

// contexts sets ctx to the contexts of v.
func contexts(ctx []uint16, v []int16, off int) {
	ctx = ctx[:len(v)]
	for i, x := range v {
		ctx[i] = scaleContext(int(x), off)
	}
}

// classify sets tok to the classes of z and writes the raw bits.
func classify[T word](w *bitWriter, tok []uint8, z []T) {
	tok = tok[:len(z)]
	for i, x := range z {
		t, nb := class(uint64(x))
		tok[i] = t
		if nb > 0 {
			w.put(uint64(x)&(1<<nb-1), nb)
		}
	}
}
