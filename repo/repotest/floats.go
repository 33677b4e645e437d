package repotest

import (
	"encoding/binary"
	"math"

	"dits/formats"
	"dits/formats/number"
)

// Grid is that of a float dtype.
func Grid(d formats.DType) number.Grid {
	g, ok := number.GridOf(d)
	if !ok {
		panic(d)
	}
	return g
}

// Floats rounds values to a dtype.
func Floats(d formats.DType, values []float64) (b []byte) {
	for _, x := range values {
		x = Grid(d).Round(x)
		switch d {
		case "F32":
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(float32(x)))
		case "BF16":
			b = binary.LittleEndian.AppendUint16(b, uint16(math.Float32bits(float32(x))>>16))
		case "F16":
			sign, e := uint16(0), math.Ilogb(math.Abs(x))
			if math.Signbit(x) {
				sign = 0x8000
			}
			if x == 0 || e < -14 {
				b = binary.LittleEndian.AppendUint16(b, sign|uint16(math.Abs(x)*0x1p24))
				continue
			}
			b = binary.LittleEndian.AppendUint16(b, sign|uint16(e+15)<<10|uint16(math.Ldexp(math.Abs(x), 10-e))&0x3ff)
		}
	}
	return b
}
