package predict

import (
	"encoding/binary"
	"math"

	"dits/tensorstore/codec"
)

// load sets dst to the values of the elements of b, exactly.
func load(dst []float32, b []byte, e codec.Elem) {
	b = b[:len(dst)*e.Size()]
	switch e {
	case codec.BF16:
		for i := range dst {
			dst[i] = math.Float32frombits(uint32(binary.LittleEndian.Uint16(b[2*i:])) << 16)
		}
	case codec.F16:
		for i := range dst {
			dst[i] = halfToFloat32(binary.LittleEndian.Uint16(b[2*i:]))
		}
	default:
		for i := range dst {
			dst[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
		}
	}
}

// halfToFloat32 is the value of an IEEE 754 binary16.
func halfToFloat32(h uint16) float32 {
	sign, rest := uint32(h&0x8000)<<16, uint32(h&0x7fff)
	switch {
	case rest < 0x400: // the product is exact
		return math.Float32frombits(sign | math.Float32bits(float32(rest)*0x1p-24))
	case rest >= 0x7c00:
		return math.Float32frombits(sign | 0x7f800000 | rest&0x3ff<<13)
	}
	return math.Float32frombits(sign | rest<<13 + (127-15)<<23)
}

// The conversions below keep a product from being fused with a sum.

func scale(a []float32, c float32) {
	for i := range a {
		a[i] = float32(a[i] * c)
	}
}

func add(a, b []float32) {
	b = b[:len(a)]
	for i := range a {
		a[i] = float32(a[i] + b[i])
	}
}

func subtract(a, b []float32) {
	b = b[:len(a)]
	for i := range a {
		a[i] = float32(a[i] - b[i])
	}
}

func divide(a []float32, c float32) {
	for i := range a {
		a[i] = float32(a[i] / c)
	}
}

// isNaN is a test of bits.
func isNaN(u uint32) bool { return u&0x7fffffff > 0x7f800000 }

// roundIf rounds values to those of an element type. A NaN stays one.
func roundIf(do bool, a []float32, e codec.Elem) {
	if !do {
		return
	}
	switch e {
	case codec.BF16:
		for i, v := range a {
			if u := math.Float32bits(v); !isNaN(u) {
				a[i] = math.Float32frombits(uint32(toBF16(u)) << 16)
			}
		}
	case codec.F16:
		for i, v := range a {
			a[i] = halfToFloat32(uint16(round(float64(v), 5, 10)))
		}
	}
}

// toBF16 is the BF16 nearest to a float32 that is a number, ties to even.
func toBF16(u uint32) uint16 { return uint16((u + 0x7fff + u>>16&1) >> 16) }

// store writes values rounded to element type to; for a NaN the element of the source.
func store(dst []byte, to codec.Elem, a []float32, source []byte, from codec.Elem) {
	for i, v := range a {
		u := math.Float32bits(v)
		switch {
		case isNaN(u) && from == to:
			copy(dst[i*to.Size():][:to.Size()], source[i*to.Size():])
		case isNaN(u):
			put(dst[i*to.Size():], to, get(source[i*from.Size():], from))
		case to == codec.BF16:
			binary.LittleEndian.PutUint16(dst[2*i:], toBF16(u))
		case to == codec.F16:
			binary.LittleEndian.PutUint16(dst[2*i:], uint16(round(float64(v), 5, 10)))
		default:
			binary.LittleEndian.PutUint32(dst[4*i:], u)
		}
	}
}
