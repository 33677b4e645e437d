package ggml

import (
	"encoding/binary"
	"math"

	"dits/formats/float"
)

// iq4Values is kvalues_iq4nl of ggml-common.h (ggml, MIT): what the 16 codes of
// IQ4_NL and IQ4_XS stand for, in units of the group's scale.
var iq4Values = [16]float32{-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113}

// iq4Halves has the code for each half unit from -256 up: the middles between
// neighbouring values are whole halves, and so floor(2x) decides.
var iq4Halves = func() (codes [1024]uint8) {
	for i := range codes {
		codes[i] = iq4Code(float32(i)/2 - 256)
	}
	return codes
}()

// iq4HalfValues has the values of iq4Halves.
var iq4HalfValues = func() (values [1024]float32) {
	for i, code := range iq4Halves {
		values[i] = iq4Values[code]
	}
	return values
}()

// iq4Code returns the code nearest to x, the upper one of two as near, 15 for a
// NaN: best_index_int8 of ggml-quants.c, whose differences are exact where it
// matters.
func iq4Code(x float32) uint8 {
	for i := range uint8(15) {
		if x < (iq4Values[i]+iq4Values[i+1])/2 {
			return i
		}
	}
	return 15
}

// iq4CodeFast is iq4Code for twice a number in [-256, 256). A tiny negative number
// that disappears beside 512 has code 8 nonetheless: it is far from any middle.
func iq4CodeFast(twice float32) uint8 {
	return iq4Halves[uint32(int32(float64(twice)+512))&1023]
}

// iq4ValueFast is the value of iq4CodeFast.
func iq4ValueFast(twice float32) float32 {
	return iq4HalfValues[uint32(int32(float64(twice)+512))&1023]
}

// setIQ4Codes sets 16 bytes to the codes of 32 values times inverse: those of the
// first half in the low nibbles, those of the second in the high ones.
func setIQ4Codes(packed []byte, values []float32, inverse float32) {
	packed, values = packed[:16], values[:32]
	_, magnitude := widest(values)
	if allFinite(values) && abs32(inverse)*magnitude < 255 {
		for j := range packed {
			packed[j] = iq4CodeFast(2*inverse*values[j]) | iq4CodeFast(2*inverse*values[j+16])<<4
		}
		return
	}
	for j := range packed {
		packed[j] = iq4Code(inverse*values[j]) | iq4Code(inverse*values[j+16])<<4
	}
}

// setIQ4Values sets 32 values from 16 bytes of codes.
func setIQ4Values(values []float32, packed []byte, scale float32) {
	values, packed = values[:32], packed[:16]
	for j, codes := range packed {
		values[j] = scale * iq4Values[codes&15]
		values[j+16] = scale * iq4Values[codes>>4]
	}
}

// inverseOrZero returns 1/scale, 0 for 0.
func inverseOrZero(scale float32) float32 {
	if scale == 0 {
		return 0
	}
	return 1 / scale
}

// allFinite reports whether there is neither a NaN nor an infinity among values.
func allFinite(values []float32) bool {
	var highest uint32
	for _, v := range values {
		highest = max(highest, math.Float32bits(v)<<1)
	}
	return highest < 0xff<<24
}

// fromIQ4NL sets the 32 values of a block, as dequantize_row_iq4_nl does.
func fromIQ4NL(values []float32, block []byte) {
	d := float.F16(binary.LittleEndian.Uint16(block))
	setIQ4Values(values, block[2:], d)
	settleNaNs(values, d)
}

// fromIQ4XS sets the 256 values of a block, as dequantize_row_iq4_xs does.
func fromIQ4XS(values []float32, block []byte) {
	d := float.F16(binary.LittleEndian.Uint16(block))
	for i := range 8 {
		scale := d * float32(groupScaleIQ4XS(block, i))
		setIQ4Values(values[32*i:], block[8+16*i:], scale)
	}
	settleNaNs(values, d)
}

// groupScaleIQ4XS returns the six-bit scale of a group of 32, from -32 to 31: two
// high bits of a word at byte 2 and four low ones of the bytes from 4.
func groupScaleIQ4XS(block []byte, group int) int32 {
	high := int32(binary.LittleEndian.Uint16(block[2:]) >> (2 * group) & 3)
	low := int32(block[4+group/2] >> (group % 2 * 4) & 15)
	return high<<4 | low - 32
}
