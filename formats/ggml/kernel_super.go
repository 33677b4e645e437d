package ggml

import (
	"sync"

	"dits/cpu"
)

// batchBlocks is how many blocks a kernel searches at once.
const batchBlocks = 32

// A superScratch is what kernels find in a batch, for each group in turn.
type superScratch struct {
	scales, offsets, sums [batchBlocks * maxGroups]float32
	accepted              [batchBlocks * maxGroups]uint64
	weights               [batchBlocks * superElems]float32
	zero                  [batchBlocks]uint8
	block                 superBlock
}

var superScratches = sync.Pool{New: func() any { return new(superScratch) }}

// A weighing is the length of a group, and what weighs its values without an importance matrix, as
// kernel.h numbers it.
type weighing struct{ size, weights int }

const (
	weighGiven     = 0
	weighMagnitude = 1
	weighMean      = 2
)

// A superKind is how kernels quantise a K-quant: they search all groups, Go makes the scale fields of what they
// found, and they round.
type superKind struct {
	groups int
	// factor is what a block's mean square is multiplied by where it adds to importances, 0 where it does not.
	factor float32
	search func(k kernel, x, w []float32, s *superScratch, accepted []uint64, given bool)
	// store sets the scale fields of a block; false is a block of zeros.
	store func(b *superBlock, block []byte, weighted bool) bool
	block func(q *Quantiser, b *superBlock, block []byte, x []float32, at int)
	round func(b *superBlock, block []byte, x []float32)
}

// superKinds is filled when the program starts, as its functions lead back to it.
var superKinds map[Type]*superKind

func init() {
	superKinds = map[Type]*superKind{
		Q2_K: {groups: 16, factor: 1, search: affineKind(searchQ2K, weightedQ2K, weighing{16, weighMagnitude}), store: keepQ2K, block: blockQ2K, round: roundBlockQ2K},
		Q3_K: {groups: 16, factor: 2, search: findQ3K, store: keepQ3K, block: blockQ3K, round: roundBlockQ3K},
		Q4_K: {groups: 8, factor: 2, search: affineKind(q4k.search, q4k.weighted, weighing{32, weighMean}), store: q4k.keep, block: q4k.block, round: q4k.roundBlock},
		Q5_K: {groups: 8, factor: 2, search: affineKind(q5k.search, q5k.weighted, weighing{32, weighMean}), store: q5k.keep, block: q5k.block, round: q5k.roundBlock},
		Q6_K: {groups: 16, search: findQ6K, store: keepQ6K, block: blockQ6K, round: roundBlockQ6K},
	}
}

// affineKind is the search of a kind that has one without an importance matrix and one with it.
func affineKind(plain, weighted *affineSearch, by weighing) func(kernel, []float32, []float32, *superScratch, []uint64, bool) {
	return func(k kernel, x, w []float32, s *superScratch, accepted []uint64, given bool) {
		if w == nil {
			k.affine(plain, by, x, nil, s, accepted, given)
		} else {
			k.affine(weighted, weighing{by.size, weighGiven}, x, w, s, accepted, given)
		}
	}
}

func findQ6K(k kernel, x, w []float32, s *superScratch, accepted []uint64, given bool) {
	k.symmetric(32, x, w, s, accepted, given)
}

func findQ3K(k kernel, x, w []float32, s *superScratch, accepted []uint64, _ bool) {
	if w == nil {
		k.refine(x, s)
	} else {
		k.symmetric(4, x, w, s, accepted, false)
	}
}

func (k *sixBit) keep(b *superBlock, block []byte, weighted bool) bool {
	if weighted {
		k.storeWeighted(b, block, false)
	} else {
		k.storeScales(b, block, false)
	}
	return true
}

func keepQ2K(b *superBlock, block []byte, weighted bool) bool {
	if weighted {
		storeWeightedQ2K(b, block, false)
	} else {
		storeQ2K(b, block, false)
	}
	return true
}

func keepQ3K(b *superBlock, block []byte, weighted bool) bool {
	if weighted {
		storeWeightedQ3K(b, block, false)
	} else {
		storeQ3K(b, block, false)
	}
	return true
}

func keepQ6K(b *superBlock, block []byte, _ bool) bool { return storeQ6K(b, block, false) }

// super quantises whole blocks, of one row if they have weights. hints are nil or what to set, or with
// given what to follow. It reports whether it did it.
func (k kernel) super(q *Quantiser, dst []byte, src []float32, hints []uint64, given bool) bool {
	kind := superKinds[q.Type]
	if k.use() == cpu.Go || q.Fused || kind == nil {
		return false
	}
	s := superScratches.Get().(*superScratch)
	defer superScratches.Put(s)
	for at := 0; at < len(src); at += batchBlocks * superElems {
		x := src[at:min(at+batchBlocks*superElems, len(src))]
		n := len(x) / superElems
		accepted := s.accepted[:n*kind.groups]
		if hints != nil {
			accepted = hints[at/superElems*kind.groups:][:n*kind.groups]
		}
		blocks := dst[at/superElems*int(q.Type.BlockBytes()):][:n*int(q.Type.BlockBytes())]
		kind.batch(k, q, blocks, x, at, s, accepted, given)
	}
	return true
}

// batch quantises at most batchBlocks blocks, of which the first has column at.
func (kind *superKind) batch(k kernel, q *Quantiser, dst []byte, x []float32, at int, s *superScratch, accepted []uint64, given bool) {
	var w []float32
	if q.Weights != nil {
		w = q.Weights[at:][:len(x)]
		if kind.factor != 0 {
			k.importance(s.weights[:len(x)], w, x, kind.factor)
			w = s.weights[:len(x)]
		}
	}
	kind.search(k, x, w, s, accepted, given)
	b, zero, size := &s.block, s.zero[:len(x)/superElems], int(q.Type.BlockBytes())
	var empty [batchBlocks]bool
	for i := range zero {
		from, to := i*kind.groups, (i+1)*kind.groups
		copy(b.scales[:], s.scales[from:to])
		copy(b.offsets[:], s.offsets[from:to])
		copy(b.sums[:], s.sums[from:to])
		empty[i] = !kind.store(b, dst[i*size:][:size], w != nil)
	}
	some := k.roundSuper(q.Type, dst, x, zero)
	for i := range zero {
		block := dst[i*size:][:size]
		if empty[i] {
			clear(block)
		} else if some && zero[i] != 0 {
			b.hinted = true
			copy(b.hints[:], accepted[i*kind.groups:][:kind.groups])
			if part := x[i*superElems:][:superElems]; w == nil {
				kind.round(b, block, part)
			} else {
				kind.block(q, b, block, part, at+i*superElems)
			}
		}
	}
}

// roundSuperBlocks is the rounding of K-quants; it reports whether it did it.
func (k kernel) roundSuperBlocks(t Type, dst []byte, src []float32) bool {
	kind := superKinds[t]
	if k.use() == cpu.Go || kind == nil {
		return false
	}
	var zero [batchBlocks]uint8
	size := int(t.BlockBytes())
	for len(src) > 0 {
		n := min(len(src)/superElems, batchBlocks)
		if k.roundSuper(t, dst[:n*size], src, zero[:n]) {
			for i, z := range zero[:n] {
				if z != 0 {
					var b superBlock
					kind.round(&b, dst[i*size:][:size], src[i*superElems:][:superElems])
				}
			}
		}
		src, dst = src[n*superElems:], dst[n*size:]
	}
	return true
}
