package codec

import (
	"bytes"
	"encoding/binary"
	"math/bits"

	"dits/tensorstore/codec/entropy"
)

// deltaCodec codes the integer difference to a prediction by class.
type deltaCodec struct{ kernel kernel }

// Flags of a delta.
const (
	deltaSame  = 1 // the chunk is its prediction
	deltaRuns  = 2 // a bitmap tells which runs are not
	deltaShift = 4 // low bits are zero in all elements
	deltaKnown = deltaSame | deltaRuns | deltaShift
)

// Encode applies when there is a prediction and the result is smaller than src. Quant blocks
// are for Blocks.
func (c deltaCodec) Encode(dst, src []byte, in Input) ([]byte, bool) {
	if len(src) < 2 || len(in.Pred) != len(src) || in.Elem.refuseBlocks() != nil {
		return dst, false
	}
	if bytes.Equal(src, in.Pred) {
		return append(dst, deltaSame), true
	}
	return encodeDelta(c.kernel, dst, src, in)
}

// encodeDelta is Encode for a chunk that is not its prediction, and may have none.
func encodeDelta(k kernel, dst, src []byte, in Input) ([]byte, bool) {
	s := getScratch(k)
	defer scratches.Put(s)
	start := len(dst)
	switch in.Elem.Size() {
	case 1:
		dst = appendDelta[uint8](s, dst, src, in)
	case 2:
		dst = appendDelta[uint16](s, dst, src, in)
	case 4:
		dst = appendDelta[uint32](s, dst, src, in)
	default:
		dst = appendDelta[uint64](s, dst, src, in)
	}
	if len(dst)-start >= len(src) {
		return dst[:start], false
	}
	return dst, true
}

// appendDelta appends the delta of src.
func appendDelta[T entropy.Word](s *scratch, dst, src []byte, in Input) []byte {
	size := in.Elem.Size()
	n := len(src) / size
	flags, shift := 0, trailing[T](src, n)
	if shift > 0 {
		flags |= deltaShift
	}
	spans := s.changed(src, in.Pred, size, n)
	if spans.partial {
		flags |= deltaRuns
	}
	dst = append(dst, byte(flags))
	if shift > 0 {
		dst = append(dst, byte(shift))
	}
	dst = append(dst, src[n*size:]...)
	if spans.partial {
		dst = spans.append(dst)
	}
	if spans.count == 0 {
		return dst
	}
	d := newDiffer[T](&in, n, shift)
	dst = binary.AppendVarint(dst, int64(centerDelta(s, d, in.Pred, spans)))
	raw := tokenize(s, d, src, in.Pred, spans)
	dst = s.Append(dst, entropy.SizeContexts, entropy.Classes[T]())
	return append(dst, raw...)
}

// trailing is the number of low bits that are zero in all n words of src, at
// most one less than their width.
func trailing[T entropy.Word](src []byte, n int) uint {
	var or T
	var x [256]T
	size := int(entropy.Width[T]() / 8)
	for at := 0; at < n; at += len(x) {
		b := x[:min(len(x), n-at)]
		entropy.Load(b, src[at*size:])
		for _, v := range b {
			or |= v
		}
		if or&1 == 1 {
			return 0
		}
	}
	return min(uint(bits.TrailingZeros64(uint64(or))), entropy.Width[T]()-1)
}

// loadOrZero is load, or zeros when there is no src.
func loadOrZero[T entropy.Word](dst []T, src []byte, at int) {
	if src == nil {
		clear(dst)
		return
	}
	entropy.Load(dst, src[at*int(entropy.Width[T]()/8):])
}

// centerDelta sets the offset of contexts by a sample of blocks, and returns it.
func centerDelta[T entropy.Word](s *scratch, d *differ[T], pred []byte, spans *spans) int {
	const sample, every = 64, 1024
	var p [sample]T
	s.vals = s.vals[:0]
	for b := range spans.blocks() {
		for at := b.at; at < b.at+b.n; at += every {
			var v [sample]int16
			k := min(sample, b.at+b.n-at)
			loadOrZero(p[:k], pred, at)
			d.values(v[:k], p[:k], at)
			s.vals = append(s.vals, v[0], v[k/2])
		}
	}
	d.off = entropy.Centre(s.vals)
	return d.off
}

// tokenize fills s.Tok and s.Ctx for the elements of spans and returns the raw bits.
func tokenize[T entropy.Word](s *scratch, d *differ[T], src, pred []byte, spans *spans) []byte {
	s.Tok = grow(s.Tok, spans.count)
	s.Ctx = grow(s.Ctx, spans.count)
	size := int(entropy.Width[T]() / 8)
	s.raw = grow(s.raw, spans.count*size+8)
	w := entropy.NewBitWriter(s.raw)
	var x, p, z [blockLen]T
	pos := 0
	half := size == 2 && d.shift == 0
	d.rule.off = d.off
	for b := range spans.blocks() {
		ctx, tok := s.Ctx[pos:pos+b.n], s.Tok[pos:pos+b.n]
		pos += b.n
		xb, pb, k := src[b.at*size:(b.at+b.n)*size], predicted(pred, size, b), 0
		if half {
			k = s.kernel.contexts(ctx, &d.expectation, pb, b.at, &d.rule)
		}
		entropy.Load(p[k:b.n], pb[k*size:])
		d.contexts(ctx[k:], p[k:b.n], b.at+k)
		if k = 0; half {
			k = s.ClassifyHalves(&w, tok, xb, pb, d.float != 0)
		}
		entropy.Load(x[k:b.n], xb[k*size:])
		entropy.Load(p[k:b.n], pb[k*size:])
		d.zigzag(z[k:b.n], x[k:b.n], p[k:b.n])
		entropy.Classify(&w, tok[k:], z[k:b.n])
	}
	return w.Close()
}

// zeros is the prediction of a block that has none.
var zeros [8 * blockLen]byte

// predicted is the prediction of b.
func predicted(pred []byte, size int, b block) []byte {
	if pred == nil {
		return zeros[:b.n*size]
	}
	return pred[b.at*size : (b.at+b.n)*size]
}
