package ggml

// Q3_K has 16 groups of 16: 32 bytes with the high bit of the quants, 64 with their
// low 2 bits, 12 with a scale of 6 bits a group, biased by 32, and d at 108. Of the
// scale of group j, the low 4 bits are in byte j%8, low half first, and the high 2
// in bits 2·(j/4) of byte 8 + j%4.

func quantiseQ3K(q *Quantiser, dst []byte, src []float32) {
	var b superBlock
	superBlocks(Q3_K, dst, src, func(block []byte, x []float32, at int) {
		blockQ3K(q, &b, block, x, at)
	})
}

// blockQ3K quantises one block, whose first column is at.
func blockQ3K(q *Quantiser, b *superBlock, block []byte, x []float32, at int) {
	if q.Weights == nil {
		fitQ3K(b, block, x, q.Fused)
	} else {
		fitWeightedQ3K(b, block, x, q.Weights[at:], q.Fused)
	}
	finishQ3K(b, block, x)
}

// fitQ3K finds scales as quantize_row_q3_K_ref of ggml-quants.c does (MIT).
func fitQ3K(b *superBlock, block []byte, x []float32, fused bool) {
	for j := range 16 {
		b.scales[j] = refine(b.quants[16*j:16*j+16], x[16*j:16*j+16], fused)
	}
	storeQ3K(b, block, fused)
}

// storeQ3K is the part of fitQ3K behind its searches.
func storeQ3K(b *superBlock, block []byte, fused bool) {
	clear(block[96:110])
	extreme, _ := widest(b.scales[:])
	if extreme == 0 {
		return
	}
	inverse := -32 / extreme
	for j, scale := range b.scales {
		l := int8(nearestProduct(fused, inverse, scale))
		packScaleQ3K(block[96:108], j, uint8(max(-32, min(31, l))+32))
	}
	putHalf(block, 108, 1/inverse)
}

// fitWeightedQ3K finds scales as quantize_row_q3_K_impl of ggml-quants.c does (MIT).
func fitWeightedQ3K(b *superBlock, block []byte, x, w []float32, fused bool) {
	sigma2 := float32(2 * sumSquares(x) / superElems)
	for j := range 16 {
		group := x[16*j : 16*j+16]
		weights := b.weights[:16]
		importance(weights, w[16*j:], group, sigma2, fused)
		b.sums[j] = sum(weights)
		b.scales[j], _ = symmetric(b.quants[16*j:16*j+16], group, weights, 4, fused)
	}
	storeWeightedQ3K(b, block, fused)
}

// storeWeightedQ3K is the part of fitWeightedQ3K behind its searches.
func storeWeightedQ3K(b *superBlock, block []byte, fused bool) {
	clear(block[96:108])
	var scales [16]uint8
	d, _ := symmetric(scales[:], b.scales[:], b.sums[:], 32, fused)
	for j, scale := range scales {
		packScaleQ3K(block[96:108], j, scale)
	}
	putHalf(block, 108, d)
}

// packScaleQ3K adds the scale of group j to the packed scales, which start as zeros.
func packScaleQ3K(packed []byte, j int, scale uint8) {
	packed[j%8] |= scale & 15 << (j / 8 * 4)
	packed[8+j%4] |= scale >> 4 << (j / 4 * 2)
}

// stepQ3K returns the step of group j.
func stepQ3K(block []byte, d float32, j int) float32 {
	packed := block[96:108]
	scale := packed[j%8]>>(j/8*4)&15 | packed[8+j%4]>>(j/4*2)&3<<4
	return float32(d * float32(int32(scale)-32))
}

// finishQ3K rounds with the scales as they are stored; a group whose scale is 0
// keeps the quants of its search.
func finishQ3K(b *superBlock, block []byte, x []float32) {
	d := halfAt(block, 108)
	for j := range 16 {
		if step := stepQ3K(block, d, j); step != 0 {
			roundCentred(b.quants[16*j:16*j+16], x[16*j:16*j+16], step, 4)
		}
	}
	packQ3K(block, &b.quants)
}

func packQ3K(block []byte, quants *[superElems]uint8) {
	top := block[:32]
	clear(top)
	for j := range 8 {
		for i, l := range quants[32*j:][:32] {
			top[i] |= l >> 2 & 1 << j
		}
	}
	packTwoBits(block[32:96], quants)
}

func roundQ3K(dst []byte, src []float32) {
	var b superBlock
	superBlocks(Q3_K, dst, src, func(block []byte, x []float32, _ int) {
		roundBlockQ3K(&b, block, x)
	})
}

// roundBlockQ3K is roundQ3K of one block.
func roundBlockQ3K(b *superBlock, block []byte, x []float32) {
	d := halfAt(block, 108)
	for j := range 16 {
		if stepQ3K(block, d, j) == 0 {
			refine(b.quants[16*j:16*j+16], x[16*j:16*j+16], false)
		}
	}
	finishQ3K(b, block, x)
}

func dequantiseQ3K(dst []float32, src []byte) {
	for ; len(dst) > 0; dst, src = dst[superElems:], src[110:] {
		d := halfAt(src, 108)
		for j := range 16 {
			step := stepQ3K(src, d, j)
			// Group j is half j/8, 2 bits j/2%4, and 16 of the 32 bytes j%2.
			out, in, shift := dst[16*j:][:16], src[32+32*(j/8)+16*(j&1):][:16], j>>1&3*2
			top, bit := src[16*(j&1):][:16], j>>1
			for i := range out {
				l := int32(in[i]>>shift&3|top[i]>>bit&1<<2) - 4
				out[i] = float32(step * float32(l))
			}
		}
	}
}
