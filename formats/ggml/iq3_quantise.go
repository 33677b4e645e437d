package ggml

import "encoding/binary"

// toIQ3XXS quantises a row, as quantize_iq3_xxs does.
func toIQ3XXS(q *Quantiser, dst []byte, src []float32) {
	superBlocks(IQ3_XXS, dst, src, func(block []byte, x []float32, at int) {
		b := searchIQ3XXS.block(x, q.weightsAt(at), q.Fused)
		putHalf(block, 0, b.scale)
		for i, point := range b.points {
			block[2+i] = uint8(point)
		}
		for i := range 8 {
			word := uint32(b.steps[i]) << 28
			for k := range 4 {
				word |= uint32(b.signs[4*i+k]&127) << (7 * k)
			}
			binary.LittleEndian.PutUint32(block[66+4*i:], word)
		}
	})
}

// toIQ3S quantises a row, as quantize_iq3_s does. Upstream does not move on in qs
// and signs past a group that is all zero: the groups behind it are read with the
// wrong scales and ninth bits then, but that is what is in files.
func toIQ3S(q *Quantiser, dst []byte, src []float32) {
	superBlocks(IQ3_S, dst, src, func(block []byte, x []float32, at int) {
		b := searchIQ3S.block(x, q.weightsAt(at), q.Fused)
		putHalf(block, 0, b.scale)
		clear(block[2:106])
		points, signs := block[2:66], block[74:106]
		for i := range 8 {
			if b.tiny>>i&1 == 1 {
				continue
			}
			for k, point := range b.points[8*i : 8*i+8] {
				points[k] = uint8(point)
				block[66+i] |= uint8(point>>8) << k
			}
			copy(signs, b.signs[4*i:4*i+4])
			points, signs = points[8:], signs[4:]
		}
		putNibbles(block[106:110], b.steps[:])
	})
}
