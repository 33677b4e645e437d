package codec

import "dits/tensorstore/codec/entropy"

// A differ has what the difference of elements depends on.
type differ[T entropy.Word] struct {
	layout
	expectation
	float T    // all ones for floats
	shift uint // low bits left out
	rule  scaleRule
	size  [2048]int16 // by exponent e: rule.bias - rule.step·max(e, 1)
}

// A scaleRule says how the expected size of a difference follows from the
// prediction: bias - step times its exponent, and which size has context 0.
type scaleRule struct {
	mant            uint // lowest bit of the exponent
	mask            int  // of the exponent
	bias, step, off int
}

// newDiffer returns the differ of a chunk of n elements. Sizes are in quarter
// octaves with scales, in octaves without.
func newDiffer[T entropy.Word](in *Input, n int, shift uint) *differ[T] {
	d := &differ[T]{layout: in.Elem.layout(), expectation: in.expect(n), shift: shift}
	if d.exp > 0 {
		d.float = ^T(0)
	}
	step, bias := 1, 0
	if d.act != nil {
		step = 4
		bias = 4 * (d.layout.bias + int(d.mant) - int(shift))
	}
	if d.exp == 0 { // integers: one size, in units; without scales all the same
		bias = -step * int(shift)
	}
	d.rule = scaleRule{mant: d.mant, mask: 1<<d.exp - 1, bias: bias, step: step}
	for e := range d.size[:1<<d.exp] {
		d.size[e] = int16(bias - step*max(e, 1))
	}
	return d
}

// values sets v to the expected size of the difference of elements whose
// predictions are p: their scale minus the exponent of the prediction, so in
// units of its last place.
func (d *differ[T]) values(v []int16, p []T, at int) {
	d.fill(v, at)
	mant, mask := d.mant&63, T(1)<<(d.exp&63)-1
	p = p[:len(v)]
	for i := range v {
		v[i] += d.size[uint(p[i]>>mant&mask)&2047]
	}
}

// contexts sets the contexts of the elements from at on, whose predictions are p.
func (d *differ[T]) contexts(ctx []uint16, p []T, at int) {
	if d.act == nil {
		d.contextsIn(ctx, p, 0, noScales[:])
		return
	}
	row, col := d.act.scales()
	pos := d.first + int64(at)
	for i, j := pos/d.act.width, pos%d.act.width; len(ctx) > 0; i, j = i+1, 0 {
		n := int(min(int64(len(ctx)), d.act.width-j))
		r, c := int16(0), noScales[:]
		if row != nil {
			r = row[i]
		}
		if col != nil {
			c = col[j:]
		}
		d.contextsIn(ctx[:n], p, r, c)
		ctx, p = ctx[n:], p[n:]
	}
}

// noScales are the scales of the columns of a block where there are none.
var noScales [blockLen]int16

// contextsIn is contexts in a row with scale r and columns with scales c.
func (d *differ[T]) contextsIn(ctx []uint16, p []T, r int16, c []int16) {
	mant, mask, off := d.mant&63, T(1)<<(d.exp&63)-1, d.off
	p, c = p[:len(ctx)], c[:len(ctx)]
	for i := range ctx {
		x := r + c[i] + d.size[uint(p[i]>>mant&mask)&2047]
		ctx[i] = uint16(min(max(int(x)-off, 0), entropy.SizeContexts-1))
	}
}

// zigzag sets z to the differences of x to p: both as integers in the order of
// their values, the difference positive when the magnitude of p grows, its sign
// in the lowest bit.
func (d *differ[T]) zigzag(z, x, p []T) {
	n, float := entropy.Width[T](), d.float
	top, sh := T(1)<<(n-1), d.shift&63
	x, p = x[:len(z)], p[:len(z)]
	if sh > 0 {
		d.zigzagShifted(z, x, p)
		return
	}
	for i := range z {
		a, b := x[i], p[i]
		g := -(b >> (n - 1)) & float
		a ^= -(a>>(n-1))&float | top
		c := ((a - (b ^ (g | top))) ^ g) - g
		z[i] = c<<1 ^ -(c >> (n - 1))
	}
}

// zigzagShifted is zigzag without the low bits, which are zero in x.
func (d *differ[T]) zigzagShifted(z, x, p []T) {
	n := entropy.Width[T]()
	top, sh := T(1)<<(n-1), d.shift&63
	for i := range z {
		a, b := x[i], p[i]
		g := -(b >> (n - 1)) & d.float
		a ^= -(a>>(n-1))&d.float | top
		b ^= g | top
		c := ((a>>sh - b>>sh) ^ g) - g
		z[i] = c<<1 ^ -(c >> (n - 1))
	}
}

// restore is the reverse of zigzag; it sets z to the elements.
func (d *differ[T]) restore(z, p []T) {
	n, float := entropy.Width[T](), d.float
	top := T(1) << (n - 1)
	p = p[:len(z)]
	if d.shift > 0 {
		d.restoreShifted(z, p)
		return
	}
	for i := range z {
		b := p[i]
		g := -(b >> (n - 1)) & float
		c := z[i]>>1 ^ -(z[i] & 1)
		a := (b ^ (g | top)) + ((c ^ g) - g)
		z[i] = a ^ ((a>>(n-1)-1)&float | top)
	}
}

// restoreShifted is restore without the low bits.
func (d *differ[T]) restoreShifted(z, p []T) {
	n := entropy.Width[T]()
	top, sh := T(1)<<(n-1), d.shift&63
	for i := range z {
		b := p[i]
		g := -(b >> (n - 1)) & d.float
		b ^= g | top
		c := z[i]>>1 ^ -(z[i] & 1)
		a := (b>>sh + ((c ^ g) - g)) << sh
		a ^= (a>>(n-1)-1)&d.float | top // of a negative all low bits are ones: they were shifted out
		z[i] = a >> sh << sh
	}
}
