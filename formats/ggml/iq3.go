package ggml

import (
	"encoding/binary"

	"dits/formats/float"
)

// fromIQ3XXS sets the 256 values of a block, as dequantize_row_iq3_xxs does: a
// byte for each point of four, then for every eight points a word of four times
// seven signs and a four-bit scale.
func fromIQ3XXS(values []float32, block []byte) {
	grid := gridIQ3XXS()
	d := float.F16(binary.LittleEndian.Uint16(block))
	points, words := block[2:66], block[66:98]
	for i := range 32 {
		word := binary.LittleEndian.Uint32(words[i/4*4:])
		scale := d * (0.5 + float32(word>>28)) * 0.5
		signs := evenSigns(word >> (i % 4 * 7))
		setSigned4(values[8*i:], &grid[points[2*i]], scale, signs)
		setSigned4(values[8*i+4:], &grid[points[2*i+1]], scale, signs>>4)
	}
	settleNaNs(values, d)
}

// fromIQ3S sets the 256 values of a block, as dequantize_row_iq3_s does: nine-bit
// points of four in two fields, a sign for each value, and a four-bit scale for
// every 32.
func fromIQ3S(values []float32, block []byte) {
	grid := gridIQ3S()
	d := float.F16(binary.LittleEndian.Uint16(block))
	points, high, signs, scales := block[2:66], block[66:74], block[74:106], block[106:110]
	for i := range 64 {
		point := uint16(points[i]) | uint16(high[i/8]>>(i%8)&1)<<8
		scale := d * float32(1+2*(scales[i/16]>>(i%16/8*4)&15))
		setSigned4(values[4*i:], &grid[point], scale, signs[i/2]>>(i%2*4))
	}
	settleNaNs(values, d)
}

// setSigned4 sets four values to the levels of a point with their signs, the first
// in the lowest bit.
func setSigned4(values []float32, levels *[4]int8, scale float32, signs uint8) {
	values = values[:4]
	for j, l := range levels {
		values[j] = signed(scale*float32(l), signs>>j)
	}
}
