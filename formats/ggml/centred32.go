package ggml

import (
	"encoding/binary"

	"dits/formats/float"
)

// A centred32 is Q4_0 or Q5_0: 32 quants around top under one scale d.
type centred32 struct {
	kind   Type
	top    int32
	pack   func(dst []byte, quants *[blockElems]uint8)
	unpack func(quants *[blockElems]uint8, src []byte)
}

var (
	q40 = &centred32{Q4_0, 8, packNibbles, unpackNibbles}
	q50 = &centred32{Q5_0, 16, packFives, unpackFives}
)

func (k *centred32) quantise(q *Quantiser, dst []byte, src []float32) {
	if q.Weights != nil {
		k.quantiseWeighted(q, dst, src)
		return
	}
	var quants [blockElems]uint8
	blocks(k.kind, dst, src, func(block []byte, x []float32, _ int) {
		d := k.scale(x)
		putHalf(block, 0, d)
		k.roundBlock(&quants, x, reciprocal(d), q.Fused)
		k.pack(block[2:], &quants)
	})
}

// scale returns d of quantize_row_q4_0_ref and quantize_row_q5_0_ref (ggml-quants.c,
// MIT), which makes the value of greatest magnitude the lowest quant.
func (k *centred32) scale(x []float32) float32 {
	extreme, _ := widest(x)
	return extreme / -float32(k.top)
}

// roundBlock sets the quants to x·inverse, rounded as upstream does: half is added
// and the fraction dropped.
func (k *centred32) roundBlock(quants *[blockElems]uint8, x []float32, inverse float32, fused bool) {
	offset, limit := float32(k.top)+0.5, 2*k.top-1
	if fused || !fitsInt32(x, inverse) {
		for i, v := range x[:blockElems] {
			quants[i] = uint8(max(0, min(limit, truncInt32(mulAdd(fused, v, inverse, offset)))))
		}
		return
	}
	for i, v := range x[:blockElems] {
		quants[i] = uint8(max(0, min(limit, int32(float32(v*inverse)+offset))))
	}
}

// quantiseWeighted is quantize_row_q4_0_impl and quantize_row_q5_0_impl of
// ggml-quants.c (MIT).
func (k *centred32) quantiseWeighted(q *Quantiser, dst []byte, src []float32) {
	sigma2 := sumSquares(src) / float32(q.Columns)
	var weights [blockElems]float32
	var quants [blockElems]uint8
	blocks(k.kind, dst, src, func(block []byte, x []float32, at int) {
		importance(weights[:], q.Weights[at:], x, sigma2, q.Fused)
		d, _ := symmetric(quants[:], x, weights[:], k.top, q.Fused)
		putHalf(block, 0, d)
		k.pack(block[2:], &quants)
	})
}

func (k *centred32) round(dst []byte, src []float32) {
	var quants [blockElems]uint8
	blocks(k.kind, dst, src, func(block []byte, x []float32, _ int) {
		k.roundBlock(&quants, x, storedReciprocal(block, k.scale(x)), false)
		k.pack(block[2:], &quants)
	})
}

func (k *centred32) dequantise(dst []float32, src []byte) {
	var quants [blockElems]uint8
	size := int(k.kind.BlockBytes())
	for ; len(dst) > 0; dst, src = dst[blockElems:], src[size:] {
		d := halfAt(src, 0)
		k.unpack(&quants, src[2:])
		for i, l := range quants {
			dst[i] = float32(float32(int32(l)-k.top) * d)
		}
	}
}

// reciprocal returns 1/d, 0 for 0.
func reciprocal(d float32) float32 {
	if d == 0 {
		return 0
	}
	return 1 / d
}

// storedReciprocal returns the reciprocal of the scale in the first two bytes of a
// block. Upstream rounds quants with d before its rounding to binary16; that is
// used if it rounds to the stored one, which it does wherever x is what the block
// was made from.
func storedReciprocal(block []byte, d float32) float32 {
	stored := binary.LittleEndian.Uint16(block)
	if float.ToF16(d) == stored {
		return reciprocal(d)
	}
	return reciprocal(float.F16(stored))
}
