// Package blockstest makes quant blocks, and guides to them, for tests of their coders.
package blockstest

import (
	"bytes"

	"dits/formats/ggml"
)

// Types are the ggml types of several weights a block.
func Types() (all []ggml.Type) {
	for _, t := range ggml.Types() {
		if t.BlockElems() > 1 {
			all = append(all, t)
		}
	}
	return all
}

// Pattern returns n blocks made with integers alone; every so many bytes of it depend on salt too.
func Pattern(kind ggml.Type, n int, salt byte) (b []byte) {
	seed := uint64(kind)
	for i := range n * int(kind.BlockBytes()) {
		seed = seed*6364136223846793005 + 1442695040888963407
		x := byte(seed>>56) & byte(seed>>40) & 0x6d
		if seed>>33%40 == 0 && i%3 == 0 {
			x ^= salt
		}
		b = append(b, x)
	}
	return b
}

// scales are the fields of a block that scale its quants.
func scales(kind ggml.Type) (all []ggml.Field) {
	for _, f := range kind.Fields() {
		if f.Kind.IsScale() {
			all = append(all, f)
		}
	}
	return all
}

// ScaleBytes is how many bytes of a block are scales.
func ScaleBytes(kind ggml.Type) (n int) {
	for _, f := range scales(kind) {
		n += f.Len
	}
	return n
}

// FirstScale is where in a block the first scale begins.
func FirstScale(kind ggml.Type) int { return scales(kind)[0].Off }

// CopyScales sets the scales of the blocks dst to those of src, which is as long.
func CopyScales(kind ggml.Type, dst, src []byte) {
	size := int(kind.BlockBytes())
	for at := 0; at < len(dst); at += size {
		for _, f := range scales(kind) {
			copy(dst[at+f.Off:][:f.Len], src[at+f.Off:])
		}
	}
}

// A Guide knows blocks, and takes a hint for the first byte of each.
type Guide struct {
	Kind   ggml.Type
	Blocks []byte
	Hinted bool
	Coded  []byte // blocks that hints are found for
	Blind  bool   // guesses nothing of scales
}

func (g Guide) size() int { return int(g.Kind.BlockBytes()) }

// Hints is one for each block, or none.
func (g Guide) Hints() int {
	if !g.Hinted {
		return 0
	}
	return len(g.Blocks) / g.size()
}

// Find finds how the first bytes of blocks differ.
func (g Guide) Find(hints []byte) {
	for i := range hints {
		hints[i] = g.Coded[i*g.size()] ^ g.Blocks[i*g.size()]
	}
}

// Guess guesses the blocks with what hints say.
func (g Guide) Guess(dst, hints []byte) bool {
	copy(dst, g.Blocks)
	for i, h := range hints {
		dst[i*g.size()] ^= h
	}
	return !g.Blind
}

// Settle keeps the scales of dst.
func (g Guide) Settle(dst, _ []byte) {
	known := bytes.Clone(dst)
	copy(dst, g.Blocks)
	CopyScales(g.Kind, dst, known)
}
