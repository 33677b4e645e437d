package codec

import (
	"encoding/binary"
	"errors"
	"fmt"
)

var errFields = errors.New("bad header")

// Decode fills dst.
func (fieldsCodec) Decode(dst, enc []byte, in Input) error {
	in.Pred = nil
	s := scratches.Get().(*scratch)
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
		return decodeDelta(dst, enc, in)
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
func readFields[T word](s *scratch, dst, enc []byte, in Input) error {
	size := in.Elem.Size()
	n := len(dst) / size
	f, enc, err := readSplitter[T](enc, &in, n)
	if err != nil {
		return err
	}
	tail := dst[n*size:]
	if len(enc) < len(tail) {
		return errShort
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
	if enc, err = s.set.read(enc, f.symbolBits()); err != nil {
		return err
	}
	var t tokenReader
	if enc, err = t.open(s, enc, f.contexts()); err != nil {
		return err
	}
	if t.nsym > s.set.n {
		return fmt.Errorf("%d symbols, want %d: %w", t.nsym, s.set.n, errFields)
	}
	return f.join(s, &t, dst[:n*size], enc)
}

// join decodes the elements and puts them together.
func (f *splitter[T]) join(s *scratch, t *tokenReader, dst, enc []byte) error {
	raw := bitReader{in: enc}
	size := int(widthOf[T]() / 8)
	n := len(dst) / size
	var x [blockLen]T
	var v [blockLen]int16
	var lean [blockLen]int8
	var ctx [blockLen]uint16
	var tok, tab [blockLen]uint8
	for at := 0; at < n; at += blockLen {
		k := min(blockLen, n-at)
		f.contextsOf(ctx[:k], v[:k], lean[:k], at)
		if err := t.read(tok[:k], ctx[:k], tab[:]); err != nil {
			return err
		}
		f.assemble(&raw, &s.set, x[:k], tok[:k], lean[:k])
		store(dst[at*size:], x[:k])
	}
	if !raw.done() {
		return fmt.Errorf("raw bits: %d bytes, want %d", len(raw.in), (raw.pos+7)/8)
	}
	return t.rans.close()
}

// assemble sets x from its symbols and the raw bits.
func (f *splitter[T]) assemble(r *bitReader, set *symbolSet, x []T, tok []uint8, lean []int8) {
	rest, lo, n, top := f.rest()&63, f.lo&63, f.n, widthOf[T]()-1
	mask, upper := T(1)<<f.n-1, T(1)<<top-1
	if f.stored {
		n++
	}
	tok, lean = tok[:len(x)], lean[:len(x)]
	for i, t := range tok {
		sym := T(set.symbol[t])
		if set.escapes && t == escape {
			sym = T(r.get(f.symbolBits()))
		}
		v := sym<<rest&upper | f.same
		if f.signed {
			v |= (sym>>(f.exp+f.lead) ^ T(uint8(lean[i])>>7)) << top
		}
		if n > 0 {
			b := r.get(n)
			v |= T(b)&mask<<lo | T(b>>(f.n&63))<<top
		}
		x[i] = v
	}
}
