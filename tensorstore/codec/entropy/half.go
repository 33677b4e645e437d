package entropy

import (
	"encoding/binary"
	"math/bits"
)

// Elements of 2 bytes whose low bits all count, as most are: zigzag, restore,
// classify and declassify for four of them in a word of 64 bits. They return how many
// elements they did, all but the last three at most.

// Bits of each half: the lowest, the highest.
const (
	halfLow = 0x0001000100010001
	halfTop = 0x8000800080008000
)

// spreadLow is all ones in the halves of which x has the lowest bit; it has no others.
func spreadLow(x uint64) uint64 { return x<<16 - x }

// addHalves adds the halves of x and y, each modulo 2^16.
func addHalves(x, y uint64) uint64 { return (x&^halfTop + y&^halfTop) ^ (x^y)&halfTop }

// subHalves subtracts the halves of y from those of x.
func subHalves(x, y uint64) uint64 { return (x | halfTop - y&^halfTop) ^ ^(x^y)&halfTop }

// halfBlock is how many words are worked on at a time.
const halfBlock = 512

// allOnes is the mask of elements that are floats.
func allOnes(float bool) uint16 {
	if float {
		return 1<<16 - 1
	}
	return 0
}

// ClassifyHalves sets tok to the classes of elements x of 2 bytes, floats or integers, by their differences to
// predictions p, and writes their raw bits, for which w has room. It returns how many it did, of 2,048 or fewer
// all but the last three at most; the rest is for [Classify].
func (e *Encoder) ClassifyHalves(w *BitWriter, tok []uint8, x, p []byte, float bool) int {
	of := allOnes(float)
	k := kernel(e.Level).classify(w, tok, x, p, of)
	if tok = tok[k:]; len(tok) < 4 {
		return k
	}
	var z [halfBlock]uint64
	n := zigzagHalves(z[:min(len(tok)/4, halfBlock)], x[2*k:], p[2*k:], -uint64(of&1))
	classifyHalves(w, tok, z[:n/4])
	return k + n
}

// DeclassifyHalves is the reverse: it sets x to the elements of classes tok that d has read, and returns how many it
// did; none where the section has classes that 16 bits do not have.
func (d *Decoder) DeclassifyHalves(r *BitReader, x []byte, tok []uint8, p []byte, float bool) int {
	if d.nsym > classes16 {
		return 0
	}
	of := allOnes(float)
	k := kernel(d.Level).declassify(r, x, tok, p, of)
	if tok = tok[k:]; len(tok) < 4 {
		return k
	}
	var z [halfBlock]uint64
	n := min(len(tok)/4, halfBlock)
	declassifyHalves(r, z[:n], tok)
	return k + restoreHalves(x[2*k:], z[:n], p[2*k:], -uint64(of&1))
}

// ReadHalves is Read, of the tables tab, and DeclassifyHalves in one pass, in whole rounds, as far as a kernel does
// that: a round waits for its lookups, and elements are put together in that time.
func (d *Decoder) ReadHalves(r *BitReader, x []byte, tab []uint8, p []byte, float bool) int {
	if d.nsym > classes16 {
		return 0
	}
	return kernel(d.Level).readDelta(d, r, x, tab, p, allOnes(float))
}

// AssembleHalves sets x to elements of 2 bytes as far as a kernel does: what base, 256 of them, has for each symbol,
// and the raw bits, which lie where own has ones. Where there are leans it turns the signs of elements whose lean
// is negative. It returns how many it did: the raw bits may end.
func (d *Decoder) AssembleHalves(r *BitReader, x []byte, tok []uint8, base []byte, lean []int8, own uint16) int {
	return kernel(d.Level).assemble(r, x, tok, base, lean, own)
}

// zigzagHalves is differ.zigzag of package codec; of is all ones for floats.
func zigzagHalves(z []uint64, x, p []byte, of uint64) int {
	k := 0
	for ; k < len(z) && len(x) >= 8 && len(p) >= 8; k, x, p = k+1, x[8:], p[8:] {
		a, b := binary.LittleEndian.Uint64(x), binary.LittleEndian.Uint64(p)
		s := b >> 15 & halfLow & of
		g := spreadLow(s)
		a ^= spreadLow(a>>15&halfLow)&of | halfTop
		c := addHalves(subHalves(a, b^(g|halfTop))^g, s)
		z[k] = c&^halfTop<<1 ^ spreadLow(c>>15&halfLow)
	}
	return 4 * k
}

// restoreHalves is differ.restore of package codec, from z to out.
func restoreHalves(out []byte, z []uint64, p []byte, of uint64) int {
	k := 0
	for ; k < len(z) && len(out) >= 8 && len(p) >= 8; k, out, p = k+1, out[8:], p[8:] {
		b := binary.LittleEndian.Uint64(p)
		s := b >> 15 & halfLow & of
		g := spreadLow(s)
		c := z[k]>>1&^halfTop ^ spreadLow(z[k]&halfLow)
		a := addHalves(b^(g|halfTop), addHalves(c^g, s))
		binary.LittleEndian.PutUint64(out, a^(^spreadLow(a>>15&halfLow)&of|halfTop))
	}
	return 4 * k
}

// A halfClass has what follows from an element: its class, the number of its raw
// bits, and in the upper half their mask.
type halfClass uint32

func newHalfClass(z uint16) halfClass {
	r := classRules[bits.Len16(z)]
	return halfClass(uint32(z>>(r.nb&15))+uint32(r.add)) | halfClass(r.nb)<<8 | (1<<(r.nb&15)-1)<<16
}

// halfClasses has those below 4096, so that it fits the first-level cache; few are larger.
var halfClasses = makeHalfClasses()

func makeHalfClasses() (c [4096]halfClass) {
	for z := range c {
		c[z] = newHalfClass(uint16(z))
	}
	return c
}

func halfClassOf(z uint16) halfClass {
	if int(z) < len(halfClasses) {
		return halfClasses[z]
	}
	return newHalfClass(z)
}

// classifyHalves is classify.
func classifyHalves(w *BitWriter, tok []uint8, z []uint64) {
	for _, x := range z {
		t := (*[4]uint8)(tok)
		c := halfClassOf(uint16(x))
		t[0] = uint8(c)
		acc, n := x&uint64(c>>16), uint(c>>8&15)
		c = halfClassOf(uint16(x >> 16))
		t[1] = uint8(c)
		acc |= x >> 16 & uint64(c>>16) << (n & 63)
		n += uint(c >> 8 & 15)
		c = halfClassOf(uint16(x >> 32))
		t[2] = uint8(c)
		acc |= x >> 32 & uint64(c>>16) << (n & 63)
		n += uint(c >> 8 & 15)
		c = halfClassOf(uint16(x >> 48))
		t[3] = uint8(c)
		acc |= x >> 48 & uint64(c>>16) << (n & 63)
		w.Put56(acc, n+uint(c>>8&15))
		tok = tok[4:]
	}
}

// halfBases has of each class below 64 the smallest number, the number of raw
// bits from bit 16 on, and their mask from bit 32 on.
var halfBases = makeHalfBases()

func makeHalfBases() (b [classes16]uint64) {
	for t := range b {
		c := classes[t]
		b[t] = c.base | uint64(c.nb)<<16 | (1<<c.nb-1)<<32
	}
	return b
}

// declassifyHalves is declassify for classes below 64.
func declassifyHalves(r *BitReader, z []uint64, tok []uint8) {
	pos, in := r.Pos, r.In
	for k := range z {
		t := (*[4]uint8)(tok)
		v := Peek(in, pos)
		c := halfBases[t[0]&(classes16-1)]
		n := uint(c >> 16 & 15)
		x := c&0xffff + v&(c>>32)
		c = halfBases[t[1]&(classes16-1)]
		x |= (c&0xffff + v>>(n&63)&(c>>32)) << 16
		n += uint(c >> 16 & 15)
		c = halfBases[t[2]&(classes16-1)]
		x |= (c&0xffff + v>>(n&63)&(c>>32)) << 32
		n += uint(c >> 16 & 15)
		c = halfBases[t[3]&(classes16-1)]
		x |= (c&0xffff + v>>(n&63)&(c>>32)) << 48
		z[k], pos = x, pos+n+uint(c>>16&15)
		tok = tok[4:]
	}
	r.Pos = pos
}
