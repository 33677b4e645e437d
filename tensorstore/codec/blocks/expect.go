package blocks

import "dits/tensorstore/codec/entropy"

// expect sets b.near to the elements expected in the blocks of list, given p.pred, b.neg to all ones
// where a difference to them is rather negative, and b.ctx to contexts.
func (b *call) expect(p *planeCoding, list []int32) {
	n := len(list) * p.n
	b.unpack(p, b.near[:n], p.pred, list)
	if b.linear(p) {
		for k, i := range list {
			b.expectBlock(p, k*p.n, int(i))
		}
		return
	}
	clear(b.neg[:n])
	if p.context == contextPlace {
		places(b.ctx[:n], p.n)
		return
	}
	shift := uint(max(p.bits-6, 0))
	for i, x := range b.near[:n] {
		b.ctx[i] = uint16(x >> shift)
	}
}

// expectBlock is expect for block i, whose elements in the batch begin at at.
func (b *call) expectBlock(p *planeCoding, at, i int) {
	steps, old, v := &b.steps, &b.old, &b.sizes
	rule := &b.plan.steps
	rule.fill(steps, b.block(p.blocks, int32(i)))
	if !p.same {
		rule.fill(old, b.block(p.pred, int32(i)))
	}
	b.sizesOf(v[:p.n], i*p.n)
	n := rule.group
	for g := range rule.groups(p.n) {
		near, neg, ctx := b.near[at:][:n], b.neg[at:][:n], b.ctx[at:][:n]
		if size := int(steps[g].size()); b.active() {
			entropy.Contexts(ctx, v[g*n:][:n], p.off+size)
		} else {
			fill(ctx, uint16(min(max(-p.off-size, 0), entropy.SizeContexts-1)))
		}
		if p.same || old[g] == steps[g] {
			clear(neg)
		} else {
			newExchange(old[g], steps[g], p.bits).apply(near, neg, ctx)
		}
		at += n
	}
}

// An exchange turns a quant of one step into that of another with the same value: factor·q + add, in 1/65536.
type exchange struct {
	factor, add int64
	most        int64 // the largest quant
}

// newExchange returns the exchange of old for new steps. Where these are far apart, or no numbers, quants stay what they are.
func newExchange(old, new groupStep, bits int) exchange {
	const one = 1 << 16
	e := exchange{factor: one, most: 1<<bits - 1}
	factor, add := old.step/new.step, (old.low-new.low)/new.step
	if factor > -256 && factor < 256 && add > -one && add < one {
		e.factor, e.add = int64(factor*one), int64(add*one)
	}
	return e
}

// An exchanged quant is the one nearest, whether that is too much, and how far off it is.
type exchanged struct{ near, neg, frac uint8 }

// of exchanges q. neg is all ones or zero, frac below fracContexts.
func (e *exchange) of(q uint8) exchanged {
	x := e.factor*int64(q) + e.add
	r := min(max((x+1<<15)>>16, 0), e.most)
	rest := x - r<<16
	sign := rest >> 63
	return exchanged{uint8(r), uint8(sign), uint8(min((rest^sign)>>13, fracContexts-1))}
}

// apply exchanges near, sets neg to what it says, and adds to contexts how far off it is.
func (e exchange) apply(near, neg []uint8, ctx []uint16) {
	neg, ctx = neg[:len(near)], ctx[:len(near)]
	if e.most > 15 {
		for i, q := range near {
			x := e.of(q)
			near[i], neg[i] = x.near, x.neg
			ctx[i] += uint16(x.frac) * entropy.SizeContexts
		}
		return
	}
	var all [16]exchanged // fewer than the quants of a group
	for q := range all[:e.most+1] {
		all[q] = e.of(uint8(q))
	}
	for i, q := range near {
		x := &all[q&15]
		near[i], neg[i] = x.near, x.neg
		ctx[i] += uint16(x.frac) * entropy.SizeContexts
	}
}
