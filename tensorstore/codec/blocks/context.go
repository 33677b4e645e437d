package blocks

import "dits/tensorstore/codec/entropy"

// Contexts of quants.
const (
	zeroContexts = 32 // by the quant that is worth nothing
	sizeClasses  = 8  // of octaves, with zeroContexts
	fracContexts = 4  // by the distance of what is expected to the nearest quant
)

// linear reports that differences of the plane are to what its steps make of the predicted value.
func (b *call) linear(p *planeCoding) bool {
	return p.pred != nil && p.context == contextSteps && b.plan.steps.linear
}

// sized reports that contexts depend on the size of steps, against the activity if there is one.
func (b *call) sized(p *planeCoding) bool {
	return b.linear(p) || p.pred == nil && p.context == contextSteps && b.active()
}

// zeroed reports that contexts depend on the quant that is worth nothing.
func (b *call) zeroed(p *planeCoding) bool {
	return p.pred == nil && p.context == contextSteps && b.plan.steps.offset
}

// numContexts is the number of contexts.
func (b *call) numContexts(p *planeCoding) int {
	switch {
	case b.linear(p):
		return entropy.SizeContexts * fracContexts
	case b.zeroed(p) && b.sized(p):
		return zeroContexts * sizeClasses
	case p.pred == nil && p.context == contextNone, p.pred == nil && p.context == contextSteps && !b.zeroed(p) && !b.sized(p):
		return 1
	}
	return entropy.SizeContexts
}

// centre returns the size for context 0: that which puts the median in the middle.
func (b *call) centre(p *planeCoding) int {
	steps, v := &b.steps, b.sizes[:1]
	rule := &b.plan.steps
	b.vals = b.vals[:0]
	for k := 0; k < len(p.list); k += 1 + len(p.list)/2048 {
		i := p.list[k]
		rule.fill(steps, b.block(p.blocks, i))
		for g := range rule.groups(p.n) {
			b.sizesOf(v, int(i)*p.n+g*rule.group)
			b.vals = append(b.vals, v[0]-steps[g].size())
		}
	}
	return entropy.Centre(b.vals)
}

// contexts sets b.ctx to the contexts of the symbols of list, coded alone, so many elements each.
func (b *call) contexts(p *planeCoding, list []int32, per int) {
	ctx := b.ctx[:len(list)*p.n/per]
	switch {
	case p.context == contextPlace:
		places(ctx, p.n)
	case p.context == contextSteps && (b.zeroed(p) || b.sized(p)):
		for k, i := range list {
			b.stepContexts(p, ctx[k*p.n/per:][:p.n/per], int(i), per)
		}
	default:
		clear(ctx)
	}
}

// places sets ctx to the place of bytes in fields of n.
func places(ctx []uint16, n int) {
	for i := range ctx {
		ctx[i] = uint16(min(i%n, entropy.SizeContexts-1))
	}
}

// stepContexts sets the contexts of block i.
func (b *call) stepContexts(p *planeCoding, ctx []uint16, i, per int) {
	steps, v := &b.steps, &b.sizes
	rule := &b.plan.steps
	rule.fill(steps, b.block(p.blocks, int32(i)))
	n := rule.group / per
	if b.active() {
		b.sizesOf(v[:p.n], i*p.n)
	}
	for g := range rule.groups(p.n) {
		c, z := ctx[g*n:][:n], uint16(0)
		if rule.offset {
			z = uint16(steps[g].zero(min(zeroContexts, 1<<p.bits) - 1))
		}
		if !b.active() {
			fill(c, z)
			continue
		}
		entropy.Contexts(c, v[g*n:][:n], p.off+int(steps[g].size()))
		if rule.offset {
			addZero(c, z)
		}
	}
}

func fill(ctx []uint16, c uint16) {
	for i := range ctx {
		ctx[i] = c
	}
}

// addZero makes contexts by size to such by octaves of size and the quant z that is worth nothing.
func addZero(ctx []uint16, z uint16) {
	const octave = entropy.SizeContexts / 2 / sizeClasses
	for i, c := range ctx {
		class := min(max(int(c)/octave-sizeClasses/2, 0), sizeClasses-1)
		ctx[i] = uint16(class)*zeroContexts + z
	}
}
