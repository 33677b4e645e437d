package codec

import (
	"encoding/binary"
	"errors"
	"fmt"

	"dits/tensorstore/codec/entropy"
)

var errFields = errors.New("bad header")

// Decode fills dst.
func (c fieldsCodec) Decode(dst, enc []byte, in Input) error {
	if err := in.Elem.refuseBlocks(); err != nil {
		return fmt.Errorf("fields: %w", err)
	}
	in.Pred = nil
	s := getScratch(c.kernel)
	defer scratches.Put(s)
	if err := readForm(s, dst, enc, in); err != nil {
		return fmt.Errorf("fields: %d bytes of %d elements: %w", len(enc), len(dst)/in.Elem.Size(), err)
	}
	return nil
}

// readForm decodes enc by its form.
func readForm(s *scratch, dst, enc []byte, in Input) error {
	if len(enc) == 0 || len(dst) < in.Elem.Size() {
		return errFields
	}
	form, enc := enc[0], enc[1:]
	switch {
	case form == formBytes:
		return s.readBytes(dst, enc, in)
	case form == formClass && !in.Elem.float():
		return decodeDelta(s.kernel, dst, enc, in)
	case form != formFloat || !in.Elem.float():
		return fmt.Errorf("form %d of element type %d: %w", form, in.Elem, errFields)
	}
	switch in.Elem.Size() {
	case 1:
		return readFields[uint8](s, dst, enc, in)
	case 2:
		return readFields[uint16](s, dst, enc, in)
	case 4:
		return readFields[uint32](s, dst, enc, in)
	}
	return readFields[uint64](s, dst, enc, in)
}

// readFields decodes the form formFloat.
func readFields[T entropy.Word](s *scratch, dst, enc []byte, in Input) error {
	size := in.Elem.Size()
	n := len(dst) / size
	f, enc, err := readSplitter[T](enc, &in, n)
	if err != nil {
		return err
	}
	tail := dst[n*size:]
	if len(enc) < len(tail) {
		return entropy.ErrShort
	}
	copy(tail, enc)
	enc = enc[len(tail):]
	if f.act != nil {
		off, k := binary.Varint(enc)
		if k <= 0 || off < -1<<16 || off > 1<<16 {
			return errFields
		}
		f.off, enc = int(off), enc[k:]
	}
	if enc, err = s.set.Read(enc, f.symbolBits()); err != nil {
		return err
	}
	t := &s.dec
	if enc, err = t.Open(enc, f.contexts()); err != nil {
		return err
	}
	if t.Symbols() > s.set.N {
		return fmt.Errorf("%d symbols, want %d: %w", t.Symbols(), s.set.N, errFields)
	}
	return f.join(s, t, dst[:n*size], enc)
}

// join decodes the elements and puts them together.
func (f *splitter[T]) join(s *scratch, t *entropy.Decoder, dst, enc []byte) error {
	raw := entropy.BitReader{In: enc}
	size := int(entropy.Width[T]() / 8)
	n := len(dst) / size
	base := f.bases(&s.set)
	var x [blockLen]T
	var v [blockLen]int16
	var lean [blockLen]int8
	var ctx [blockLen]uint16
	var tok, tab [blockLen]uint8
	for at := 0; at < n; at += blockLen {
		k := min(blockLen, n-at)
		f.tablesOf(s.kernel, t, tab[:k], ctx[:k], v[:k], lean[:k], at)
		if err := t.Read(tok[:k], tab[:k]); err != nil {
			return err
		}
		out := dst[at*size : (at+k)*size]
		done := f.assembleHalves(t, &s.set, &raw, &base, out, tok[:k], lean[:k])
		f.assemble(&raw, &s.set, &base, x[done:k], tok[done:k])
		if f.signed {
			turn(x[done:k], lean[done:k])
		}
		entropy.Store(out[done*size:], x[done:k])
	}
	if !raw.Done() {
		return fmt.Errorf("raw bits: %d bytes, want %d", len(raw.In), (raw.Pos+7)/8)
	}
	return t.Close()
}

// tablesOf sets the tables of the elements from at on; the others are scratch as for contextsOf.
func (f *splitter[T]) tablesOf(k kernel, t *entropy.Decoder, tab []uint8, ctx []uint16, v []int16, lean []int8, at int) {
	done := 0
	f.sizesOf(k, ctx, v, at)
	if f.signed {
		f.fillLeans(lean, at)
		done = k.leanTables(tab, ctx, lean, t.Map())
		addLeans(ctx[done:], lean[done:])
	}
	t.Tables(tab[done:], ctx[done:])
}

// bases are the elements of each symbol without their raw bits.
func (f *splitter[T]) bases(set *entropy.SymbolSet) (b [entropy.MaxSymbols]T) {
	for t := range b {
		b[t] = f.base(set.Symbol[t])
	}
	return b
}

// base is the element of symbol w without its raw bits.
func (f *splitter[T]) base(w uint16) T {
	top := entropy.Width[T]() - 1
	v := T(w)<<f.rest()&(T(1)<<top-1) | f.same
	if f.signed {
		v |= T(w>>(f.exp+f.lead)) << top
	}
	return v
}

// assembleHalves is assemble, turn and store in a kernel, as far as there is one; it returns how many elements
// it did.
func (f *splitter[T]) assembleHalves(t *entropy.Decoder, set *entropy.SymbolSet, r *entropy.BitReader, base *[entropy.MaxSymbols]T, out []byte, tok []uint8, lean []int8) int {
	if entropy.Width[T]() != 16 || set.Escapes {
		return 0
	}
	if !f.signed {
		lean = nil
	}
	own := (uint16(1)<<f.n - 1) << f.lo
	if f.stored {
		own |= 1 << 15
	}
	return t.AssembleHalves(r, out, tok, entropy.Memory(base[:]), lean, own)
}

// assemble sets x from its symbols and the raw bits.
func (f *splitter[T]) assemble(r *entropy.BitReader, set *entropy.SymbolSet, base *[entropy.MaxSymbols]T, x []T, tok []uint8) {
	if set.Escapes {
		f.assembleEscaped(r, base, x, tok)
		return
	}
	lo, n, top := f.lo&63, f.n, entropy.Width[T]()-1
	mask := T(1)<<f.n - 1
	sh := f.n & 63
	if f.stored {
		n++
	}
	i := 0
	if n <= 14 { // four at a time
		all, pos := uint64(1)<<n-1, r.Pos
		for ; i+4 <= len(x); i += 4 {
			v := entropy.Peek(r.In, pos)
			t, q := (*[4]uint8)(tok[i:]), (*[4]T)(x[i:])
			for k := range t {
				b := T(v & all)
				v >>= n & 63
				q[k] = base[t[k]] | b&mask<<lo | b>>sh<<top
			}
			pos += 4 * n
		}
		r.Pos = pos
	}
	for ; i < len(x); i++ {
		b := T(r.Get(n))
		x[i] = base[tok[i]] | b&mask<<lo | b>>sh<<top
	}
}

// assembleEscaped is assemble when some symbols have no number.
func (f *splitter[T]) assembleEscaped(r *entropy.BitReader, base *[entropy.MaxSymbols]T, x []T, tok []uint8) {
	top := entropy.Width[T]() - 1
	for i, t := range tok {
		v := base[t]
		if t == entropy.Escape {
			v = f.base(uint16(r.Get(f.symbolBits())))
		}
		v |= T(r.Get(f.n)) << f.lo
		if f.stored {
			v |= T(r.Get(1)) << top
		}
		x[i] = v
	}
}

// turn turns the signs of columns that lean down.
func turn[T entropy.Word](x []T, lean []int8) {
	top := entropy.Width[T]() - 1
	for i, l := range lean {
		x[i] ^= T(uint8(l)>>7) << top
	}
}
