// Package float has the one conversion between float32 and each narrower floating-point type that weights are
// kept in. All give the same bits on every platform. Whole tensors of any dtype are read by package number, blocks
// of ggml, whose scales are such numbers, by package ggml.
package float

import "math"

const (
	signBit  = 1 << 31
	infinity = 0x7f800000 // bits of a float32: what is above, without the sign, is NaN
	quiet    = 1 << 22    // of a float32
)

// IsNaN says that the bits of a float32 are no number.
func IsNaN(u uint32) bool { return u&^signBit > infinity }

// BF16 is the value of a bfloat16: the upper half of a float32.
func BF16(h uint16) float32 { return math.Float32frombits(uint32(h) << 16) }

// F16 is the value of an IEEE 754 binary16. NaNs keep their payload and become quiet, as processors have it.
func F16(h uint16) float32 {
	sign, rest := uint32(h)<<16&signBit, uint32(h&0x7fff)
	switch {
	case rest < 0x400: // the product is exact
		return math.Float32frombits(sign | math.Float32bits(float32(rest)*0x1p-24))
	case rest > 0x7c00:
		return math.Float32frombits(sign | infinity | quiet | rest<<13)
	case rest == 0x7c00:
		return math.Float32frombits(sign | infinity)
	}
	return math.Float32frombits(sign | rest<<13 + (127-15)<<23)
}

// E4M3 is the value of an 8-bit float of 4 bits of exponent and 3 of mantissa, without infinities and with a NaN of
// either sign ("FN", OCP 8-bit Floating Point Specification 1.0).
func E4M3(b uint8) float32 {
	if b&0x7f == 0x7f {
		return nan
	}
	return small(b, 3, 7)
}

// E5M2 is the value of an 8-bit float of 5 bits of exponent and 2 of mantissa: the upper half of a binary16.
func E5M2(b uint8) float32 { return F16(uint16(b) << 8) }

// E4M3FNUZ and E5M2FNUZ have the bias one higher, no infinities, and their NaN in the place of −0 (Noune et al.,
// 2022).
func E4M3FNUZ(b uint8) float32 {
	if b == 0x80 {
		return nan
	}
	return small(b, 3, 8)
}

// E5M2FNUZ: see [E4M3FNUZ].
func E5M2FNUZ(b uint8) float32 {
	if b == 0x80 {
		return nan
	}
	return small(b, 2, 16)
}

var nan = math.Float32frombits(infinity | quiet)

// small is a number of 8 bits with so many of mantissa: the fields go where float32 has them, and an exact product
// sets the exponent right, also of numbers without a leading one.
func small(b uint8, mantissa uint, bias uint32) float32 {
	f := math.Float32frombits(uint32(b)<<24&signBit | uint32(b&0x7f)<<(23-mantissa))
	return f * math.Float32frombits((127+127-bias)<<23)
}
