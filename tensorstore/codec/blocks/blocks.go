package blocks

import (
	"bytes"
	"slices"
	"sync"

	"dits/cpu"
	"dits/formats/ggml"
	"dits/tensorstore/codec/entropy"
)

// A Chunk is what encoder and decoder both know about a chunk of blocks.
type Chunk struct {
	Type  ggml.Type     // of the blocks
	Sizes entropy.Sizes // expected of their weights; of no width when nothing is expected
	Pred  []byte        // predicted blocks, as long as the chunk; nil without prediction
	Guide Guide         // of blocks that are a function of a source, else nil
}

// A Halves codes F16 numbers as differences to predicted ones. It is a part of the format, which package codec has
// in its Delta.
type Halves interface {
	// Append appends the differences of src to pred, which is as long.
	Append(dst, src, pred []byte) []byte
	// Read fills dst from all of enc, given pred, which is as long as dst.
	Read(dst, enc, pred []byte) error
}

// A Coder codes quant blocks by their fields: alone, against predicted blocks of the same
// type, or led by a [Guide]. Scales come first; quants are coded in their context. It is safe for concurrent use.
type Coder struct {
	Level  cpu.Level // of the instructions to run in
	Halves Halves
}

// Encode appends the encoding of src to dst and says whether it applies, as it does to whole blocks when the result
// is smaller than src. When it does not, dst is returned unchanged. With a guide in.Pred does not count.
func (c Coder) Encode(dst, src []byte, in Chunk) ([]byte, bool) {
	b := c.begin(len(src), &in)
	if b == nil {
		return dst, false
	}
	defer b.release()
	if len(src) == 0 || len(src)%b.plan.size != 0 {
		return dst, false
	}
	start := len(dst)
	if in.Guide != nil {
		dst = b.appendGuided(dst, src, in.Guide)
	} else {
		dst = b.appendBlocks(dst, src, in.Pred)
	}
	if len(dst)-start >= len(src) {
		return dst[:start], false
	}
	return dst, true
}

// A call is what one call of a coder works with.
type call struct {
	enc     entropy.Encoder
	dec     entropy.Decoder
	f16     Halves
	plan    *plan
	weights entropy.Sizes // expected of the weights, not of the blocks
	n       int           // blocks of the chunk

	every, some        []int32 // all blocks; those that some part codes
	flags              []bool  // which are in a list
	guess, work, hints []byte
	batch
}

var calls = sync.Pool{New: func() any { return new(call) }}

// begin returns the call for a chunk of so many bytes, nil for types of single values and for
// predictions of another length. Release it.
func (c Coder) begin(length int, in *Chunk) *call {
	plan := plans[in.Type]
	if plan == nil || in.Guide == nil && in.Pred != nil && len(in.Pred) != length {
		return nil
	}
	b := calls.Get().(*call)
	b.enc.Level, b.dec.Level, b.f16 = c.Level, c.Level, c.Halves
	b.plan, b.n, b.weights = plan, length/plan.size, in.Sizes
	b.every = b.every[:0]
	for i := range b.n {
		b.every = append(b.every, int32(i))
	}
	return b
}

func (b *call) release() {
	b.f16, b.weights = nil, entropy.Sizes{}
	calls.Put(b)
}

// sizesOf sets v to the sizes expected of weights from at on, 0 where nothing is.
func (b *call) sizesOf(v []int16, at int) {
	if b.active() {
		b.weights.Fill(v, at)
	} else {
		clear(v)
	}
}

// active reports that sizes are expected.
func (b *call) active() bool { return b.weights.Width > 0 }

// block is block i of a chunk.
func (b *call) block(chunk []byte, i int32) []byte {
	size := b.plan.size
	return chunk[int(i)*size:][:size]
}

// appendBlocks appends src without a guide; pred may be nil.
func (b *call) appendBlocks(dst, src, pred []byte) []byte {
	list := b.every
	if pred != nil {
		list = b.differing(src, pred, bytes.Equal)
	}
	dst = b.appendList(dst, list)
	if len(list) == 0 {
		return dst
	}
	dst = b.appendPlanes(dst, b.plan.scales, src, pred, list, false)
	return b.appendPlanes(dst, b.plan.quants, src, pred, list, false)
}

// appendGuided appends src with what the guide says of it.
func (b *call) appendGuided(dst, src []byte, g Guide) []byte {
	b.hints = slices.Grow(b.hints[:0], g.Hints())[:g.Hints()]
	if len(b.hints) > 0 {
		clear(b.hints)
		g.Find(b.hints)
		dst = b.appendHints(dst)
	}
	b.guess = slices.Grow(b.guess[:0], len(src))[:len(src)]
	guess, list := b.guess, b.every
	if !g.Guess(guess, b.hints) {
		guess = nil
	} else {
		list = b.differing(src, guess, b.plan.sameScales)
	}
	dst = b.appendList(dst, list)
	settled := guess
	if len(list) > 0 {
		dst = b.appendPlanes(dst, b.plan.scales, src, guess, list, false)
		settled = b.settle(g, src, guess, list)
	}
	list = b.differing(src, settled, bytes.Equal)
	dst = b.appendList(dst, list)
	if len(list) == 0 {
		return dst
	}
	return b.appendPlanes(dst, b.plan.quants, src, settled, list, true)
}

// settle returns the blocks as the guide expects them once it has the scales of src, which
// differ from guess in the blocks of list.
func (b *call) settle(g Guide, src, guess []byte, list []int32) []byte {
	b.work = slices.Grow(b.work[:0], len(src))[:len(src)]
	clear(b.work)
	copy(b.work, guess)
	for _, i := range list {
		b.plan.copyScales(b.block(b.work, i), b.block(src, i))
	}
	g.Settle(b.work, guess)
	return b.work
}

// differing returns the blocks of which same does not hold. The list is valid until the next call.
func (b *call) differing(x, y []byte, same func(x, y []byte) bool) []int32 {
	b.some = b.some[:0]
	if bytes.Equal(x, y) {
		return b.some
	}
	for i := range int32(b.n) {
		if !same(b.block(x, i), b.block(y, i)) {
			b.some = append(b.some, i)
		}
	}
	return b.some
}

// Ways to code planes.
const (
	planesAlone     = 0
	planesPredicted = 1
)

// appendPlanes appends the planes of the blocks of list, against pred if that is not nil and pays. same says
// that the scales of pred are those of src.
func (b *call) appendPlanes(dst []byte, planes []plane, src, pred []byte, list []int32, same bool) []byte {
	start := len(dst)
	if pred != nil {
		dst = append(dst, planesPredicted)
		for i := range planes {
			dst = b.appendPlane(dst, planeCoding{plane: &planes[i], blocks: src, pred: pred, list: list, same: same})
		}
		if len(dst)-start < planesBytes(planes)*len(list)*3/4 {
			return dst
		}
	}
	end := len(dst)
	dst = append(dst, planesAlone)
	for i := range planes {
		dst = b.appendPlane(dst, planeCoding{plane: &planes[i], blocks: src, list: list})
	}
	if pred == nil || len(dst)-end < end-start {
		return slices.Delete(dst, start, end)
	}
	return dst[:end]
}

// planesBytes is what planes take of a block as it is.
func planesBytes(planes []plane) int {
	bits := 0
	for i := range planes {
		bits += planes[i].n * planes[i].bits
	}
	return bits / 8
}
