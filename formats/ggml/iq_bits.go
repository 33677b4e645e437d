package ggml

import (
	"encoding/binary"

	"dits/formats/float"
)

// Types of one and two bits with one scale a block, the first value in the lowest
// bits of the first byte.

// toQ1 quantises a row of blocks of 128 to their mean magnitude with a sign, as
// quantize_row_q1_0_ref does (ggml-quants.c, MIT).
func toQ1(_ *Quantiser, dst []byte, src []float32) {
	for ; len(src) > 0; dst, src = dst[18:], src[128:] {
		var sum float32
		for _, v := range src[:128] {
			sum += abs32(v)
		}
		binary.LittleEndian.PutUint16(dst, float.ToF16(sum/128))
		roundQ1(dst[:18], src[:128])
	}
}

// roundQ1 sets the signs of a block. The scale does not matter.
func roundQ1(block []byte, src []float32) {
	clear(block[2:])
	for i, v := range src {
		block[2+i/8] |= b2u(v >= 0) << (i % 8)
	}
}

// fromQ1 sets the 128 values of a block, as dequantize_row_q1_0 does.
func fromQ1(values []float32, block []byte) {
	d := float.F16(binary.LittleEndian.Uint16(block))
	for i := range values {
		values[i] = signed(d, ^block[2+i/8]>>(i%8)&1)
	}
	settleNaNs(values, d)
}

// toQ2 quantises a row of blocks of 64 to -1, 0, 1 or 2 times their greatest
// magnitude, as quantize_row_q2_0_ref does (ggml-quants.c, MIT).
func toQ2(_ *Quantiser, dst []byte, src []float32) {
	for ; len(src) > 0; dst, src = dst[18:], src[64:] {
		_, scale := widest(src[:64])
		binary.LittleEndian.PutUint16(dst, float.ToF16(scale))
		setQ2(dst[2:18], src[:64], inverseOrZero(scale))
	}
}

// roundQ2 sets the codes of a block that has its scale, which is rounded: a value
// half as great as the greatest can come out differently.
func roundQ2(block []byte, src []float32) {
	d := float.F16(binary.LittleEndian.Uint16(block))
	if !(d > 0) {
		d = 0
	}
	setQ2(block[2:], src, inverseOrZero(d))
}

// setQ2 sets 16 bytes to the codes of 64 values times inverse.
func setQ2(packed []byte, src []float32, inverse float32) {
	clear(packed)
	for i, v := range src {
		rounded := min(max(roundAway(v*inverse), -1), 2)
		packed[i/4] |= uint8(rounded+1) << (i % 4 * 2)
	}
}

// fromQ2 sets the 64 values of a block, as dequantize_row_q2_0 does.
func fromQ2(values []float32, block []byte) {
	d := float.F16(binary.LittleEndian.Uint16(block))
	levels := ternaryLevels(d)
	for i := range values {
		values[i] = levels[block[2+i/4]>>(i%4*2)&3]
	}
	settleNaNs(values, d)
}
