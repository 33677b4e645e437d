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
// by whatever else is smaller than the bytes themselves, else raw.
func (p *plan) encode(b []byte, off int64) result {
	if p.encoding != codec.Raw && p.encoding != codec.Zstd {
		// A source that cannot be read, being damaged, does not help; that is all.
		if in, err := p.input(off, len(b)); err == nil {
			if enc, ok := encode(p.encoding, b, in); ok {
				return result{encoding: p.encoding, payload: enc}
			}
		}
	}
	if enc, ok := encode(codec.Zstd, b, codec.Input{}); ok {
		return result{encoding: codec.Zstd, payload: enc, independent: true}
	}
	return result{encoding: codec.Raw, payload: b, independent: true}
}

// decodesTo says that decoding enc gives src back: nothing is committed that does not.
func decodesTo(c codec.Codec, src, enc []byte, in codec.Input) bool {
	out := make([]byte, len(src))
	return c.Decode(out, enc, in) == nil && bytes.Equal(out, src)
}

// encode codes src by e, decodes the result again and compares. It is not ok when
// the encoding does not apply or is no smaller than src.
func encode(e codec.Encoding, src []byte, in codec.Input) ([]byte, bool) {
	c, err := codec.For(e)
	if err != nil {
		return nil, false
	}
	enc, ok := c.Encode(nil, src, in)
	if !ok || len(enc) >= len(src) || !decodesTo(c, src, enc, in) {
		return nil, false
	}
	return enc, true
}
