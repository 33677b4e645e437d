package predict

import (
	"encoding/binary"
	"math"

	"dits/formats/float"
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
			dst[i] = float.BF16(binary.LittleEndian.Uint16(b[2*i:]))
		}
	case codec.F16:
		for i := range dst {
			dst[i] = float.F16(binary.LittleEndian.Uint16(b[2*i:]))
		}
	default:
		for i := range dst {
			dst[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
		}
	}
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

// roundIf rounds values to those of an element type, the one that they were computed from.
func roundIf(do bool, a []float32, e codec.Elem) {
	if !do {
		return
	}
	switch e {
	case codec.BF16:
		for i, v := range a {
			a[i] = float.BF16(float.ToBF16(v))
		}
	case codec.F16:
		for i, v := range a {
			a[i] = float.F16(float.ToF16(v))
		}
	}
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
			h := float.ToBF16(v)
			nan = nan || h&0x7fff > 0x7f80
			binary.LittleEndian.PutUint16(dst[2*i:], h)
		}
	case codec.F16:
		for i, v := range a {
			h := float.ToF16(v)
			nan = nan || h&0x7fff > 0x7c00
			binary.LittleEndian.PutUint16(dst[2*i:], h)
		}
	default:
		for i, v := range a {
			nan = nan || v != v
			binary.LittleEndian.PutUint32(dst[4*i:], math.Float32bits(v))
		}
	}
	return nan
}

// storeNaNs is the rare part of store.
func storeNaNs(dst []byte, to codec.Elem, a []float32, source []byte, from codec.Elem) {
	for i, v := range a {
		switch {
		case v == v:
		case from == to:
			copy(dst[i*to.Size():][:to.Size()], source[i*to.Size():])
		default:
			put(dst[i*to.Size():], to, get(source[i*from.Size():], from))
		}
	}
}
