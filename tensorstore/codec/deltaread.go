package codec

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Decode fills dst; in.Pred has to be as long.
func (deltaCodec) Decode(dst, enc []byte, in Input) error {
	if len(in.Pred) != len(dst) {
		return fmt.Errorf("delta: prediction of %d bytes, want %d", len(in.Pred), len(dst))
	}
	if len(enc) == 1 && enc[0] == deltaSame {
		copy(dst, in.Pred)
		return nil
	}
	if err := decodeDelta(dst, enc, in); err != nil {
		return fmt.Errorf("delta: %d bytes of %d elements: %w", len(enc), len(dst)/in.Elem.Size(), err)
	}
	return nil
}

// decodeDelta reads what encodeDelta wrote.
func decodeDelta(dst, enc []byte, in Input) error {
	s := scratches.Get().(*scratch)
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
func readDelta[T word](s *scratch, dst, enc []byte, in Input) error {
	size := in.Elem.Size()
	n := len(dst) / size
	if len(enc) == 0 || enc[0]&^deltaKnown != 0 || enc[0]&deltaSame != 0 {
		return errDelta
	}
	flags, enc := enc[0], enc[1:]
	shift := uint(0)
	if flags&deltaShift != 0 {
		if len(enc) == 0 || enc[0] == 0 || uint(enc[0]) >= widthOf[T]() {
			return errDelta
		}
		shift, enc = uint(enc[0]), enc[1:]
	}
	tail := dst[n*size:]
	if len(enc) < len(tail) {
		return errShort
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

// untokenize decodes the elements of spans.
func untokenize[T word](s *scratch, d *differ[T], dst, enc, pred []byte, spans *spans) error {
	var t tokenReader
	enc, err := t.open(s, enc, scaleContexts)
	if err != nil {
		return err
	}
	raw := bitReader{in: enc}
	size := int(widthOf[T]() / 8)
	var p, z [blockLen]T
	var v [blockLen]int16
	var tok, tab [blockLen]uint8
	for b := range spans.blocks() {
		loadOrZero(p[:b.n], pred, b.at)
		d.values(v[:b.n], p[:b.n], b.at)
		t.tables(tab[:b.n], v[:b.n], d.off)
		if err := t.read(tok[:b.n], tab[:b.n]); err != nil {
			return err
		}
		declassify(&raw, z[:b.n], tok[:b.n])
		d.restore(z[:b.n], p[:b.n])
		store(dst[b.at*size:], z[:b.n])
	}
	if !raw.done() {
		return fmt.Errorf("raw bits: %d bytes, want %d", len(raw.in), (raw.pos+7)/8)
	}
	return t.rans.close()
}
