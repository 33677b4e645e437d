package codec

import (
	"encoding/binary"
	"math"
)

// values sets v to the values of elements; len(v) is at most blockLen. Inf and
// NaN are NaN or Inf.
func values(v []float64, src []byte, e Elem) {
	switch e {
	case BF16:
		bf16(v, src)
	case F32:
		for i := range v {
			v[i] = float64(math.Float32frombits(binary.LittleEndian.Uint32(src[4*i:])))
		}
	case F64:
		for i := range v {
			v[i] = math.Float64frombits(binary.LittleEndian.Uint64(src[8*i:]))
		}
	case F16:
		for i := range v {
			v[i] = smallFloat(uint32(binary.LittleEndian.Uint16(src[2*i:])), 5, 10)
		}
	case E4M3:
		for i := range v {
			v[i] = e4m3(src[i])
		}
	case E5M2:
		for i := range v {
			v[i] = smallFloat(uint32(src[i]), 5, 2)
		}
	default:
		integers(v, src, e)
	}
}

// bf16 is values for BF16.
func bf16(v []float64, src []byte) {
	for ; len(v) >= 4 && len(src) >= 8; v, src = v[4:], src[8:] {
		x, q := binary.LittleEndian.Uint64(src), (*[4]float64)(v)
		q[0] = float64(math.Float32frombits(uint32(x) << 16))
		q[1] = float64(math.Float32frombits(uint32(x) &^ 0xffff))
		q[2] = float64(math.Float32frombits(uint32(x>>32) << 16))
		q[3] = float64(math.Float32frombits(uint32(x>>32) &^ 0xffff))
	}
	for i := range v {
		v[i] = float64(math.Float32frombits(uint32(binary.LittleEndian.Uint16(src[2*i:])) << 16))
	}
}

// integers is values for integer types.
func integers(v []float64, src []byte, e Elem) {
	for i := range v {
		switch e {
		case I16:
			v[i] = float64(int16(binary.LittleEndian.Uint16(src[2*i:])))
		case I32:
			v[i] = float64(int32(binary.LittleEndian.Uint32(src[4*i:])))
		case I64:
			v[i] = float64(int64(binary.LittleEndian.Uint64(src[8*i:])))
		default:
			v[i] = float64(int8(src[i]))
		}
	}
}

// smallFloat is the value of an IEEE-like float of 1 + exp + mant bits with exp
// at most 8: the fields are moved to those of a float32, whose exponent is then
// set right by an exact product.
func smallFloat(u uint32, exp, mant uint) float64 {
	sign := u >> (exp + mant) & 1
	mag := u & (1<<(exp+mant) - 1)
	if mag>>mant == 1<<exp-1 {
		return math.NaN()
	}
	f := math.Float32frombits(sign<<31 | mag<<(23-mant))
	return float64(f) * math.Float64frombits(uint64(1023+127-(1<<(exp-1)-1))<<52)
}

// e4m3 is the value of an FP8 E4M3 number (arXiv:2209.05433), which has no
// infinity and one NaN.
func e4m3(u uint8) float64 {
	if u&0x7f == 0x7f {
		return math.NaN()
	}
	f := math.Float32frombits(uint32(u&0x80)<<24 | uint32(u&0x7f)<<20)
	return float64(f) * math.Float64frombits(uint64(1023+127-7)<<52)
}
