package ggml

import "dits/cpu"

// A plainKind is what Go does of a type that kernels quantise a block at a time.
type plainKind struct {
	quantise func(q *Quantiser, dst []byte, src []float32)
	round    func(dst []byte, src []float32)
}

var plainKinds = map[Type]*plainKind{
	Q4_0: {q40.quantise, q40.round},
	Q4_1: {q41.quantise, q41.round},
	Q5_0: {q50.quantise, q50.round},
	Q5_1: {q51.quantise, q51.round},
	Q8_0: {quantiseQ80, roundQ80},
}

// plain quantises blocks of 32 without importances, which Q8_0 has no use for; it reports whether it did it.
func (k kernel) plain(q *Quantiser, dst []byte, src []float32) bool {
	kind := plainKinds[q.Type]
	if k.use() == cpu.Go || kind == nil || (q.Fused || q.Weights != nil) && q.Type != Q8_0 {
		return false
	}
	k.plainBlocks(q.Type, dst, src, false, func(block []byte, x []float32) { kind.quantise(q, block, x) })
	return true
}

// roundPlain is the rounding of blocks of 32; it reports whether it did it.
func (k kernel) roundPlain(t Type, dst []byte, src []float32) bool {
	kind := plainKinds[t]
	if k.use() == cpu.Go || kind == nil {
		return false
	}
	k.plainBlocks(t, dst, src, true, kind.round)
	return true
}

// plainBlocks does all blocks, those that take more care by careful.
func (k kernel) plainBlocks(t Type, dst []byte, src []float32, given bool, careful func(block []byte, x []float32)) {
	size := int(t.BlockBytes())
	for len(src) > 0 {
		n := k.plainRun(t, dst, src, given)
		src, dst = src[n*blockElems:], dst[n*size:]
		if len(src) > 0 {
			careful(dst[:size], src[:blockElems])
			src, dst = src[blockElems:], dst[size:]
		}
	}
}
