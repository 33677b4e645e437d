package ggml

import (
	"encoding/binary"

	"dits/formats/float"
)

// Q8_0 is d and 32 signed bytes. Q8_1 has d times their sum between the two; it is a
// form that upstream multiplies with, no file has it.

// quantiseQ80 does what quantize_row_q8_0_ref of ggml-quants.c does (MIT).
func quantiseQ80(_ *Quantiser, dst []byte, src []float32) {
	blocks(Q8_0, dst, src, func(block []byte, x []float32, _ int) {
		d := scaleQ8(x)
		binary.LittleEndian.PutUint16(block, float.ToF16(d))
		roundQ8(block[2:], x, reciprocal(d))
	})
}

// scaleQ8 returns the greatest magnitude over 127: NaN if the last value is one.
func scaleQ8(x []float32) float32 {
	var size float32
	for _, v := range x {
		if a := abs32(v); !(size > a) {
			size = a
		}
	}
	return abs32(size / 127)
}

// roundQ8 sets l to x·inverse, rounded away from zero, and returns the sum. Beside a
// NaN quants wrap as upstream's do.
func roundQ8(l []byte, x []float32, inverse float32) (total int) {
	l = l[:len(x)]
	if !fitsInt32(x, inverse) {
		for i, v := range x {
			q := int8(roundAway(float32(v * inverse)))
			l[i] = uint8(q)
			total += int(q)
		}
		return total
	}
	for i, v := range x {
		p := float32(v * inverse)
		q := max(-127, min(127, int32(p+halfTowards(p))))
		l[i] = uint8(q)
		total += int(q)
	}
	return total
}

func roundQ80(dst []byte, src []float32) {
	blocks(Q8_0, dst, src, func(block []byte, x []float32, _ int) {
		roundQ8(block[2:], x, storedReciprocal(block, scaleQ8(x)))
	})
}

func dequantiseQ80(dst []float32, src []byte) {
	for ; len(dst) > 0; dst, src = dst[blockElems:], src[34:] {
		dequantiseBytes(dst, src[2:34], halfAt(src, 0))
	}
}

// quantiseQ81 does what quantize_row_q8_1_ref of ggml-quants.c does (MIT).
func quantiseQ81(_ *Quantiser, dst []byte, src []float32) {
	blocks(Q8_1, dst, src, func(block []byte, x []float32, _ int) {
		d := scaleQ8(x)
		binary.LittleEndian.PutUint16(block, float.ToF16(d))
		total := roundQ8(block[4:], x, reciprocal(d))
		putHalf(block, 2, float32(float32(total)*d))
	})
}

func dequantiseQ81(dst []float32, src []byte) {
	for ; len(dst) > 0; dst, src = dst[blockElems:], src[36:] {
		dequantiseBytes(dst, src[4:36], halfAt(src, 0))
	}
}

// dequantiseBytes sets dst to the signed bytes l times d.
func dequantiseBytes(dst []float32, l []byte, d float32) {
	dst = dst[:len(l)]
	for i, q := range l {
		dst[i] = float32(float32(int8(q)) * d)
	}
}
