package ggml

var q5k = &sixBit{
	kind:     Q5_K,
	top:      31,
	search:   newAffineSearch(31, -0.5, 0.1, 15, false),
	weighted: newAffineSearch(31, -0.9, 0.05, 36, false),
	pack:     packQ5K,
}

// packQ5K puts the low 4 bits of groups 2i and 2i+1 in the halves of the same 32
// bytes from 48 on, and the high bit of group j in bit j of the 32 bytes from 16 on.
func packQ5K(block []byte, quants *[superElems]uint8) {
	top := block[16:48]
	clear(top)
	for i := range 4 {
		bytes, low, high := block[48+32*i:][:32], quants[64*i:][:32], quants[64*i+32:][:32]
		for j := range bytes {
			bytes[j] = low[j]&15 | high[j]<<4
			top[j] |= (low[j]>>4 | high[j]>>4<<1) << (2 * i)
		}
	}
}

func dequantiseQ5K(dst []float32, src []byte) {
	for ; len(dst) > 0; dst, src = dst[superElems:], src[176:] {
		d, dmin := halfAt(src, 0), halfAt(src, 2)
		top := src[16:48]
		for j := range 8 {
			scale, offset := unpackSixBit(src[sixBitOff:16], j)
			step, low := float32(d*float32(scale)), float32(dmin*float32(offset))
			out, in, shift := dst[32*j:][:32], src[48+32*(j/2):][:32], 4*(j&1)
			for i := range out {
				l := in[i]>>shift&15 | top[i]>>j&1<<4
				out[i] = float32(step*float32(l)) - low
			}
		}
	}
}
