package ggml

var q4k = &sixBit{
	kind:     Q4_K,
	top:      15,
	search:   newAffineSearch(15, -1, 0.1, 20, false),
	weighted: newAffineSearch(15, -0.9, 0.05, 36, false),
	pack:     packQ4K,
}

// packQ4K puts the quants of groups 2i and 2i+1 in the low and high halves of the
// same 32 bytes.
func packQ4K(block []byte, quants *[superElems]uint8) {
	for i := range 4 {
		bytes, low, high := block[16+32*i:][:32], quants[64*i:][:32], quants[64*i+32:][:32]
		for j := range bytes {
			bytes[j] = low[j] | high[j]<<4
		}
	}
}

func dequantiseQ4K(dst []float32, src []byte) {
	for ; len(dst) > 0; dst, src = dst[superElems:], src[144:] {
		d, dmin := halfAt(src, 0), halfAt(src, 2)
		for j := range 8 {
			scale, offset := unpackSixBit(src[sixBitOff:16], j)
			step, low := float32(d*float32(scale)), float32(dmin*float32(offset))
			out, in, shift := dst[32*j:][:32], src[16+32*(j/2):][:32], 4*(j&1)
			for i := range out {
				out[i] = float32(step*float32(in[i]>>shift&15)) - low
			}
		}
	}
}
