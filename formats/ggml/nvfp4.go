package ggml

import (
	"math"

	"dits/formats/float"
)

// toNVFP4 quantises a row of blocks of 64, as quantize_row_nvfp4_ref does
// (ggml-quants.c, MIT): four groups of 16, each with a scale that takes its
// greatest magnitude to 6, the greatest E2M1 number.
func toNVFP4(_ *Quantiser, dst []byte, src []float32) {
	for ; len(src) > 0; dst, src = dst[36:], src[64:] {
		for i := range 4 {
			_, magnitude := widest(src[16*i : 16*i+16])
			dst[i] = toUE4M3(magnitude / 6)
		}
		roundNVFP4(dst[:36], src[:64])
	}
}

// roundNVFP4 sets the codes of a block that has its scales.
func roundNVFP4(block []byte, src []float32) {
	for i := range 4 {
		setFP4(block[4+8*i:12+8*i], src[16*i:16*i+16], halfUE4M3(block[i]))
	}
}

// fromNVFP4 sets the 64 values of a block, as dequantize_row_nvfp4 does.
func fromNVFP4(values []float32, block []byte) {
	for i := range 4 {
		setFP4Values(values[16*i:16*i+16], block[4+8*i:12+8*i], halfUE4M3(block[i]))
	}
}

// halfUE4M3 returns half of the number that four bits of exponent and three of
// mantissa stand for, since fp4Values are doubled. The highest bit does not count,
// and 127 is 0 (ggml_ue4m3_to_fp32 of ggml-impl.h, MIT).
func halfUE4M3(bits uint8) float32 {
	switch bits {
	case 0x7f:
		return 0
	case 0xff: // not the NaN of E4M3
		return 240
	}
	return float.E4M3(bits&0x7f) / 2
}

// toUE4M3 rounds a number that is not negative to the nearest UE4M3, halves up, as
// ggml_fp32_to_ue4m3 of ggml-impl.h does (MIT): all that would have the highest
// exponent, from 248 up, becomes the greatest number, 448.
func toUE4M3(f float32) uint8 {
	const highest, greatest = 0x78, 0x7e
	if f < 0x1p-6 { // units of 2^-9; what would round up to 2^-6 is cut
		return uint8(min(truncInt32(float32(f*512)+0.5), 7))
	}
	rounded := (math.Float32bits(f)>>19+1)>>1 - (127-7)<<3
	if rounded >= highest {
		return greatest
	}
	return uint8(rounded)
}
