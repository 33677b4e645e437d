package ggml

import (
	"math"

	"dits/formats/float"
)

// Floating point as ggml has it, with the same result on every platform. Two
// things in Go are not: a product that feeds a sum may be fused, so every such
// product is written float32(a*b), or the function that adds to it converts its
// argument, as it may be inlined; and converting a NaN or a number out of range
// to an integer gives whatever the processor gives, so truncInt32 is defined here
// to do what x86-64 does. NaN payloads never matter: [Quantiser.Rows] makes the
// source's NaNs equal, and computed ones have an empty payload everywhere.

// groupMaxEps is GROUP_MAX_EPS of ggml-quants.c: a group whose values are all
// smaller is all zero.
const groupMaxEps = 1e-15

// scaleHalf is [float.ToF16] for a computed scale, whose sign is not known if it is
// NaN: x86 gives negative NaNs, other processors positive ones.
func scaleHalf(f float32) uint16 {
	if f != f {
		return 0xfe00
	}
	return float.ToF16(f)
}

// nearestInt rounds to the nearest integer, ties to even, for magnitudes up to
// 4194303, as nearest_int of ggml-quants.c does. Beyond, it returns the low 23
// bits of the sum, which is what upstream computes when built without assertions:
// 0 for a NaN, -4194304 for an infinity.
func nearestInt(f float32) int32 {
	return int32(math.Float32bits(float32(f)+12582912)&0x7fffff) - 0x400000
}

// truncInt32 drops the fraction; what does not fit, and NaN, becomes -1<<31, as
// the x86-64 instruction cvttss2si has it.
func truncInt32(f float32) int32 {
	if f > -0x1p31 && f < 0x1p31 {
		return int32(f)
	}
	return math.MinInt32
}

// roundAway rounds to the nearest integer, ties away from zero, as roundf does
// before a conversion to int; what does not fit, and NaN, becomes -1<<31.
func roundAway(f float32) int32 {
	return truncInt32(float32(f) + halfTowards(f))
}

// halfTowards returns the number just below 0.5, with the sign of f. With 0.5, the
// number below 0.5 would round to 1.
func halfTowards(f float32) float32 {
	return math.Float32frombits(0x3effffff | math.Float32bits(f)&(1<<31))
}

// fitsInt32 reports that no product of x and factor is NaN or beyond ±1<<30, so that
// it converts in the same way everywhere.
func fitsInt32(x []float32, factor float32) bool {
	var peak uint32 // a NaN is above every number
	for _, v := range x {
		peak = max(peak, math.Float32bits(v)&0x7fffffff)
	}
	return abs32(float32(math.Float32frombits(peak)*factor)) <= 1<<30
}

// abs32 returns f without its sign.
func abs32(f float32) float32 {
	return math.Float32frombits(math.Float32bits(f) &^ (1 << 31))
}

// sqrt32 returns the square root, rounded once.
func sqrt32(f float32) float32 {
	return float32(math.Sqrt(float64(f))) // 53 bits are enough for one rounding to 24
}

// sumSquares returns the sum of v*v from left to right.
func sumSquares(values []float32) float32 {
	var sum float32
	for _, v := range values {
		sum += float32(v * v)
	}
	return sum
}

// widest returns the first value of the greatest magnitude, and that magnitude.
// NaNs do not count; 0, 0 if nothing else is there.
func widest(values []float32) (value, magnitude float32) {
	for _, v := range values {
		if a := abs32(v); a > magnitude {
			value, magnitude = v, a
		}
	}
	return value, magnitude
}
