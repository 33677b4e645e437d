package repo

import (
	"math"

	"dits/formats"
)

// A floatGrid is how far apart the numbers of a float dtype lie.
type floatGrid struct {
	digits int // of the significand, the hidden one included
	minExp int // exponent of the smallest normal number
}

// floatGrids are the dtypes that weights are rounded to.
var floatGrids = map[formats.DType]floatGrid{
	"BF16": {8, -126}, "F16": {11, -14}, "F32": {24, -126}, "F64": {53, -1022},
	"F8_E4M3": {4, -6}, "F8_E5M2": {3, -14},
}

// ulp is a unit in the last place of x: the distance of the numbers in its binade. It is 0 for 0 and for
// what is not finite.
func (g floatGrid) ulp(x float64) float64 {
	bits := math.Float64bits(x) >> 52 & 0x7ff
	if x == 0 || bits == 0x7ff {
		return 0
	}
	e := max(int(bits)-1023, g.minExp) - g.digits + 1
	return math.Float64frombits(uint64(max(e+1023, 1)) << 52)
}

// step is ulp, and that of the smallest numbers for 0.
func (g floatGrid) step(x float64) float64 {
	if x == 0 {
		return math.Ldexp(1, g.minExp-g.digits+1)
	}
	return g.ulp(x)
}

// round is the number of the grid that is nearest to x, ties to even; what is beyond the largest stays as it is.
func (g floatGrid) round(x float64) float64 {
	u := g.ulp(x)
	if u == 0 || g.digits >= 53 {
		return x
	}
	return math.RoundToEven(x/u) * u
}
