package codec

import "dits/tensorstore/codec/entropy"

// symbols fills s.wide with the symbols of n elements, s.Ctx with their
// contexts, and counts them in s.set.
func (f *splitter[T]) symbols(s *scratch, src []byte, n int) {
	s.wide = grow(s.wide, n)
	s.Ctx = grow(s.Ctx, n)
	s.set.Reset(f.symbolBits())
	size := int(entropy.Width[T]() / 8)
	var x [blockLen]T
	var v [blockLen]int16
	var lean [blockLen]int8
	for at := 0; at < n; at += blockLen {
		k := min(blockLen, n-at)
		entropy.Load(x[:k], src[at*size:])
		wide, ctx := s.wide[at:at+k], s.Ctx[at:at+k]
		f.extract(wide, x[:k])
		f.contextsOf(s.kernel, ctx, v[:k], lean[:k], at)
		if f.signed {
			f.addSigns(wide, x[:k], lean[:k])
		}
		s.set.Count(wide)
	}
}

// extract sets wide to exponent and leading mantissa bits of x.
func (f *splitter[T]) extract(wide []uint16, x []T) {
	x = x[:len(wide)]
	sh, mask := f.rest()&63, T(1)<<(entropy.Width[T]()-1-f.rest())-1
	for i := range wide {
		wide[i] = uint16(x[i] >> sh & mask)
	}
}

// contextsOf sets the contexts of the elements from at on; v and lean are
// scratch, and lean has the leans afterwards if signs depend on them.
func (f *splitter[T]) contextsOf(kernel kernel, ctx []uint16, v []int16, lean []int8, at int) {
	f.sizesOf(kernel, ctx, v, at)
	if f.signed {
		f.fillLeans(lean, at)
		addLeans(ctx, lean)
	}
}

// sizesOf sets the contexts, without leans, of the elements from at on; v is scratch. To the kernel, whose
// contexts follow from predictions too, any elements will do: their exponents count nothing.
func (f *splitter[T]) sizesOf(kernel kernel, ctx []uint16, v []int16, at int) {
	if f.act == nil {
		clear(ctx)
		return
	}
	k := kernel.contexts(ctx, &f.expectation, entropy.Memory(ctx), at, &scaleRule{off: f.off})
	f.fill(v[k:], at+k)
	entropy.Contexts(ctx[k:], v[k:], f.off)
}

// addLeans adds to contexts what leans say.
func addLeans(ctx []uint16, lean []int8) {
	for i, l := range lean {
		ctx[i] += leanClass(l) * entropy.SizeContexts
	}
}

// addSigns adds to wide the signs of x, turned where the column leans down.
func (f *splitter[T]) addSigns(wide []uint16, x []T, lean []int8) {
	sh, top := f.exp+f.lead, entropy.Width[T]()-1
	for i := range wide {
		sign := uint16(x[i]>>top) ^ uint16(uint8(lean[i])>>7)
		wide[i] |= sign << sh
	}
}

// tokenize fills s.Tok with the numbers of s.wide and returns the raw bits:
// for each element its symbol if that has no number, the window, the sign.
func (f *splitter[T]) tokenize(s *scratch, src []byte, n int) []byte {
	s.Tok = grow(s.Tok, n)
	size := int(entropy.Width[T]() / 8)
	s.raw = grow(s.raw, n*size+8)
	w := entropy.NewBitWriter(s.raw)
	var x [blockLen]T
	for at := 0; at < n; at += blockLen {
		k := min(blockLen, n-at)
		entropy.Load(x[:k], src[at*size:])
		s.set.Number(s.Tok[at:at+k], s.wide[at:at+k])
		f.remainders(&w, &s.set, x[:k], s.Tok[at:at+k], s.wide[at:at+k])
	}
	return w.Close()
}

// remainders writes the raw bits of x.
func (f *splitter[T]) remainders(w *entropy.BitWriter, set *entropy.SymbolSet, x []T, tok []uint8, wide []uint16) {
	lo, mask, n := f.lo&63, T(1)<<f.n-1, f.n
	top, sign := entropy.Width[T]()-1, T(0)
	if f.stored {
		sign, n = 1, n+1
	}
	if n == 0 && !set.Escapes {
		return
	}
	if set.Escapes {
		f.escaped(w, x, tok, wide)
		return
	}
	i := 0
	if n <= 14 { // four at a time
		for ; i+4 <= len(x); i += 4 {
			q := (*[4]T)(x[i:])
			var acc uint64
			for k := range q {
				acc |= uint64(q[k]>>lo&mask|q[k]>>top&sign<<(f.n&63)) << (uint(k) * n & 63)
			}
			w.Put56(acc, 4*n)
		}
	}
	for ; i < len(x); i++ {
		w.Put(uint64(x[i]>>lo&mask|x[i]>>top&sign<<(f.n&63)), n)
	}
}

// escaped is remainders when some symbols have no number.
func (f *splitter[T]) escaped(w *entropy.BitWriter, x []T, tok []uint8, wide []uint16) {
	lo, mask, top := f.lo&63, T(1)<<f.n-1, entropy.Width[T]()-1
	for i, v := range x {
		if tok[i] == entropy.Escape {
			w.Put(uint64(wide[i]), f.symbolBits())
		}
		w.Put(uint64(v>>lo&mask), f.n)
		if f.stored {
			w.Put(uint64(v>>top), 1)
		}
	}
}
