package blocks

import (
	"encoding/binary"
	"math"

	"dits/formats/float"
)

// A stepRule says what the quants of a block are worth. All its arithmetic is that of single
// float32 operations.
type stepRule struct {
	group  int  // quants that share a step; 0 when nothing is known
	linear bool // a quant q is worth step·q + low; else it is an index, and low means nothing
	offset bool // low is not the same multiple of the step everywhere
	fill   func(steps *groupSteps, block []byte)
}

// A groupStep is what the quants of a group are worth.
type groupStep struct{ step, low float32 }

// groupSteps are the steps of a block, group by group.
type groupSteps [16]groupStep

// groups is the number of groups in a block of n quants.
func (r *stepRule) groups(n int) int { return n / r.group }

// centredSteps is the rule of one step, an F16 at d, for 32 quants of which zero is worth nothing.
func centredSteps(d int, zero float32) stepRule {
	return stepRule{group: 32, linear: true, fill: func(s *groupSteps, b []byte) {
		s[0] = centred(halfAt(b, d), zero)
	}}
}

// offsetSteps is the rule of an F16 at d and the value of quant 0 at m.
func offsetSteps(d, m int) stepRule {
	return stepRule{group: 32, linear: true, offset: true, fill: func(s *groupSteps, b []byte) {
		s[0] = groupStep{halfAt(b, d), halfAt(b, m)}
	}}
}

// indexSteps is the rule of an F16 at d by which the entries of a table are multiplied.
func indexSteps(d int) stepRule {
	return stepRule{group: 32, fill: func(s *groupSteps, b []byte) {
		s[0] = groupStep{step: halfAt(b, d)}
	}}
}

// ternarySteps is the rule of TQ2_0.
var ternarySteps = stepRule{group: 256, linear: true, fill: func(s *groupSteps, b []byte) {
	s[0] = centred(halfAt(b, 64), 1)
}}

// centred is a step with the quant that is worth nothing.
func centred(step, zero float32) groupStep { return groupStep{step, float32(-step * zero)} }

func fillMXFP4(s *groupSteps, b []byte) {
	s[0] = groupStep{step: math.Float32frombits(uint32(b[0]) << 23)}
}

func fillQ2K(s *groupSteps, b []byte) {
	d, m := halfAt(b, 80), halfAt(b, 82)
	for g := range s {
		s[g] = groupStep{float32(d * float32(b[g]&15)), float32(-m * float32(b[g]>>4))}
	}
}

func fillQ3K(s *groupSteps, b []byte) {
	d, low, high := halfAt(b, 108), b[96:104], b[104:108]
	for g := range s {
		u := int(low[g&7]>>(g>>3*4)&15) | int(high[g&3]>>(g>>2*2)&3)<<4
		s[g] = centred(float32(d*float32(u-32)), 4)
	}
}

func fillQ4K(s *groupSteps, b []byte) {
	d, m := halfAt(b, 0), halfAt(b, 2)
	for g := range 4 {
		x, y, z := b[4+g], b[8+g], b[12+g]
		s[g] = groupStep{float32(d * float32(x&63)), float32(-m * float32(y&63))}
		s[g+4] = groupStep{float32(d * float32(z&15|x>>6<<4)), float32(-m * float32(z>>4|y>>6<<4))}
	}
}

func fillQ6K(s *groupSteps, b []byte) {
	d := halfAt(b, 208)
	for g := range s {
		s[g] = centred(float32(d*float32(int8(b[192+g]))), 32)
	}
}

func fillQ8K(s *groupSteps, b []byte) {
	s[0] = centred(math.Float32frombits(binary.LittleEndian.Uint32(b)), 128)
}

func fillIQ4XS(s *groupSteps, b []byte) {
	d, high := halfAt(b, 0), int(binary.LittleEndian.Uint16(b[2:]))
	for g := range 8 {
		u := int(b[4+g/2]>>(g%2*4)&15) | high>>(2*g)&3<<4
		s[g] = groupStep{step: float32(d * float32(u-32))}
	}
}

// halfAt is the F16 at off; an infinity counts as NaN, which is another size.
func halfAt(b []byte, off int) float32 {
	h := binary.LittleEndian.Uint16(b[off:])
	if h&0x7c00 == 0x7c00 {
		return float32(math.NaN())
	}
	return float.F16(h)
}

// size is the logarithm of the step in quarter octaves, the mantissa taken for linear; 0 for the smallest.
func (s groupStep) size() int16 {
	return int16(math.Float32bits(s.step) << 1 >> 22)
}

// zero is the quant nearest to what is worth nothing, from 0 to most.
func (s groupStep) zero(most int) int {
	z := -s.low / s.step
	if !(z > 0) {
		return 0
	}
	if z >= float32(most) {
		return most
	}
	return int(z + 0.5)
}
