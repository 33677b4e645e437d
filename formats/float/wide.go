package float

import "math"

// Conversions from and to float64. Of a NaN only the sign stays: processors disagree about its payload, and some lose
// the sign too.

// Wide is f.
func Wide(f float32) float64 {
	if f != f {
		return quietNaN(math.Float32bits(f))
	}
	return float64(f)
}

// Narrow is the float32 nearest to v, ties to even.
func Narrow(v float64) float32 {
	if v != v {
		return math.Float32frombits(uint32(math.Float64bits(v)>>32)&signBit | infinity | quiet)
	}
	return float32(v)
}

// Quiet is v, as Wide and Narrow have NaNs.
func Quiet(v float64) float64 {
	if v != v {
		return quietNaN(uint32(math.Float64bits(v) >> 32))
	}
	return v
}

// quietNaN is the NaN with the highest bit of upper as its sign.
func quietNaN(upper uint32) float64 {
	return math.Float64frombits(uint64(upper&signBit|0x7ff80000) << 32)
}
