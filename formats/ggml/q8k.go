package ggml

import (
	"encoding/binary"
	"math"
)

// Q8_K has d as binary32 at 0, 256 quants from 4 on, and from 260 on the sum of each
// 16 of them as int16. It is the form that upstream multiplies with; no file has it.

// quantiseQ8K does what quantize_row_q8_K_ref of ggml-quants.c does (MIT).
func quantiseQ8K(q *Quantiser, dst []byte, src []float32) {
	superBlocks(Q8_K, dst, src, func(block []byte, x []float32, _ int) {
		extreme, size := widest(x)
		if size == 0 {
			clear(block)
			return
		}
		inverse := -127 / extreme
		binary.LittleEndian.PutUint32(block, math.Float32bits(1/inverse))
		fillQ8K(block, x, inverse, q.Fused)
	})
}

func fillQ8K(block []byte, x []float32, inverse float32, fused bool) {
	for j := range 16 {
		total := 0
		for i, v := range x[16*j:][:16] {
			l := int8(min(127, nearestProduct(fused, inverse, v)))
			block[4+16*j+i] = uint8(l)
			total += int(l)
		}
		binary.LittleEndian.PutUint16(block[260+2*j:], uint16(total))
	}
}

func dequantiseQ8K(dst []float32, src []byte) {
	for ; len(dst) > 0; dst, src = dst[superElems:], src[292:] {
		d := math.Float32frombits(binary.LittleEndian.Uint32(src))
		for i, l := range src[4:260] {
			dst[i] = float32(d * float32(int8(l)))
		}
	}
}
