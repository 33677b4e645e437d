package ggml

import (
	"encoding/binary"

	"dits/formats/float"
)

// superElems is the length of the block of every K-quant (QK_K), and
// maxGroups the groups in the finest of them.
const (
	superElems = 256
	maxGroups  = 16
)

// A superBlock is the scratch of one block while it is quantised: the quants, and
// what the search found for each group.
type superBlock struct {
	quants  [superElems]uint8
	scales  [maxGroups]float32
	offsets [maxGroups]float32
	sums    [maxGroups]float32 // of the weights
	weights [blockElems]float32
	// hints has the accepted candidates of each group: what the search found, or if
	// hinted what it has to follow.
	hints  [maxGroups]uint64
	hinted bool
}

// find searches group j, or follows its hint.
func (b *superBlock) find(s *affineSearch, j int, l []uint8, x, w []float32, fused bool) line {
	if b.hinted {
		return s.follow(l, x, w, fused, b.hints[j])
	}
	found := s.find(l, x, w, fused)
	b.hints[j] = found.accepted
	return found
}

// superBlocks calls quantise for every block of a row: at is the first column.
func superBlocks(t Type, dst []byte, src []float32, quantise func(block []byte, x []float32, at int)) {
	size := int(t.BlockBytes())
	for at := 0; at < len(src); at += superElems {
		quantise(dst[:size:size], src[at:at+superElems], at)
		dst = dst[size:]
	}
}

// importance sets dst to w·√(sigma2 + x²), the weight of each squared error.
func importance(dst, w, x []float32, sigma2 float32, fused bool) {
	w, x = w[:len(dst)], x[:len(dst)]
	for i := range dst {
		dst[i] = float32(w[i] * sqrt32(mulAdd(fused, x[i], x[i], sigma2)))
	}
}

// sum returns the sum from left to right.
func sum(values []float32) (total float32) {
	for _, v := range values {
		total += v
	}
	return total
}

// roundAffine sets l to (x + offset)/d, rounded into [0, top].
func roundAffine(l []uint8, x []float32, d, offset float32, top int32) {
	l = l[:len(x)]
	for i, v := range x {
		if v == v { // which of two NaNs a sum is, the compiler decides
			v += offset
		}
		l[i] = uint8(max(0, min(top, nearestInt(v/d))))
	}
}

// roundCentred sets l to x/d + top, rounded into [0, 2·top−1].
func roundCentred(l []uint8, x []float32, d float32, top int32) {
	l = l[:len(x)]
	for i, v := range x {
		l[i] = uint8(max(-top, min(top-1, nearestInt(v/d))) + top)
	}
}

func halfAt(block []byte, off int) float32 {
	return float.F16(binary.LittleEndian.Uint16(block[off:]))
}

func putHalf(block []byte, off int, f float32) {
	binary.LittleEndian.PutUint16(block[off:], scaleHalf(f))
}
