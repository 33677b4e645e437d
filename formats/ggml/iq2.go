package ggml

import (
	"encoding/binary"

	"dits/formats/float"
)

// fromIQ2XXS sets the 256 values of a block, as dequantize_row_iq2_xxs does: eight
// groups of four points of a byte each, then a word of four times seven signs and
// a four-bit scale.
func fromIQ2XXS(values []float32, block []byte) {
	grid := gridIQ2XXS()
	d := float.F16(binary.LittleEndian.Uint16(block))
	for i := range 8 {
		group := block[2+8*i:][:8]
		word := binary.LittleEndian.Uint32(group[4:])
		scale := iq2Scale(d, uint8(word>>28))
		for k := range 4 {
			setSigned8(values[32*i+8*k:], &grid[group[k]], scale, evenSigns(word>>(7*k)))
		}
	}
	settleNaNs(values, d)
}

// fromIQ2XS sets the 256 values of a block, as dequantize_row_iq2_xs does: words
// of a nine-bit point and seven signs, and a four-bit scale for every two.
func fromIQ2XS(values []float32, block []byte) {
	grid := gridIQ2XS()
	d := float.F16(binary.LittleEndian.Uint16(block))
	words, scales := block[2:66], block[66:74]
	for i := range 32 {
		word := binary.LittleEndian.Uint16(words[2*i:])
		scale := iq2Scale(d, scales[i/4]>>(i%4/2*4)&15)
		setSigned8(values[8*i:], &grid[word&511], scale, evenSigns(uint32(word>>9)))
	}
	settleNaNs(values, d)
}

// fromIQ2S sets the 256 values of a block, as dequantize_row_iq2_s does: ten-bit
// points in two fields, eight signs each, and a four-bit scale for every two.
func fromIQ2S(values []float32, block []byte) {
	grid := gridIQ2S()
	d := float.F16(binary.LittleEndian.Uint16(block))
	points, signs, high, scales := block[2:34], block[34:66], block[66:74], block[74:82]
	for i := range 32 {
		point := uint16(points[i]) | uint16(high[i/4]>>(i%4*2)&3)<<8
		scale := iq2Scale(d, scales[i/4]>>(i%4/2*4)&15)
		setSigned8(values[8*i:], &grid[point], scale, signs[i])
	}
	settleNaNs(values, d)
}

// iq2Scale returns the step of a group from the block's and four bits.
func iq2Scale(d float32, bits uint8) float32 {
	return d * (0.5 + float32(bits)) * 0.25
}

// setSigned8 sets eight values to the levels of a point with their signs, the
// first in the lowest bit.
func setSigned8(values []float32, levels *[8]int8, scale float32, signs uint8) {
	values = values[:8]
	for j, l := range levels {
		values[j] = signed(scale*float32(l), signs>>j)
	}
}
