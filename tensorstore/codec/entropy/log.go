package entropy

import "math/bits"

// log2Table has log2(1 + i/256) in 1/65536 steps, with one entry more for interpolation.
var log2Table = makeLog2Table()

// makeLog2Table takes logarithms by repeated squaring, in integers.
func makeLog2Table() (t [257]uint32) {
	for i := range t {
		x := uint64(256+i) << 22 // [1,2] in units of 2^-30
		if i == 256 {
			t[i] = 1 << 16
			break
		}
		var l uint32
		for b := 15; b >= 0; b-- {
			x = x * x >> 30
			if x >= 2<<30 {
				x >>= 1
				l |= 1 << b
			}
		}
		t[i] = l
	}
	return t
}

// Log2 is the logarithm of n > 0 in 1/65536 steps, to about 2^-16 relative; 0 for n = 0.
func Log2(n uint32) uint64 {
	if n == 0 {
		return 0
	}
	e := uint(bits.Len32(n) - 1)
	m := uint64(n) << (31 - e) & (1<<31 - 1) // fraction, 31 bits
	i, f := m>>23, m&(1<<23-1)
	a, b := uint64(log2Table[i]), uint64(log2Table[i+1])
	return uint64(e)<<16 + a + (b-a)*f>>23
}
