package ggml

import (
	"encoding/binary"

	"dits/formats/float"
)

// toIQ4NL quantises a row of blocks of 32, as quantize_iq4_nl does.
func toIQ4NL(q *Quantiser, dst []byte, src []float32) {
	g := iq4Group{fused: q.Fused}
	for i := 0; i < len(src); i, dst = i+32, dst[18:] {
		g.load(src[i:], q.weightsAt(i), meanSquareTwice(src[i:i+32]))
		scale := g.scale()
		binary.LittleEndian.PutUint16(dst, scaleHalf(scale))
		setIQ4Codes(dst[2:], g.x[:], inverseOrZero(scale))
	}
}

// toIQ4XS quantises a row of blocks of 256, as quantize_iq4_xs does.
func toIQ4XS(q *Quantiser, dst []byte, src []float32) {
	for i := 0; i < len(src); i, dst = i+256, dst[136:] {
		blockToIQ4XS(dst[:136], src[i:i+256], q.weightsAt(i), q.Fused)
	}
}

// blockToIQ4XS searches the scales of eight groups, writes them as six bits each
// of the widest, and rounds with what those mean, but for the rounding of the
// block's own scale.
func blockToIQ4XS(block []byte, src, weights []float32, fused bool) {
	g := iq4Group{fused: fused}
	var scales [8]float32
	variance := meanSquareTwice(src)
	for i := range scales {
		g.load(src[32*i:], columnsFrom(weights, 32*i), variance)
		scales[i] = g.scale()
	}
	widestScale, _ := widest(scales[:])
	d := -widestScale / 32
	binary.LittleEndian.PutUint16(block, scaleHalf(d))
	clear(block[2:8])
	inverse := inverseOrZero(d)
	for i, s := range scales {
		steps := min(max(nearestProduct(fused, inverse, s), -32), 31)
		setGroupScaleIQ4XS(block, i, steps)
		setIQ4Codes(block[8+16*i:], src[32*i:], inverseOrZero(d*float32(steps)))
	}
}

// setGroupScaleIQ4XS is the reverse of groupScaleIQ4XS on a block whose bits there
// are 0.
func setGroupScaleIQ4XS(block []byte, group int, steps int32) {
	bits := uint16(steps + 32)
	high := binary.LittleEndian.Uint16(block[2:])
	binary.LittleEndian.PutUint16(block[2:], high|bits>>4<<(2*group))
	block[4+group/2] |= byte(bits&15) << (group % 2 * 4)
}

// roundIQ4NL sets the codes of a block that has its scale.
func roundIQ4NL(block []byte, src []float32) {
	d := float.F16(binary.LittleEndian.Uint16(block))
	setIQ4Codes(block[2:], src, inverseOrZero(d))
}

// roundIQ4XS sets the codes of a block that has its scales. The quantiser has d
// before its rounding to binary16: some 0.1% of its codes are others.
func roundIQ4XS(block []byte, src []float32) {
	d := float.F16(binary.LittleEndian.Uint16(block))
	for i := range 8 {
		setIQ4Codes(block[8+16*i:], src[32*i:], inverseOrZero(d*float32(groupScaleIQ4XS(block, i))))
	}
}

// load sets the values and weights of a group. Without an importance matrix a
// value weighs its square; with one, variance is twice the mean square of its block.
func (g *iq4Group) load(src, weights []float32, variance float32) {
	copy(g.x[:], src[:32])
	for j, x := range g.x {
		g.weight[j] = x * x
		if weights != nil {
			g.weight[j] = weights[j] * sqrt32(mulAdd(g.fused, x, x, variance))
		}
	}
}

// meanSquareTwice returns twice the mean of the squares.
func meanSquareTwice(values []float32) float32 {
	return sumSquares(values) * (2 / float32(len(values)))
}

// weightsAt returns the weights from a column on, nil if there are none.
func (q *Quantiser) weightsAt(column int) []float32 { return columnsFrom(q.Weights, column) }

func columnsFrom(weights []float32, column int) []float32 {
	if weights == nil {
		return nil
	}
	return weights[column:]
}
