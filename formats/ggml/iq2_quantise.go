package ggml

import "encoding/binary"

// toIQ2XXS quantises a row, as quantize_iq2_xxs does; it has weights.
func toIQ2XXS(q *Quantiser, dst []byte, src []float32) {
	superBlocks(IQ2_XXS, dst, src, func(block []byte, x []float32, at int) {
		b := searchIQ2XXS.block(x, q.weightsAt(at), q.Fused)
		putHalf(block, 0, b.scale)
		for i := range 8 {
			group := block[2+8*i:]
			word := uint32(b.steps[i]) << 28
			for k := range 4 {
				group[k] = uint8(b.points[4*i+k])
				word |= uint32(b.signs[4*i+k]&127) << (7 * k)
			}
			binary.LittleEndian.PutUint32(group[4:], word)
		}
	})
}

// toIQ2XS quantises a row, as quantize_iq2_xs does; it has weights.
func toIQ2XS(q *Quantiser, dst []byte, src []float32) {
	superBlocks(IQ2_XS, dst, src, func(block []byte, x []float32, at int) {
		b := searchIQ2XS.block(x, q.weightsAt(at), q.Fused)
		putHalf(block, 0, b.scale)
		for i := range 32 {
			binary.LittleEndian.PutUint16(block[2+2*i:], b.points[i]|uint16(b.signs[i])<<9)
		}
		putNibbles(block[66:74], b.steps[:])
	})
}

// toIQ2S quantises a row, as quantize_iq2_s does.
func toIQ2S(q *Quantiser, dst []byte, src []float32) {
	superBlocks(IQ2_S, dst, src, func(block []byte, x []float32, at int) {
		b := searchIQ2S.block(x, q.weightsAt(at), q.Fused)
		putHalf(block, 0, b.scale)
		clear(block[66:74])
		for i := range 32 {
			block[2+i] = uint8(b.points[i])
			block[34+i] = b.signs[i]
			block[66+i/4] |= uint8(b.points[i]>>8) << (i % 4 * 2)
		}
		putNibbles(block[74:82], b.steps[:])
	})
}

// putNibbles puts two numbers of four bits in each byte, the first in the low bits.
func putNibbles(dst, numbers []uint8) {
	for i := range dst {
		dst[i] = numbers[2*i] | numbers[2*i+1]<<4
	}
}
