package ggml

import "fmt"

// A hint is the candidates that the search of one group accepted, as bits in the
// order of their trial. Following it costs one candidate a bit, not all of them.
//
// For Q6_K the last bit is all that matters. For the others each accepted candidate
// moves the next ones a little: all bits give the exact blocks, the last alone fewer
// than one in ten.

// HintElems returns the elements that one hint is for, 0 if t has no hints.
func (t Type) HintElems() int {
	if _, ok := hinters[t]; !ok {
		return 0
	}
	if t == Q4_K || t == Q5_K {
		return 32
	}
	return 16
}

// hinters has what quantises one block of the types with hints.
var hinters = map[Type]func(q *Quantiser, b *superBlock, block []byte, x []float32, at int){
	Q2_K: blockQ2K,
	Q4_K: q4k.block,
	Q5_K: q5k.block,
	Q6_K: blockQ6K,
}

// Hints is [Quantiser.Rows] that also sets the hint of every group:
// len(src)/[Type.HintElems] of them.
func (q *Quantiser) Hints(dst []byte, src []float32, hints []uint64) error {
	return q.withHints(dst, src, hints, false)
}

// Hinted is [Quantiser.Rows] with the hints given. Any hints can be there; those of
// [Quantiser.Hints] give the blocks that it gave.
func (q *Quantiser) Hinted(dst []byte, src []float32, hints []uint64) error {
	return q.withHints(dst, src, hints, true)
}

func (q *Quantiser) withHints(dst []byte, src []float32, hints []uint64, given bool) error {
	per := q.Type.HintElems()
	if per == 0 {
		return fmt.Errorf("ggml: no hints for %v", q.Type)
	}
	if len(hints) != len(src)/per {
		return fmt.Errorf("ggml: %d hints for %d values, want one for %d", len(hints), len(src), per)
	}
	each, block := superElems/per, hinters[q.Type]
	return q.rows(dst, src, func(q *Quantiser, dst []byte, src []float32) {
		if q.kernel.super(q, dst, src, hints, given) {
			hints = hints[len(src)/per:]
			return
		}
		superBlocks(q.Type, dst, src, func(out []byte, x []float32, at int) {
			b := superBlock{hinted: given}
			copy(b.hints[:], hints[:each])
			block(q, &b, out, x, at)
			copy(hints[:each], b.hints[:])
			hints = hints[each:]
		})
	})
}
