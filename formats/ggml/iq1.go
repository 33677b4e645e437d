package ggml

import (
	"encoding/binary"

	"dits/formats/float"
)

// iq1Delta is IQ1S_DELTA and IQ1M_DELTA of ggml-common.h: every value of a group
// is a level of -1, 0 or 1, moved by this much up or down.
const iq1Delta = 0.125

// fromIQ1S sets the 256 values of a block, as dequantize_row_iq1_s does: eight
// groups of a three-bit scale, a sign of delta and four points of eleven bits.
func fromIQ1S(values []float32, block []byte) {
	grid := gridIQ1S()
	d := float.F16(binary.LittleEndian.Uint16(block))
	points, high := block[2:34], block[34:50]
	for i := range 8 {
		h := binary.LittleEndian.Uint16(high[2*i:])
		scale := d * float32(2*(h>>12&7)+1)
		for k := range 4 {
			point := uint16(points[4*i+k]) | h>>(3*k)&7<<8
			setShifted(values[32*i+8*k:], &grid[point], scale, h&0x8000 != 0)
		}
	}
	settleNaNs(values, d)
}

// fromIQ1M sets the 256 values of a block, as dequantize_row_iq1_m does: sixteen
// groups of a three-bit scale and two points of eleven bits, each with its sign of
// delta. The block's scale is in the high bits of the four words of group scales.
func fromIQ1M(values []float32, block []byte) {
	grid := gridIQ1S()
	points, high, scales := block[:32], block[32:48], block[48:56]
	d := float.F16(scaleIQ1M(scales))
	for i := range 16 {
		word := binary.LittleEndian.Uint16(scales[i/4*2:])
		scale := d * float32(2*(word>>(3*(i%4))&7)+1)
		for k := range 2 {
			h := high[i] >> (4 * k)
			point := uint16(points[2*i+k]) | uint16(h&7)<<8
			setShifted(values[16*i+8*k:], &grid[point], scale, h&8 != 0)
		}
	}
	settleNaNs(values, d)
}

// scaleIQ1M puts the binary16 scale of an IQ1_M block together: four bits from the
// top of each word, the lowest first.
func scaleIQ1M(scales []byte) uint16 {
	return uint16(scales[1]>>4) | uint16(scales[3]>>4)<<4 | uint16(scales[5]>>4)<<8 | uint16(scales[7]>>4)<<12
}

// setShifted sets eight values to the levels of a point, moved by delta.
func setShifted(values []float32, levels *[8]int8, scale float32, down bool) {
	delta := float32(iq1Delta)
	if down {
		delta = -iq1Delta
	}
	values = values[:8]
	for j, l := range levels {
		values[j] = scale * (float32(l) + delta)
	}
}
