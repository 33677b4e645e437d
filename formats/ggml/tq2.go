package ggml

import (
	"encoding/binary"

	"dits/formats/float"
)

// setTQ2 sets 64 bytes to the codes of 256 values times inverse, two bits each: a
// byte has four values that are 32 apart, the first in the lowest bits.
func setTQ2(packed []byte, src []float32, inverse float32) {
	for half := range 2 {
		for j := range 32 {
			var codes uint8
			for k := range 4 {
				codes |= ternaryCode(src[128*half+32*k+j], inverse) & 3 << (2 * k)
			}
			packed[32*half+j] = codes
		}
	}
}

// fromTQ2 sets the 256 values of a block, as dequantize_row_tq2_0 does.
func fromTQ2(values []float32, block []byte) {
	d := float.F16(binary.LittleEndian.Uint16(block[64:]))
	levels := ternaryLevels(d)
	for half := range 2 {
		for j, codes := range block[32*half : 32*half+32] {
			for k := range 4 {
				values[128*half+32*k+j] = levels[codes>>(2*k)&3]
			}
		}
	}
	settleNaNs(values, d)
}
