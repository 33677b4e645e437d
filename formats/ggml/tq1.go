package ggml

import (
	"encoding/binary"

	"dits/formats/float"
)

// A tq1Run is a run of bytes of a TQ1_0 block, each with the codes of values that
// are as far apart as the run is long.
type tq1Run struct{ off, value, len, trits int }

// tq1Runs tile the 52 bytes of codes and the 256 values.
var tq1Runs = [3]tq1Run{{0, 0, 32, 5}, {32, 160, 16, 5}, {48, 240, 4, 4}}

// setTQ1 sets 52 bytes to the codes of 256 values times inverse.
func setTQ1(packed []byte, src []float32, inverse float32) {
	for _, r := range tq1Runs {
		for j := range r.len {
			var trits uint8
			for k := range 5 {
				trits *= 3
				if k < r.trits {
					trits += ternaryCode(src[r.value+k*r.len+j], inverse)
				}
			}
			packed[r.off+j] = fractionOfTrits(trits)
		}
	}
}

// fractionOfTrits returns five trits as a fraction of 243 in units of 1/256,
// rounded up, so that multiplying by 3 shifts the first trit out at the top.
func fractionOfTrits(trits uint8) uint8 {
	return uint8((uint16(trits)*256 + 242) / 243)
}

// fromTQ1 sets the 256 values of a block, as dequantize_row_tq1_0 does.
func fromTQ1(values []float32, block []byte) {
	d := float.F16(binary.LittleEndian.Uint16(block[52:]))
	levels := ternaryLevels(d)
	for _, r := range tq1Runs {
		for j, fraction := range block[r.off : r.off+r.len] {
			for k := range r.trits {
				values[r.value+k*r.len+j] = levels[uint16(fraction)*3>>8&3]
				fraction *= 3
			}
		}
	}
	settleNaNs(values, d)
}

// ternaryLevels returns what the codes 0 to 3 stand for.
func ternaryLevels(d float32) [4]float32 { return [4]float32{-1 * d, 0 * d, 1 * d, 2 * d} }
