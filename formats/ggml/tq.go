package ggml

import (
	"encoding/binary"

	"dits/formats/float"
)

// Ternary types: a block of 256 is -1, 0 or 1 times its greatest magnitude.

// ternaryScale returns the greatest magnitude of a block as quantize_row_tq1_0_ref
// and quantize_row_tq2_0_ref find it (ggml-quants.c, MIT): with a NaN, only what
// comes behind it counts, and it is a NaN if that is nothing.
func ternaryScale(values []float32) float32 {
	var scale float32
	for _, v := range values {
		if a := abs32(v); !(scale > a) {
			scale = a
		}
	}
	return scale
}

// ternaryCode returns round(v*inverse)+1: 0, 1 or 2 unless a NaN spoiled the scale.
// What is beyond 64 bits counts as 0: lroundf gives -1<<63, whose low bits are 0.
func ternaryCode(v, inverse float32) uint8 {
	scaled := v * inverse
	if scaled > -1.5 && scaled < 1.5 {
		return 1 + b2u(scaled >= 0.5) - b2u(scaled <= -0.5)
	}
	if scaled > -0x1p63 && scaled < 0x1p63 {
		return uint8(roundAway64(scaled)) + 1
	}
	return 1
}

// roundAway64 rounds to the nearest integer, ties away from zero; f fits.
func roundAway64(f float32) int64 {
	if f < 0 {
		return int64(float64(f) - 0.5)
	}
	return int64(float64(f) + 0.5)
}

func b2u(b bool) uint8 {
	if b {
		return 1
	}
	return 0
}

// toTQ1 and toTQ2 quantise a row; there are no weights.
func toTQ1(_ *Quantiser, dst []byte, src []float32) {
	for ; len(src) > 0; dst, src = dst[54:], src[256:] {
		scale := ternaryScale(src[:256])
		binary.LittleEndian.PutUint16(dst[52:], float.ToF16(scale))
		setTQ1(dst[:52], src, inverseOrZero(scale))
	}
}

func toTQ2(_ *Quantiser, dst []byte, src []float32) {
	for ; len(src) > 0; dst, src = dst[66:], src[256:] {
		scale := ternaryScale(src[:256])
		binary.LittleEndian.PutUint16(dst[64:], float.ToF16(scale))
		setTQ2(dst[:64], src, inverseOrZero(scale))
	}
}

// roundTQ1 and roundTQ2 set the codes of a block that has its scale, which is
// rounded: a value half as great as the greatest can come out differently.
func roundTQ1(block []byte, src []float32) {
	d := float.F16(binary.LittleEndian.Uint16(block[52:]))
	setTQ1(block[:52], src, inverseOrZero(d))
}

func roundTQ2(block []byte, src []float32) {
	d := float.F16(binary.LittleEndian.Uint16(block[64:]))
	setTQ2(block[:64], src, inverseOrZero(d))
}
