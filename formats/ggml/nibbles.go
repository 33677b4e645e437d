package ggml

// blockElems is the length of the blocks that have one scale: QK4_0 and its like.
const blockElems = 32

// blocks calls do for every block of 32 in turn.
func blocks(t Type, dst []byte, src []float32, do func(block []byte, x []float32, at int)) {
	size := int(t.BlockBytes())
	for at := 0; at < len(src); at += blockElems {
		do(dst[:size:size], src[at:at+blockElems], at)
		dst = dst[size:]
	}
}

// packNibbles puts 32 quants in 16 bytes: element i in the low half of byte i,
// element i+16 in the high half.
func packNibbles(dst []byte, quants *[blockElems]uint8) {
	for i := range dst[:16] {
		dst[i] = quants[i] | quants[i+16]<<4
	}
}

// packFives puts the fifth bit of element i in bit i of the first 4 bytes, and the
// low 4 bits in nibbles behind them.
func packFives(dst []byte, quants *[blockElems]uint8) {
	clear(dst[:4])
	var low [blockElems]uint8
	for i, l := range quants {
		low[i] = l & 15
		dst[i/8] |= l >> 4 & 1 << (i % 8)
	}
	packNibbles(dst[4:], &low)
}

// unpackNibbles is the inverse of packNibbles.
func unpackNibbles(quants *[blockElems]uint8, src []byte) {
	for i, b := range src[:16] {
		quants[i], quants[i+16] = b&15, b>>4
	}
}

// unpackFives is the inverse of packFives.
func unpackFives(quants *[blockElems]uint8, src []byte) {
	unpackNibbles(quants, src[4:])
	for i := range quants {
		quants[i] |= src[i/8] >> (i % 8) & 1 << 4
	}
}
