package codec

import (
	"encoding/binary"

	"dits/tensorstore/codec/entropy"
)

// appendBytes appends the form formBytes of src: each byte a symbol, in the
// context of its position in the element, or for elements of one byte of row
// and column.
func (s *scratch) appendBytes(dst, src []byte, in Input) []byte {
	p := planes{size: in.Elem.Size(), expectation: in.expect(len(src))}
	if p.size > 1 {
		p.act = nil
	}
	if p.act != nil {
		var v [1]int16
		s.vals = s.vals[:0]
		for at := 0; at < len(src); at += 509 {
			p.fill(v[:], at)
			s.vals = append(s.vals, v[0])
		}
		p.off = entropy.Centre(s.vals)
		dst = binary.AppendVarint(dst, int64(p.off))
	}
	s.Tok = append(s.Tok[:0], src...)
	s.Ctx = grow(s.Ctx, len(src))
	for at := 0; at < len(src); at += blockLen {
		p.contexts(s.Ctx[at:min(at+blockLen, len(src))], at)
	}
	return s.Append(dst, entropy.SizeContexts, entropy.MaxSymbols)
}

// planes tells the contexts of bytes.
type planes struct {
	expectation
	size int
}

// contexts sets ctx for the bytes from at on, at most blockLen.
func (p *planes) contexts(ctx []uint16, at int) {
	if p.act == nil {
		for i := range ctx {
			ctx[i] = uint16((at + i) & (p.size - 1))
		}
		return
	}
	var v [blockLen]int16
	p.fill(v[:len(ctx)], at)
	entropy.Contexts(ctx, v[:len(ctx)], p.off)
}

// readBytes decodes the form formBytes.
func (s *scratch) readBytes(dst, enc []byte, in Input) error {
	p := planes{size: in.Elem.Size(), expectation: in.expect(len(dst))}
	if p.size > 1 {
		p.act = nil
	}
	if p.act != nil {
		off, k := binary.Varint(enc)
		if k <= 0 || off < -1<<16 || off > 1<<16 {
			return errFields
		}
		p.off, enc = int(off), enc[k:]
	}
	t := &s.dec
	enc, err := t.Open(enc, entropy.SizeContexts)
	if err != nil {
		return err
	}
	if len(enc) != 0 {
		return errFields
	}
	var ctx [blockLen]uint16
	var tab [blockLen]uint8
	for at := 0; at < len(dst); at += blockLen {
		k := min(blockLen, len(dst)-at)
		p.contexts(ctx[:k], at)
		t.Tables(tab[:k], ctx[:k])
		if err := t.Read(dst[at:at+k], tab[:k]); err != nil {
			return err
		}
	}
	return t.Close()
}
