package choose

import (
	"bytes"

	"dits/tensorstore/buffer"
	"dits/tensorstore/codec"
	"dits/tensorstore/digest"
)

// A Chunk is a coded one, and what decoding it takes.
type Chunk struct {
	Encoding   codec.Encoding
	Payload    []byte
	Prediction digest.ID // of the object that holds it; zero: none
	First      int64     // the index of its first element, in the prediction
	Depth      uint8     // of the chain of sources
}

// Encode codes the chunk that starts off bytes into the plan's tensor: as planned, else by whatever else is smaller
// than the bytes themselves, else raw. The payload is in dst where that has the capacity, or b itself.
func (p *Plan) Encode(dst, b []byte, off int64) Chunk {
	if p.pred != nil {
		// A source that cannot be read, being damaged, does not help; that is all.
		first := p.first(off)
		if in, err := p.pred.Input(first, len(b), p.sources.Opener()); err == nil {
			if enc, ok := encode(p.encoding, dst, b, in); ok {
				return Chunk{p.encoding, enc, p.object.ID, first, p.depth}
			}
		}
	}
	e, enc := Compress(dst, b)
	return Chunk{Encoding: e, Payload: enc}
}

// Compress is the smaller of b itself and its compression, which is in dst where that has the capacity.
func Compress(dst, b []byte) (codec.Encoding, []byte) {
	if enc, ok := encode(codec.Zstd, dst, b, codec.Input{}); ok {
		return codec.Zstd, enc
	}
	return codec.Raw, b
}

// decodesTo says that decoding enc gives src back: nothing is committed that does not.
func decodesTo(c codec.Codec, src, enc []byte, in codec.Input) bool {
	out := buffer.Get(len(src))
	defer buffer.Put(out)
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
