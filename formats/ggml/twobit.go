package ggml

// packTwoBits puts the low 2 bits of 256 quants in 64 bytes: byte l of each half has
// elements l, l+32, l+64 and l+96 of its 128, from the lowest bits up.
func packTwoBits(dst []byte, quants *[superElems]uint8) {
	for h := range 2 {
		bytes, from := dst[32*h:][:32], quants[128*h:][:128]
		for l := range bytes {
			bytes[l] = from[l]&3 | from[l+32]&3<<2 | from[l+64]&3<<4 | from[l+96]&3<<6
		}
	}
}
