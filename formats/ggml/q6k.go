package ggml

// Q6_K has 16 groups of 16: 128 bytes with the low 4 bits of the quants, 64 with
// their high 2, a signed byte of scale a group from 192 on, and d at 208.

func quantiseQ6K(q *Quantiser, dst []byte, src []float32) {
	superBlocks(Q6_K, dst, src, func(block []byte, x []float32, at int) {
		var b superBlock
		blockQ6K(q, &b, block, x, at)
	})
}

// blockQ6K quantises one block, whose first column is at.
func blockQ6K(q *Quantiser, b *superBlock, block []byte, x []float32, at int) {
	var w []float32
	if q.Weights != nil {
		w = q.Weights[at : at+superElems]
	}
	if !fitQ6K(b, block, x, w, q.Fused) {
		clear(block)
		return
	}
	finishQ6K(b, block, x)
}

// fitQ6K finds scales as quantize_row_q6_K_ref and quantize_row_q6_K_impl of
// ggml-quants.c do (MIT). It returns false if all are zero.
func fitQ6K(b *superBlock, block []byte, x, w []float32, fused bool) bool {
	for j := range 16 {
		var weights []float32
		if w != nil {
			weights = w[16*j : 16*j+16]
		}
		b.scales[j] = b.findSymmetric(j, b.quants[16*j:16*j+16], x[16*j:16*j+16], weights, fused)
	}
	return storeQ6K(b, block, fused)
}

// storeQ6K is the part of fitQ6K behind its searches.
func storeQ6K(b *superBlock, block []byte, fused bool) bool {
	extreme, size := widest(b.scales[:])
	if size < groupMaxEps {
		return false
	}
	inverse := -128 / extreme
	putHalf(block, 208, 1/inverse)
	for j, scale := range b.scales {
		block[192+j] = uint8(min(127, nearestProduct(fused, inverse, scale)))
	}
	return true
}

// findSymmetric searches group j, or follows its hint.
func (b *superBlock) findSymmetric(j int, l []uint8, x, w []float32, fused bool) (scale float32) {
	if b.hinted {
		return followSymmetric(l, x, w, 32, fused, b.hints[j])
	}
	scale, b.hints[j] = symmetric(l, x, w, 32, fused)
	return scale
}

func stepQ6K(block []byte, d float32, j int) float32 {
	return float32(d * float32(int8(block[192+j])))
}

// finishQ6K rounds with the scales as they are stored; a group whose scale is 0
// keeps the quants of its search.
func finishQ6K(b *superBlock, block []byte, x []float32) {
	d := halfAt(block, 208)
	for j := range 16 {
		if step := stepQ6K(block, d, j); step != 0 {
			roundCentred(b.quants[16*j:16*j+16], x[16*j:16*j+16], step, 32)
		}
	}
	packQ6K(block, &b.quants)
}

// packQ6K packs each half of 128 elements: the low bits of elements l and l+64 share
// byte l of 64, and the high bits of l, l+32, l+64 and l+96 byte l of 32.
func packQ6K(block []byte, quants *[superElems]uint8) {
	for h := range 2 {
		low, high, from := block[64*h:][:64], block[128+32*h:][:32], quants[128*h:][:128]
		for l := range low {
			low[l] = from[l]&15 | from[l+64]<<4
		}
		for l := range high {
			high[l] = from[l]>>4 | from[l+32]>>4<<2 | from[l+64]>>4<<4 | from[l+96]>>4<<6
		}
	}
}

func roundQ6K(dst []byte, src []float32) {
	var b superBlock
	superBlocks(Q6_K, dst, src, func(block []byte, x []float32, _ int) {
		roundBlockQ6K(&b, block, x)
	})
}

// roundBlockQ6K is roundQ6K of one block.
func roundBlockQ6K(b *superBlock, block []byte, x []float32) {
	d := halfAt(block, 208)
	zeros := 0
	for j := range 16 {
		if block[192+j] == 0 {
			zeros++
		}
		if stepQ6K(block, d, j) == 0 {
			b.findSymmetric(j, b.quants[16*j:16*j+16], x[16*j:16*j+16], nil, false)
		}
	}
	if zeros == 16 { // what the quantiser makes of a block of zeros
		clear(b.quants[:])
	}
	finishQ6K(b, block, x)
}

func dequantiseQ6K(dst []float32, src []byte) {
	for ; len(dst) > 0; dst, src = dst[superElems:], src[210:] {
		d := halfAt(src, 208)
		for j := range 16 {
			step := stepQ6K(src, d, j)
			half, part := j/8, j>>1&3 // part: which of the 4 runs of 32 in the half
			out := dst[16*j:][:16]
			low, lowShift := src[64*half+32*(part&1)+16*(j&1):][:16], part>>1*4
			high, highShift := src[128+32*half+16*(j&1):][:16], part*2
			for i := range out {
				l := int32(low[i]>>lowShift&15|high[i]>>highShift&3<<4) - 32
				out[i] = float32(step * float32(l))
			}
		}
	}
}
