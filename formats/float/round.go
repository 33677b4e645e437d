package float

import "math"

// ToBF16 is the bfloat16 nearest to f, ties to even. A NaN keeps its upper bits and becomes quiet.
func ToBF16(f float32) uint16 {
	u := math.Float32bits(f)
	if IsNaN(u) {
		return uint16(u>>16 | quiet>>16)
	}
	return uint16((u + 0x7fff + u>>16&1) >> 16) // a carry out of the largest number gives infinity, as it should
}

// ToF16 is the binary16 nearest to f, ties to even. Any NaN becomes the quiet one with its sign.
func ToF16(f float32) uint16 {
	u := math.Float32bits(f)
	rest := u &^ signBit
	switch {
	case rest >= (127+16)<<23: // infinity, or a NaN
		rest = 0x7c00 | (infinity-rest)>>31<<9
	case rest < (127-14)<<23: // the sum has its last place where the smallest half has
		rest = math.Float32bits(math.Float32frombits(rest)+0.5) - 126<<23
	default: // a carry as in ToBF16
		rest = (rest - (127-15)<<23 + 0xfff + rest>>13&1) >> 13
	}
	return uint16(u>>16&0x8000 | rest)
}

// ToE4M3 is the [E4M3] nearest to f, ties to even, and the largest, 448, for what is beyond. A NaN keeps its sign.
func ToE4M3(f float32) uint8 {
	sign := uint8(math.Float32bits(f) >> 24 & 0x80)
	if f != f {
		return sign | 0x7f
	}
	v := math.Abs(float64(f))
	switch {
	case v == 0:
		return sign
	case v >= 448:
		return sign | 0x7e
	}
	_, exp := math.Frexp(v) // v in [2^(exp-1), 2^exp)
	exp = max(exp-1, -6)
	// A carry goes into the exponent, as it should.
	n := int(math.RoundToEven(math.Ldexp(v, 3-exp))) + (exp+6)<<3
	return sign | uint8(n)
}

// ToOdd cuts v to a float32 whose last bit says that something is cut: rounded once more, to a type of at most 22
// bits of significand, it gives what rounding v at once does (Boldo and Melquiond, 2008). NaNs are those of [Narrow].
func ToOdd(v float64) float32 {
	f := Narrow(v)
	switch u := math.Float32bits(f); {
	case v != v, float64(f) == v:
		return f
	case math.Abs(float64(f)) > math.Abs(v): // infinity too: the number below it is odd
		return math.Float32frombits((u - 1) | 1)
	default:
		return math.Float32frombits(u | 1)
	}
}
