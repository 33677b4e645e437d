package ggml

// Q4_K and Q5_K share all but the width of their quants: 8 groups of 32, d and dmin
// in binary16 at offsets 0 and 2, and behind them 12 bytes with 6 bits of scale and
// of offset a group:
//
//	byte 0–3   scale of group j in bits 0–5, high 2 bits of the scale of group j+4
//	byte 4–7   offset of group j in bits 0–5, high 2 bits of the offset of group j+4
//	byte 8–11  low 4 bits of the scale of group j+4, low 4 bits of its offset
const sixBitOff = 4

// A sixBit is one of the two types.
type sixBit struct {
	kind     Type
	top      int32
	search   *affineSearch
	weighted *affineSearch
	pack     func(block []byte, quants *[superElems]uint8)
}

// unpackSixBit returns the scale and the offset of group j (get_scale_min_k4).
func unpackSixBit(packed []byte, j int) (scale, offset uint8) {
	if j < 4 {
		return packed[j] & 63, packed[j+4] & 63
	}
	return packed[j+4]&15 | packed[j-4]>>6<<4, packed[j+4]>>4 | packed[j]>>6<<4
}

// packSixBit sets those of group j; groups must come in order.
func packSixBit(packed []byte, j int, scale, offset uint8) {
	if j < 4 {
		packed[j], packed[j+4] = scale, offset
		return
	}
	packed[j+4] = scale&15 | offset<<4
	packed[j-4] |= scale >> 4 << 6
	packed[j] |= offset >> 4 << 6
}

func (k *sixBit) quantise(q *Quantiser, dst []byte, src []float32) {
	superBlocks(k.kind, dst, src, func(block []byte, x []float32, at int) {
		var b superBlock
		k.block(q, &b, block, x, at)
	})
}

// block quantises one block, whose first column is at.
func (k *sixBit) block(q *Quantiser, b *superBlock, block []byte, x []float32, at int) {
	if q.Weights == nil {
		k.fit(b, block, x, q.Fused)
	} else {
		k.fitWeighted(b, block, x, q.Weights[at:], q.Fused)
	}
	k.finish(b, block, x)
}

// fit finds scales as quantize_row_q4_K_ref and quantize_row_q5_K_ref do.
func (k *sixBit) fit(b *superBlock, block []byte, x []float32, fused bool) {
	for j := range 8 {
		found := k.fitGroup(b, x, j, fused)
		b.scales[j], b.offsets[j] = found.scale, found.offset
	}
	k.storeScales(b, block, fused)
}

// storeScales is the part of fit behind its searches.
func (k *sixBit) storeScales(b *superBlock, block []byte, fused bool) {
	var maxScale, maxOffset float32
	for j := range 8 {
		if b.scales[j] > maxScale {
			maxScale = b.scales[j]
		}
		if b.offsets[j] > maxOffset {
			maxOffset = b.offsets[j]
		}
	}
	inverseScale, inverseOffset := divideUnlessZero(63, maxScale), divideUnlessZero(63, maxOffset)
	for j := range 8 {
		scale := uint8(nearestProduct(fused, inverseScale, b.scales[j]))
		offset := uint8(nearestProduct(fused, inverseOffset, b.offsets[j]))
		packSixBit(block[sixBitOff:], j, min(63, scale), min(63, offset))
	}
	putHalf(block, 0, maxScale/63)
	putHalf(block, 2, maxOffset/63)
}

// fitGroup searches one group without importance.
func (k *sixBit) fitGroup(b *superBlock, x []float32, j int, fused bool) line {
	group := x[32*j : 32*j+32]
	weights := b.weights[:32]
	mean := sqrt32(sumSquares(group) / 32)
	for i, v := range group {
		weights[i] = mean + abs32(v)
	}
	return b.find(k.search, j, b.quants[32*j:32*j+32], group, weights, fused)
}

// fitWeighted finds scales as quantize_row_q4_K_impl and quantize_row_q5_K_impl do.
func (k *sixBit) fitWeighted(b *superBlock, block []byte, x, w []float32, fused bool) {
	sigma2 := float32(2 * sumSquares(x) / superElems)
	for j := range 8 {
		group := x[32*j : 32*j+32]
		weights := b.weights[:32]
		importance(weights, w[32*j:], group, sigma2, fused)
		b.sums[j] = sum(weights)
		found := b.find(k.weighted, j, b.quants[32*j:32*j+32], group, weights, fused)
		b.scales[j], b.offsets[j] = found.scale, found.offset
	}
	k.storeWeighted(b, block, fused)
}

// storeWeighted is the part of fitWeighted behind its searches.
func (k *sixBit) storeWeighted(b *superBlock, block []byte, fused bool) {
	var scales, offsets [8]uint8
	d := positive(scales[:], b.scales[:8], b.sums[:8], 63, fused)
	dmin := positive(offsets[:], b.offsets[:8], b.sums[:8], 63, fused)
	for j := range 8 {
		if k.kind == Q5_K {
			scales[j], offsets[j] = min(63, scales[j]), min(63, offsets[j])
		}
		packSixBit(block[sixBitOff:], j, scales[j], offsets[j])
	}
	putHalf(block, 0, d)
	putHalf(block, 2, dmin)
}

// finish rounds with the scales as they are stored; a group whose scale is 0
// keeps the quants of its search.
func (k *sixBit) finish(b *superBlock, block []byte, x []float32) {
	d, dmin := halfAt(block, 0), halfAt(block, 2)
	for j := range 8 {
		scale, offset := unpackSixBit(block[sixBitOff:], j)
		if step := float32(d * float32(scale)); step != 0 {
			roundAffine(b.quants[32*j:32*j+32], x[32*j:32*j+32], step, float32(dmin*float32(offset)), k.top)
		}
	}
	k.pack(block, &b.quants)
}

func (k *sixBit) round(dst []byte, src []float32) {
	var b superBlock
	superBlocks(k.kind, dst, src, func(block []byte, x []float32, _ int) {
		k.roundBlock(&b, block, x)
	})
}

// roundBlock is round of one block.
func (k *sixBit) roundBlock(b *superBlock, block []byte, x []float32) {
	d := halfAt(block, 0)
	for j := range 8 {
		if scale, _ := unpackSixBit(block[sixBitOff:], j); float32(d*float32(scale)) == 0 {
			k.fitGroup(b, x, j, false)
		}
	}
	k.finish(b, block, x)
}

// divideUnlessZero returns a/b, 0 if b is not positive.
func divideUnlessZero(a, b float32) float32 {
	if b > 0 {
		return a / b
	}
	return 0
}
