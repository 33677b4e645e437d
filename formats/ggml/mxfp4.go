package ggml

import "math"

// fp4Values is kvalues_fp4 of ggml-common.h: twice the numbers of the four-bit
// float E2M1, of which the highest bit is the sign.
var fp4Values = [16]float32{0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12}

// toMXFP4 quantises a row of blocks of 32, as quantize_row_mxfp4_ref does
// (ggml-quants.c, MIT).
func toMXFP4(_ *Quantiser, dst []byte, src []float32) {
	for ; len(src) > 0; dst, src = dst[17:], src[32:] {
		_, magnitude := widest(src[:32])
		dst[0] = exponentMXFP4(magnitude)
		roundMXFP4(dst[:17], src[:32])
	}
}

// roundMXFP4 sets the codes of a block that has its exponent.
func roundMXFP4(block []byte, src []float32) {
	setFP4(block[1:17], src, halfPower(block[0]))
}

// fromMXFP4 sets the 32 values of a block, as dequantize_row_mxfp4 does.
func fromMXFP4(values []float32, block []byte) {
	setFP4Values(values, block[1:], halfPower(block[0]))
}

// exponentMXFP4 returns floor(log2(magnitude)) + 125 as upstream stores it: 0 for
// zero and infinity, modulo 256 for numbers under 2^-125. Its log2f rounds to the
// nearest float32, so that a number a few units below 2^k can have the logarithm k.
func exponentMXFP4(magnitude float32) uint8 {
	if magnitude == 0 || math.IsInf(float64(magnitude), 0) {
		return 0
	}
	fraction, above := math.Frexp(float64(magnitude)) // in [1/2, 1), times 2^above
	floor := above - 1
	if missing := 1 - fraction; missing*0x1p24 < halfUnitBelow(above)*math.Ln2 {
		floor = above
	}
	return uint8(floor + 125)
}

// halfUnitBelow returns half of a unit in the last place of float32 numbers just
// below the integer k, in units of 2^-24.
func halfUnitBelow(k int) float64 {
	if k == 0 {
		return 0
	}
	_, exponent := math.Frexp(math.Abs(float64(k)))
	if k > 0 && k&(k-1) == 0 {
		exponent--
	}
	return math.Ldexp(1, exponent-1)
}

// halfPower returns 2^(e-128): half of the number that e stands for, since
// fp4Values are doubled (ggml_e8m0_to_fp32_half of ggml-impl.h, MIT).
func halfPower(e uint8) float32 {
	if e < 2 {
		return math.Float32frombits(0x00200000 << e)
	}
	return math.Float32frombits(uint32(e-1) << 23)
}

// setFP4 sets the bytes to the codes of the values nearest to src, in units of d:
// the first half in the low nibbles, the second in the high ones.
func setFP4(packed []byte, src []float32, d float32) {
	low, high := src[:len(packed)], src[len(packed):]
	r := newFP4Rounder(d)
	for j := range packed {
		packed[j] = r.code(low[j]) | r.code(high[j])<<4
	}
}

// setFP4Values sets values from their codes, in the order of setFP4.
func setFP4Values(values []float32, packed []byte, d float32) {
	low, high := values[:len(packed)], values[len(packed):]
	for j, codes := range packed {
		low[j] = fp4Values[codes&15] * d
		high[j] = fp4Values[codes>>4] * d
	}
}

// An fp4Rounder finds the codes nearest to numbers in units of d. Magnitudes are
// compared by their bits, which are in the same order.
type fp4Rounder struct {
	d       float32
	middles [7]uint32 // between neighbouring magnitudes
	limit   uint32    // up to which the middles decide
}

func newFP4Rounder(d float32) fp4Rounder {
	r := fp4Rounder{d: d}
	if d > 0x1p100 { // 12*d can be infinite
		return r
	}
	for i := range r.middles {
		r.middles[i] = math.Float32bits(d * ((fp4Values[i] + fp4Values[i+1]) / 2))
	}
	r.limit = math.Float32bits(16 * d)
	return r
}

// code returns the first code of the least error, as best_index_mxfp4 does.
func (r *fp4Rounder) code(x float32) uint8 {
	bits := math.Float32bits(x)
	magnitude := bits & 0x7fffffff
	if magnitude > r.limit {
		return fp4CodeAnywhere(x, r.d)
	}
	var code uint32
	for _, middle := range r.middles {
		code += (middle - magnitude) >> 31
	}
	negative := bits >> 31 & (-code >> 31)
	return uint8(code | negative<<3)
}

// fp4CodeAnywhere is fp4Code where the errors are rounded or not finite: far from
// zero, all are the same and 0 wins.
func fp4CodeAnywhere(x, d float32) uint8 {
	best, least := uint8(0), abs32(float32(fp4Values[0]*d)-x)
	for i := uint8(1); i < 16; i++ {
		if e := abs32(float32(fp4Values[i]*d) - x); e < least {
			best, least = i, e
		}
	}
	return best
}
