package ggml

import (
	"encoding/binary"
	"math"

	"dits/formats/float"
)

// An affine32 is Q4_1 or Q5_1: 32 quants up from m in steps of d.
type affine32 struct {
	kind     Type
	top      int32
	weighted *affineSearch
	pack     func(dst []byte, quants *[blockElems]uint8)
	unpack   func(quants *[blockElems]uint8, src []byte)
}

var (
	q41 = &affine32{Q4_1, 15, newAffineSearch(15, -0.9, 0.05, 36, false), packNibbles, unpackNibbles}
	q51 = &affine32{Q5_1, 31, newAffineSearch(31, -0.9, 0.05, 36, false), packFives, unpackFives}
)

func (k *affine32) quantise(q *Quantiser, dst []byte, src []float32) {
	if q.Weights != nil {
		k.quantiseWeighted(q, dst, src)
		return
	}
	var quants [blockElems]uint8
	blocks(k.kind, dst, src, func(block []byte, x []float32, _ int) {
		d, low := k.scale(x)
		putHalf(block, 0, d)
		putHalf(block, 2, low)
		k.roundBlock(&quants, x, reciprocal(d), low, q.Fused)
		k.pack(block[4:], &quants)
	})
}

// scale returns d and m of quantize_row_q4_1_ref and quantize_row_q5_1_ref
// (ggml-quants.c, MIT), which span the range of x.
func (k *affine32) scale(x []float32) (d, low float32) {
	low, high := float32(math.MaxFloat32), float32(-math.MaxFloat32)
	for _, v := range x {
		if v < low {
			low = v
		}
		if v > high {
			high = v
		}
	}
	return (high - low) / float32(k.top), low
}

// roundBlock sets the quants to (x − low)·inverse, rounded as upstream does: half is
// added and the fraction dropped.
func (k *affine32) roundBlock(quants *[blockElems]uint8, x []float32, inverse, low float32, fused bool) {
	for i, v := range x[:blockElems] {
		quants[i] = uint8(max(0, min(k.top, truncInt32(mulAdd(fused, v-low, inverse, 0.5)))))
	}
}

// quantiseWeighted is quantize_row_q4_1_impl and quantize_row_q5_1_impl of
// ggml-quants.c (MIT).
func (k *affine32) quantiseWeighted(q *Quantiser, dst []byte, src []float32) {
	sigma2 := sumSquares(src) / float32(q.Columns)
	var weights [blockElems]float32
	var quants [blockElems]uint8
	blocks(k.kind, dst, src, func(block []byte, x []float32, at int) {
		importance(weights[:], q.Weights[at:], x, sigma2, q.Fused)
		found := k.weighted.find(quants[:], x, weights[:], q.Fused)
		putHalf(block, 0, found.scale)
		putHalf(block, 2, -found.offset)
		k.pack(block[4:], &quants)
	})
}

// round uses the exact scales in the place of the stored ones as storedReciprocal
// does.
func (k *affine32) round(dst []byte, src []float32) {
	var quants [blockElems]uint8
	blocks(k.kind, dst, src, func(block []byte, x []float32, _ int) {
		d, low := k.scale(x)
		if float.ToF16(d) != binary.LittleEndian.Uint16(block) || float.ToF16(low) != binary.LittleEndian.Uint16(block[2:]) {
			d, low = halfAt(block, 0), halfAt(block, 2)
		}
		k.roundBlock(&quants, x, reciprocal(d), low, false)
		k.pack(block[4:], &quants)
	})
}

func (k *affine32) dequantise(dst []float32, src []byte) {
	var quants [blockElems]uint8
	size := int(k.kind.BlockBytes())
	for ; len(dst) > 0; dst, src = dst[blockElems:], src[size:] {
		d, low := halfAt(src, 0), halfAt(src, 2)
		k.unpack(&quants, src[4:])
		for i, l := range quants {
			dst[i] = float32(float32(l)*d) + low
		}
	}
}
