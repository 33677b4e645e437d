package tensorstore

import (
	"bytes"

	"dits/tensorstore/codec"
)

// A result is one coded chunk.
type result struct {
	encoding    codec.Encoding
	payload     []byte
	independent bool // decodes without the plan's prediction
}

// encode codes the chunk that starts off bytes into the plan's tensor: as planned, else
// by whatever else is smaller than the bytes themselves, else raw. The payload is in dst where that has the
// capacity, or b itself.
func (p *plan) encode(dst, b []byte, off int64) result {
	if p.encoding != codec.Raw && p.encoding != codec.Zstd {
		// A source that cannot be read, being damaged, does not help; that is all.
		if in, err := p.input(off, len(b)); err == nil {
			if enc, ok := encode(p.encoding, dst, b, in); ok {
				return result{encoding: p.encoding, payload: enc}
			}
		}
	}
	if enc, ok := encode(codec.Zstd, dst, b, codec.Input{}); ok {
		return result{encoding: codec.Zstd, payload: enc, independent: true}
	}
	return result{encoding: codec.Raw, payload: b, independent: true}
}

// decodesTo says that decoding enc gives src back: nothing is committed that does not.
func decodesTo(c codec.Codec, src, enc []byte, in codec.Input) bool {
	out := buffer(len(src))
	defer buffers.Put(out)
	clear(*out) // as a reader's is: what a decoder leaves out must not be there from before
	return c.Decode(*out, enc, in) == nil && bytes.Equal(*out, src)
}

// encode codes src by e, into dst where that has the capacity, decodes the result again and compares. It is not
// ok when the encoding does not apply or is no smaller than src.
func encode(e codec.Encoding, dst, src []byte, in codec.Input) ([]byte, bool) {
	c, err := codec.For(e)
	if err != nil {
		return nil, false
	}
	enc, ok := c.Encode(dst[:0], src, in)
	if !ok || len(enc) >= len(src) || !decodesTo(c, src, enc, in) {
		return nil, false
	}
	return enc, true
}
