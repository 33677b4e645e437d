package codec

import (
	"encoding/binary"
	"errors"
	"fmt"

	"dits/tensorstore/codec/entropy"
)

// Decode fills dst; in.Pred has to be as long.
func (c deltaCodec) Decode(dst, enc []byte, in Input) error {
	if err := in.Elem.refuseBlocks(); err != nil {
		return fmt.Errorf("delta: %w", err)
	}
	if len(in.Pred) != len(dst) {
		return fmt.Errorf("delta: prediction of %d bytes, want %d", len(in.Pred), len(dst))
	}
	if len(enc) == 1 && enc[0] == deltaSame {
		copy(dst, in.Pred)
		return nil
	}
	if err := decodeDelta(c.kernel, dst, enc, in); err != nil {
		return fmt.Errorf("delta: %d bytes of %d elements: %w", len(enc), len(dst)/in.Elem.Size(), err)
	}
	return nil
}

// decodeDelta reads what encodeDelta wrote.
func decodeDelta(k kernel, dst, enc []byte, in Input) error {
	s := getScratch(k)
	defer scratches.Put(s)
	switch in.Elem.Size() {
	case 1:
		return readDelta[uint8](s, dst, enc, in)
	case 2:
		return readDelta[uint16](s, dst, enc, in)
	case 4:
		return readDelta[uint32](s, dst, enc, in)
	}
	return readDelta[uint64](s, dst, enc, in)
}

var errDelta = errors.New("bad header")

// readDelta decodes enc to dst.
func readDelta[T entropy.Word](s *scratch, dst, enc []byte, in Input) error {
	size := in.Elem.Size()
	n := len(dst) / size
	if len(enc) == 0 || enc[0]&^deltaKnown != 0 || enc[0]&deltaSame != 0 {
		return errDelta
	}
	flags, enc := enc[0], enc[1:]
	shift := uint(0)
	if flags&deltaShift != 0 {
		if len(enc) == 0 || enc[0] == 0 || uint(enc[0]) >= entropy.Width[T]() {
			return errDelta
		}
		shift, enc = uint(enc[0]), enc[1:]
	}
	tail := dst[n*size:]
	if len(enc) < len(tail) {
		return entropy.ErrShort
	}
	copy(tail, enc)
	enc = enc[len(tail):]
	spans := s.all(n)
	if flags&deltaRuns != 0 {
		if in.Pred == nil {
			return errDelta
		}
		var err error
		if enc, err = spans.read(enc, n); err != nil {
			return err
		}
		spans.copy(dst, in.Pred, size)
	}
	if spans.count == 0 {
		if len(enc) != 0 {
			return errDelta
		}
		return nil
	}
	d := newDiffer[T](&in, n, shift)
	off, k := binary.Varint(enc)
	if k <= 0 || off < -1<<16 || off > 1<<16 {
		return errDelta
	}
	d.off = int(off)
	return untokenize(s, d, dst, enc[k:], in.Pred, spans)
}

// untokenize decodes the elements of spans, block by block: contexts from what is predicted, symbols by these, elements
// from both. Of 2-byte elements faster code does as many of a block as it can, k from its start: contextTables their
// contexts, ReadHalves symbols and elements in one pass, DeclassifyHalves elements whose symbols were read. After each
// plain code does the rest of the block, from k on; with k 0 that is all of it.
func untokenize[T entropy.Word](s *scratch, d *differ[T], dst, enc, pred []byte, spans *spans) error {
	t := &s.dec
	enc, err := t.Open(enc, entropy.SizeContexts)
	if err != nil {
		return err
	}
	raw := entropy.BitReader{In: enc}
	size := int(entropy.Width[T]() / 8)
	var p, z [blockLen]T
	var ctx [blockLen]uint16
	var tok, tab [blockLen]uint8
	half := size == 2 && d.shift == 0
	d.rule.off = d.off
	for b := range spans.blocks() {
		out, pb, k := dst[b.at*size:(b.at+b.n)*size], predicted(pred, size, b), 0
		if half {
			k = s.kernel.contextTables(tab[:b.n], ctx[:b.n], &d.expectation, pb, b.at, &d.rule, t)
		}
		entropy.Load(p[k:b.n], pb[k*size:])
		d.contexts(ctx[k:b.n], p[k:b.n], b.at+k)
		t.Tables(tab[k:b.n], ctx[k:b.n])
		if k = 0; half {
			k = t.ReadHalves(&raw, out, tab[:b.n], pb, d.float != 0)
		}
		if err := t.Read(tok[k:b.n], tab[k:b.n]); err != nil {
			return err
		}
		if half {
			k += t.DeclassifyHalves(&raw, out[k*size:], tok[k:b.n], pb[k*size:], d.float != 0)
		}
		entropy.Load(p[k:b.n], pb[k*size:])
		entropy.Declassify(&raw, z[k:b.n], tok[k:b.n])
		d.restore(z[k:b.n], p[k:b.n])
		entropy.Store(out[k*size:], z[k:b.n])
	}
	if !raw.Done() {
		return fmt.Errorf("raw bits: %d bytes, want %d", len(raw.In), (raw.Pos+7)/8)
	}
	return t.Close()
}
