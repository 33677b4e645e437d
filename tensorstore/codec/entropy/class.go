package entropy

import "math/bits"

// Integers are coded by class: exactly below 16, then by bit length and the two
// bits after the first, the rest raw. The classes of 64 bits are 256.

// A classRule says for each bit length how many raw bits there are, and where
// the classes of that length begin. By table, because a branch here would be a coin toss.
type classRule struct{ nb, add uint8 }

var classRules = makeClassRules()

func makeClassRules() (c [65]classRule) {
	for l := 5; l < len(c); l++ {
		c[l] = classRule{nb: uint8(l - 3), add: uint8(4*(l-3) + 4)}
	}
	return c
}

// class returns the class of z and how many raw bits follow.
func class(z uint64) (tok uint8, nb uint) {
	r := classRules[bits.Len64(z)]
	nb = uint(r.nb) & 63
	return uint8(z>>nb) + r.add, nb
}

// A classInfo is the smallest number of a class, and its raw bits.
type classInfo struct {
	base uint64
	nb   uint8
}

var classes = makeClasses()

func makeClasses() (c [256]classInfo) {
	for t := range c {
		if t < 16 {
			c[t] = classInfo{base: uint64(t)}
			continue
		}
		nb := uint8(t-8) >> 2
		c[t] = classInfo{base: uint64(t&3|4) << nb, nb: nb}
	}
	return c
}

// Classes is the number of classes of T.
func Classes[T Word]() int { return 4 * int(Width[T]()) }

// classes16 is that of 16 bits.
const classes16 = 64

// Classify sets tok to the classes of z and writes the raw bits.
func Classify[T Word](w *BitWriter, tok []uint8, z []T) {
	i := 0
	if Width[T]() <= 16 { // at most 13 raw bits: four at a time
		for ; i+4 <= len(z); i += 4 {
			var acc uint64
			var n uint
			t, q := (*[4]uint8)(tok[i:]), (*[4]T)(z[i:])
			for k := range q {
				c, nb := class(uint64(q[k]))
				t[k] = c
				acc |= uint64(q[k]) & (1<<(nb&63) - 1) << (n & 63)
				n += nb
			}
			w.Put56(acc, n)
		}
	}
	for ; i < len(z); i++ {
		t, nb := class(uint64(z[i]))
		tok[i] = t
		w.Put(uint64(z[i])&(1<<nb-1), nb)
	}
}

// Declassify sets z to what the classes tok and the raw bits say.
func Declassify[T Word](r *BitReader, z []T, tok []uint8) {
	pos, in, i := r.Pos, r.In, 0
	if Width[T]() <= 16 {
		for ; i+4 <= len(z); i += 4 {
			v, n := Peek(in, pos), uint(0)
			t, q := (*[4]uint8)(tok[i:]), (*[4]T)(z[i:])
			for k := range t {
				c := &classes[t[k]]
				nb := uint(c.nb) & 63
				q[k] = T(c.base) + T(v>>(n&63)&(1<<nb-1))
				n += nb
			}
			pos += n
		}
	}
	for ; i < len(z); i++ {
		c := &classes[tok[i]]
		b := BitReader{In: in, Pos: pos}
		z[i] = T(c.base + b.Get(uint(c.nb)))
		pos += uint(c.nb)
	}
	r.Pos = pos
}
