package predict

import (
	"encoding/binary"
	"math"

	"dits/tensorstore/codec"
)

// load sets dst to the values of the elements of b, exactly.
func load(dst []float32, b []byte, e codec.Elem) { loadBy(kernelBest, dst, b, e) }

func loadBy(k kernel, dst []float32, b []byte, e codec.Elem) {
	b = b[:len(dst)*e.Size()]
	n := k.load(dst, b, e)
	dst, b = dst[n:], b[n*e.Size():]
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

// roundIf rounds values to those of an element type, the one that they were computed from. A
// NaN stays one: those of BF16 have no low bits that could carry.
func roundIf(do bool, a []float32, e codec.Elem) {
	if !do {
		return
	}
	switch e {
	case codec.BF16:
		for i, v := range a {
			a[i] = math.Float32frombits(uint32(toBF16(math.Float32bits(v))) << 16)
		}
	case codec.F16:
		for i, v := range a {
			a[i] = halfToFloat32(toHalf(math.Float32bits(v)))
		}
	}
}

// toBF16 is the BF16 nearest to a float32 that is a number, ties to even.
func toBF16(u uint32) uint16 { return uint16((u + 0x7fff + u>>16&1) >> 16) }

// toHalf is the binary16 nearest to a float32, ties to even.
func toHalf(u uint32) uint16 {
	sign, rest := uint16(u>>16)&0x8000, u&0x7fffffff
	switch {
	case rest > 0x7f800000:
		return sign | 0x7e00
	case rest >= (127+16)<<23:
		return sign | 0x7c00
	case rest < (127-14)<<23: // the sum has its last place where the smallest half has
		return sign | uint16(math.Float32bits(float32(math.Float32frombits(rest)+0.5))-126<<23)
	}
	// A carry out of the largest number gives infinity, as it should.
	return sign | uint16((rest-(127-15)<<23+0xfff+rest>>13&1)>>13)
}

// store writes values rounded to element type to; for a NaN the element of the source.
func store(dst []byte, to codec.Elem, a []float32, source []byte, from codec.Elem) {
	if storeValues(dst, to, a) {
		storeNaNs(dst, to, a, source, from)
	}
}

// storeValues writes values rounded to element type to, and says whether one is a NaN.
func storeValues(dst []byte, to codec.Elem, a []float32) (nan bool) {
	return storeBy(kernelBest, dst, to, a)
}

func storeBy(k kernel, dst []byte, to codec.Elem, a []float32) bool {
	dst = dst[:len(a)*to.Size()]
	n, nan := k.store(dst, to, a)
	dst, a = dst[n*to.Size():], a[n:]
	switch to {
	case codec.BF16:
		for i, v := range a {
			u := math.Float32bits(v)
			nan = nan || isNaN(u)
			binary.LittleEndian.PutUint16(dst[2*i:], toBF16(u))
		}
	case codec.F16:
		for i, v := range a {
			u := math.Float32bits(v)
			nan = nan || isNaN(u)
			binary.LittleEndian.PutUint16(dst[2*i:], toHalf(u))
		}
	default:
		for i, v := range a {
			u := math.Float32bits(v)
			nan = nan || isNaN(u)
			binary.LittleEndian.PutUint32(dst[4*i:], u)
		}
	}
	return nan
}

// storeNaNs is the rare part of store.
func storeNaNs(dst []byte, to codec.Elem, a []float32, source []byte, from codec.Elem) {
	for i, v := range a {
		switch {
		case !isNaN(math.Float32bits(v)):
		case from == to:
			copy(dst[i*to.Size():][:to.Size()], source[i*to.Size():])
		default:
			put(dst[i*to.Size():], to, get(source[i*from.Size():], from))
		}
	}
}
