package blocks

import (
	"encoding/binary"
	"slices"

	"dits/tensorstore/codec/entropy"
)

// appendHalves appends a plane of F16 numbers: predicted, with its length before it, as Delta has
// them; else tokens of the high bytes, then of the low ones in the context of the lowest two bits of the
// high one. Numbers that came from BF16 by one division have few mantissas for each of these.
func (b *call) appendHalves(dst []byte, p *planeCoding) []byte {
	b.halves = b.gather(b.halves, p, p.blocks)
	if p.pred != nil {
		b.known = b.gather(b.known, p, p.pred)
		b.delta = b.f16.Append(b.delta[:0], b.halves, b.known)
		return append(binary.AppendUvarint(dst, uint64(len(b.delta))), b.delta...)
	}
	e, n := &b.enc, len(p.list)
	e.Tok, e.Ctx = slices.Grow(e.Tok[:0], n)[:n], slices.Grow(e.Ctx[:0], n)[:n]
	for i := range n {
		e.Tok[i], e.Ctx[i] = b.halves[2*i+1], 0
	}
	dst = e.Append(dst, 1, entropy.MaxSymbols)
	for i := range n {
		e.Tok[i], e.Ctx[i] = b.halves[2*i], uint16(b.halves[2*i+1]&3)
	}
	return e.Append(dst, 4, entropy.MaxSymbols)
}

// gather sets halves to the numbers of the plane.
func (b *call) gather(halves []byte, p *planeCoding, blocks []byte) []byte {
	halves = halves[:0]
	for _, i := range p.list {
		halves = append(halves, b.block(blocks, i)[p.off16:p.off16+2]...)
	}
	return halves
}

// readHalves reads what appendHalves wrote.
func (b *call) readHalves(enc []byte, p *planeCoding) ([]byte, error) {
	b.halves = slices.Grow(b.halves[:0], 2*len(p.list))[:2*len(p.list)]
	var err error
	if p.pred != nil {
		enc, err = b.readHalfDelta(enc, p)
	} else {
		enc, err = b.readHalfBytes(enc, len(p.list))
	}
	if err != nil {
		return nil, err
	}
	for k, i := range p.list {
		copy(b.block(p.blocks, i)[p.off16:p.off16+2], b.halves[2*k:])
	}
	return enc, nil
}

// readHalfDelta reads predicted numbers to b.halves.
func (b *call) readHalfDelta(enc []byte, p *planeCoding) ([]byte, error) {
	delta, enc, ok := entropy.CutSection(enc)
	if !ok {
		return nil, entropy.ErrShort
	}
	b.known = b.gather(b.known, p, p.pred)
	return enc, b.f16.Read(b.halves, delta, b.known)
}

// readHalfBytes reads n numbers to b.halves.
func (b *call) readHalfBytes(enc []byte, n int) ([]byte, error) {
	for k := 1; k >= 0; k-- {
		t := &b.dec
		var err error
		if enc, err = t.Open(enc, 4-3*k); err != nil {
			return nil, err
		}
		for at := 0; at < n; at += batchSymbols {
			if err := b.readHalfBatch(t, b.halves[2*at:2*min(at+batchSymbols, n)], k); err != nil {
				return nil, err
			}
		}
		if err := t.Close(); err != nil {
			return nil, err
		}
	}
	return enc, nil
}

// readHalfBatch reads the high bytes of the numbers, k is 1, or the low ones, k is 0.
func (b *call) readHalfBatch(t *entropy.Decoder, halves []byte, k int) error {
	n := len(halves) / 2
	for i := range n {
		b.ctx[i] = uint16(halves[2*i+1] & 3 &^ uint8(3*k))
	}
	t.Tables(b.tab[:n], b.ctx[:n])
	if err := t.Read(b.tok[:n], b.tab[:n]); err != nil {
		return err
	}
	for i, v := range b.tok[:n] {
		halves[2*i+k] = v
	}
	return nil
}
