package blocks

import (
	"bytes"

	"dits/formats/ggml"
)

// A plan says how the blocks of a ggml type are taken apart: into planes of symbols,
// those of scales first, as quants are coded in their context.
type plan struct {
	size           int // of a block, in bytes
	values         int // weights of a block
	scales, quants []plane
	scaleBytes     []byteRange // of scales in a block
	steps          stepRule    // of quants[0]; none for types of which nothing finer is known
}

// A byteRange is [off, end) of a block.
type byteRange struct{ off, end int }

// A plane has the symbols of one kind of all blocks, n a block, of at most 8 bits.
type plane struct {
	n, bits int
	flip    uint8 // bits to invert so that symbols are in the order of values
	moves   []move
	context planeContext // of symbols that are not predicted
	off16   int          // where an F16 lies
	pairs   bool         // two neighbours are one symbol where neither prediction nor activity asks for each
}

// A planeContext says in what context a plane is coded alone.
type planeContext uint8

const (
	contextNone  planeContext = iota // all in the same
	contextPlace                     // the place in the block, or 63
	contextSteps                     // what steps say of the group
	contextHalf                      // an F16: high bytes, then low bytes given two bits of the high one
)

// plans has the plan of each type of several weights a block.
var plans = makePlans()

func makePlans() map[ggml.Type]*plan {
	plans := map[ggml.Type]*plan{}
	for _, t := range ggml.Types() {
		if t.BlockElems() > 1 {
			plans[t] = makePlan(t)
		}
	}
	return plans
}

// makePlan makes the plan of t: of its fields as they lie, but for what is known better.
func makePlan(t ggml.Type) *plan {
	p := &plan{size: int(t.BlockBytes()), values: int(t.BlockElems())}
	known := knownPlanes[t]
	p.steps = known.steps
	for _, f := range t.Fields() {
		planes, better := &p.quants, known.quants
		if f.Kind.IsScale() {
			planes, better = &p.scales, known.scales
			p.scaleBytes = append(p.scaleBytes, byteRange{f.Off, f.Off + f.Len})
		}
		switch {
		case f.Kind == ggml.ScaleF16:
			*planes = append(*planes, plane{n: 1, bits: 16, context: contextHalf, off16: f.Off})
		case f.Kind == ggml.Sums || better == nil:
			*planes = append(*planes, plainPlane(f))
		}
	}
	p.scales = append(p.scales, known.scales...)
	p.quants = append(known.quants[:len(known.quants):len(known.quants)], p.quants...)
	return p
}

// plainPlane is the plane of a field's bytes.
func plainPlane(f ggml.Field) plane {
	return plane{n: f.Len, bits: 8, context: contextPlace, moves: []move{{n: f.Len, off: f.Off, mask: 255}}}
}

// take sets sym to the symbols of block.
func (p *plane) take(sym, block []byte) {
	clear(sym[:p.n])
	for i := range p.moves {
		p.moves[i].take(sym, block)
	}
	p.turn(sym)
}

// put sets the symbols of block. It changes sym.
func (p *plane) put(block, sym []byte) {
	p.turn(sym)
	for i := range p.moves {
		p.moves[i].put(block, sym)
	}
}

// turn inverts the bits of flip.
func (p *plane) turn(sym []byte) {
	if p.flip == 0 {
		return
	}
	for i := range sym[:p.n] {
		sym[i] ^= p.flip
	}
}

// sameScales reports that two blocks have the same scales.
func (p *plan) sameScales(a, b []byte) bool {
	for _, r := range p.scaleBytes {
		if !bytes.Equal(a[r.off:r.end], b[r.off:r.end]) {
			return false
		}
	}
	return true
}

// copyScales sets the scales of block dst to those of src.
func (p *plan) copyScales(dst, src []byte) {
	for _, r := range p.scaleBytes {
		copy(dst[r.off:r.end], src[r.off:r.end])
	}
}
