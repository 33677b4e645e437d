package number

import (
	"math"

	"dits/formats"
)

// A Grid is how far apart the numbers of a float dtype lie.
type Grid struct {
	digits int // of the significand, the hidden one included
	minExp int // exponent of the smallest normal number
}

// grids are the dtypes that weights are rounded to.
var grids = map[formats.DType]Grid{
	"BF16": {8, -126}, "F16": {11, -14}, "F32": {24, -126}, "F64": {53, -1022},
	"F8_E4M3": {4, -6}, "F8_E5M2": {3, -14},
}

// GridOf is the grid of a dtype, and false where that is no float that weights are rounded to.
func GridOf(d formats.DType) (Grid, bool) {
	g, ok := grids[d]
	return g, ok
}

// IsWide says that d is a float of 16 bits or more: of such a tensor another is a cast that says something.
func IsWide(d formats.DType) bool {
	g, ok := grids[d]
	return ok && g.digits >= grids["BF16"].digits
}

// IsFiner says that floats of dtype d have more digits than those of e.
func IsFiner(d, e formats.DType) bool {
	g, ok := grids[d]
	h, other := grids[e]
	return ok && other && g.digits > h.digits
}

// Ulp is a unit in the last place of x: the distance of the numbers in its binade. It is 0 for 0 and for
// what is not finite.
func (g Grid) Ulp(x float64) float64 {
	bits := math.Float64bits(x) >> 52 & 0x7ff
	if x == 0 || bits == 0x7ff {
		return 0
	}
	e := max(int(bits)-1023, g.minExp) - g.digits + 1
	return math.Float64frombits(uint64(max(e+1023, 1)) << 52)
}

// Step is [Grid.Ulp], and that of the smallest numbers for 0.
func (g Grid) Step(x float64) float64 {
	if x == 0 {
		return math.Ldexp(1, g.minExp-g.digits+1)
	}
	return g.Ulp(x)
}

// Round is the number of the grid that is nearest to x, ties to even; what is beyond the largest stays as it is.
func (g Grid) Round(x float64) float64 {
	u := g.Ulp(x)
	if u == 0 || g.digits >= 53 {
		return x
	}
	return math.RoundToEven(x/u) * u
}
