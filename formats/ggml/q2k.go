package ggml

// Q2_K has 16 groups of 16: a byte each with the scale in the low 4 bits and the
// offset in the high ones, 64 bytes of quants, d at 80 and dmin at 82.
var (
	searchQ2K   = newAffineSearch(3, -0.5, 0.1, 15, true)
	weightedQ2K = newAffineSearch(3, -0.9, 0.05, 36, false)
)

func quantiseQ2K(q *Quantiser, dst []byte, src []float32) {
	superBlocks(Q2_K, dst, src, func(block []byte, x []float32, at int) {
		var b superBlock
		blockQ2K(q, &b, block, x, at)
	})
}

// blockQ2K quantises one block, whose first column is at.
func blockQ2K(q *Quantiser, b *superBlock, block []byte, x []float32, at int) {
	if q.Weights == nil {
		fitQ2K(b, block, x, q.Fused)
	} else {
		fitWeightedQ2K(b, block, x, q.Weights[at:], q.Fused)
	}
	finishQ2K(b, block, x)
}

// fitQ2K finds scales as quantize_row_q2_K_ref of ggml-quants.c does (MIT).
func fitQ2K(b *superBlock, block []byte, x []float32, fused bool) {
	for j := range 16 {
		found := fitGroupQ2K(b, x, j, fused)
		b.scales[j], b.offsets[j] = found.scale, found.offset
	}
	storeQ2K(b, block, fused)
}

// storeQ2K is the part of fitQ2K behind its searches.
func storeQ2K(b *superBlock, block []byte, fused bool) {
	var maxScale, maxOffset float32
	for j := range 16 {
		if b.scales[j] > maxScale {
			maxScale = b.scales[j]
		}
		if b.offsets[j] > maxOffset {
			maxOffset = b.offsets[j]
		}
	}
	inverseScale, inverseOffset := divideUnlessZero(15, maxScale), divideUnlessZero(15, maxOffset)
	for j := range 16 {
		var scale, offset uint8
		if maxScale > 0 {
			scale = uint8(nearestProduct(fused, inverseScale, b.scales[j]))
		}
		if maxOffset > 0 {
			offset = uint8(nearestProduct(fused, inverseOffset, b.offsets[j]))
		}
		block[j] = scale | offset<<4
	}
	putHalf(block, 80, maxScale/15)
	putHalf(block, 82, maxOffset/15)
}

// fitGroupQ2K searches one group without importance: its weights are |x|.
func fitGroupQ2K(b *superBlock, x []float32, j int, fused bool) line {
	group := x[16*j : 16*j+16]
	weights := b.weights[:16]
	for i, v := range group {
		weights[i] = abs32(v)
	}
	return b.find(searchQ2K, j, b.quants[16*j:16*j+16], group, weights, fused)
}

// fitWeightedQ2K finds scales as quantize_row_q2_K_impl of ggml-quants.c does (MIT).
func fitWeightedQ2K(b *superBlock, block []byte, x, w []float32, fused bool) {
	sigma2 := float32(sumSquares(x) / superElems)
	for j := range 16 {
		group := x[16*j : 16*j+16]
		weights := b.weights[:16]
		importance(weights, w[16*j:], group, sigma2, fused)
		b.sums[j] = sum(weights)
		found := b.find(weightedQ2K, j, b.quants[16*j:16*j+16], group, weights, fused)
		b.scales[j], b.offsets[j] = found.scale, found.offset
	}
	storeWeightedQ2K(b, block, fused)
}

// storeWeightedQ2K is the part of fitWeightedQ2K behind its searches.
func storeWeightedQ2K(b *superBlock, block []byte, fused bool) {
	var scales, offsets [16]uint8
	putHalf(block, 80, positive(scales[:], b.scales[:], b.sums[:], 15, fused))
	putHalf(block, 82, positive(offsets[:], b.offsets[:], b.sums[:], 15, fused))
	for j := range 16 {
		block[j] = scales[j] | offsets[j]<<4
	}
}

// finishQ2K rounds with the scales as they are stored; a group whose scale is 0
// keeps the quants of its search.
func finishQ2K(b *superBlock, block []byte, x []float32) {
	d, dmin := halfAt(block, 80), halfAt(block, 82)
	for j, s := range block[:16] {
		if step := float32(d * float32(s&15)); step != 0 {
			roundAffine(b.quants[16*j:16*j+16], x[16*j:16*j+16], step, float32(dmin*float32(s>>4)), 3)
		}
	}
	packTwoBits(block[16:80], &b.quants)
}

func roundQ2K(dst []byte, src []float32) {
	var b superBlock
	superBlocks(Q2_K, dst, src, func(block []byte, x []float32, _ int) {
		roundBlockQ2K(&b, block, x)
	})
}

// roundBlockQ2K is roundQ2K of one block.
func roundBlockQ2K(b *superBlock, block []byte, x []float32) {
	d := halfAt(block, 80)
	for j, s := range block[:16] {
		if float32(d*float32(s&15)) == 0 {
			fitGroupQ2K(b, x, j, false)
		}
	}
	finishQ2K(b, block, x)
}

func dequantiseQ2K(dst []float32, src []byte) {
	for ; len(dst) > 0; dst, src = dst[superElems:], src[84:] {
		d, dmin := halfAt(src, 80), halfAt(src, 82)
		for j, s := range src[:16] {
			step, low := float32(d*float32(s&15)), float32(dmin*float32(s>>4))
			// Group j is half j/8, 2 bits j/2%4, and 16 of the 32 bytes j%2.
			out, in, shift := dst[16*j:][:16], src[16+32*(j/8)+16*(j&1):][:16], j>>1&3*2
			for i := range out {
				out[i] = float32(step*float32(in[i]>>shift&3)) - low
			}
		}
	}
}
