package codec

import (
	"encoding/binary"
	"math"

	"dits/formats/float"
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
			v[i] = float64(float.F16(binary.LittleEndian.Uint16(src[2*i:])))
		}
	case E4M3:
		for i := range v {
			v[i] = float64(float.E4M3(src[i]))
		}
	case E5M2:
		for i := range v {
			v[i] = float64(float.E5M2(src[i]))
		}
	default:
		integers(v, src, e)
	}
}

// bf16 is values for BF16.
func bf16(v []float64, src []byte) {
	for ; len(v) >= 4 && len(src) >= 8; v, src = v[4:], src[8:] {
		x, q := binary.LittleEndian.Uint64(src), (*[4]float64)(v)
		q[0] = float64(float.BF16(uint16(x)))
		q[1] = float64(float.BF16(uint16(x >> 16)))
		q[2] = float64(float.BF16(uint16(x >> 32)))
		q[3] = float64(float.BF16(uint16(x >> 48)))
	}
	for i := range v {
		v[i] = float64(float.BF16(binary.LittleEndian.Uint16(src[2*i:])))
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
