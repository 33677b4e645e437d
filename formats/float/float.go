// Package float has the one conversion between float32 and each narrower floating-point type that weights are
// kept in. All give the same bits on every platform, and all but ToE4M3 are so short that they are inlined. Whole
// tensors of any dtype are read by package number; blocks of ggml, whose scales are such numbers, by package ggml.
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
	sign, rest := uint32(h&0x8000)<<16, uint32(h&0x7fff)
	switch {
	case rest < 0x400: // the product is exact
		return math.Float32frombits(sign | math.Float32bits(float32(rest)*0x1p-24))
	case rest >= 0x7c00: // more than that is a NaN
		return math.Float32frombits(sign | infinity | rest<<13 | (0x7c00-rest)>>31*quiet)
	}
	return math.Float32frombits(sign | rest<<13 + (127-15)<<23)
}

// E4M3 is the value of an 8-bit float of 4 bits of exponent and 3 of mantissa, without infinities and with a NaN of
// either sign ("FN", OCP 8-bit Floating Point Specification 1.0).
func E4M3(b uint8) float32 { return e4m3[b] }

// E5M2 is the value of an 8-bit float of 5 bits of exponent and 2 of mantissa: the upper half of a binary16.
func E5M2(b uint8) float32 { return F16(uint16(b) << 8) }

// E4M3FNUZ and E5M2FNUZ have the bias one higher, no infinities, and their NaN in the place of −0 (Noune et al.,
// 2022).
func E4M3FNUZ(b uint8) float32 { return e4m3fnuz[b] }

// E5M2FNUZ: see [E4M3FNUZ].
func E5M2FNUZ(b uint8) float32 { return e5m2fnuz[b] }

var e4m3, e4m3fnuz, e5m2fnuz = small(3, 7, 0x7f, 0xff), small(3, 8, 0x80), small(2, 16, 0x80)

// small has the numbers of 8 bits with so many of mantissa, of which some are NaNs.
func small(mantissa, bias int, nans ...uint8) (all [256]float32) {
	for b := range all {
		exponent, m := b&0x7f>>mantissa, b&(1<<mantissa-1)
		if exponent > 0 {
			exponent, m = exponent-1, m|1<<mantissa
		}
		all[b] = float32(math.Copysign(math.Ldexp(float64(m), exponent+1-bias-mantissa), float64(int8(b))))
	}
	for _, b := range nans {
		all[b] = math.Float32frombits(infinity | quiet)
	}
	return all
}
