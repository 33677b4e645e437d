package blocks

import (
	"bytes"
	"testing"

	"dits/cpu"
	"dits/tensorstore/codec/blocks/blockstest"
	"dits/tensorstore/codec/entropy"
)

// longest is how long a fuzzed chunk gets. Short ones reach no loop of a kernel: entropy coders have 64 lanes only in
// chunks of some 100,000 tokens.
const longest = 320 << 10

// longLengths are the lengths of seeds that reach every loop, and what is left behind it.
var longLengths = []int{64<<10 + 22, 300<<10 + 6}

// tiled is n bytes of repetitions of seed.
func tiled(seed []byte, n int) []byte {
	b := make([]byte, n)
	for i := 0; len(seed) > 0 && i < n; i += len(seed) {
		copy(b[i:], seed)
	}
	return b
}

// fuzzChunk makes what is known of a chunk of a few numbers, and room for it.
func fuzzChunk(kind, situation uint8, n uint16, known []byte) (Chunk, []byte) {
	types := blockstest.Types()
	t := types[int(kind)%len(types)]
	c := Chunk{Type: t}
	blocks := int(n) % (longest/int(t.BlockBytes()) + 1)
	dst := make([]byte, blocks*int(t.BlockBytes()))
	b := tiled(known, len(dst))
	switch situation & 3 {
	case 1:
		c.Pred = b
	case 2:
		c.Guide = blockstest.Guide{Kind: t, Blocks: b, Hinted: situation&4 != 0}
	case 3:
		c.Guide = blockstest.Guide{Kind: t, Blocks: b, Blind: true}
	}
	if situation&8 != 0 {
		c.Sizes = entropy.Sizes{Width: t.BlockElems(), First: 3, Row: make([]int16, blocks+1)}
		for i := range c.Sizes.Width {
			c.Sizes.Col = append(c.Sizes.Col, int16(i%24)-40)
		}
	}
	return c, dst
}

// coding is c with a guide that finds the hints of src.
func coding(c Chunk, src []byte) Chunk {
	if g, ok := c.Guide.(blockstest.Guide); ok {
		g.Coded = src
		c.Guide = g
	}
	return c
}

// FuzzDecode has any bytes: an error or blocks, the same in all instructions.
func FuzzDecode(f *testing.F) {
	add := func(kind, situation uint8, n uint16, salted int) {
		t := blockstest.Types()[kind]
		src, known := blockstest.Pattern(t, int(n), 0), blockstest.Pattern(t, salted, 5)
		in, _ := fuzzChunk(kind, situation, n, known)
		if enc, ok := coder.Encode(nil, src, coding(in, src)); ok {
			f.Add(enc, kind, situation, n, known)
		}
	}
	for k, t := range blockstest.Types() {
		for situation := range uint8(16) {
			if k%5 == int(situation%5) {
				add(uint8(k), situation, 40, 40)
			}
		}
		for i, n := range longLengths {
			add(uint8(k), uint8(4*i+k%4), uint16(n/int(t.BlockBytes())), 33)
		}
	}
	f.Fuzz(func(t *testing.T, enc []byte, kind, situation uint8, n uint16, known []byte) {
		in, dst := fuzzChunk(kind, situation, n, known)
		err := coder.Decode(dst, enc, in)
		for level := cpu.Go; level <= cpu.AVX512; level++ {
			twin := make([]byte, len(dst))
			if got := (Coder{Level: level, Halves: halves{}}).Decode(twin, enc, in); (got == nil) != (err == nil) {
				t.Fatalf("in %v: %v, else %v", level, got, err)
			}
			if err == nil && !bytes.Equal(twin, dst) {
				t.Fatalf("%v decodes to other bytes", level)
			}
		}
	})
}

// FuzzRoundTrip has any blocks: they come back, and are encoded to the same bytes in all instructions.
func FuzzRoundTrip(f *testing.F) {
	for k, t := range blockstest.Types() {
		f.Add(blockstest.Pattern(t, 40, 0), uint8(k), uint8(k), uint16(40), blockstest.Pattern(t, 40, 5))
		for i, n := range longLengths {
			f.Add(blockstest.Pattern(t, 66, 0), uint8(k), uint8(k+4*i), uint16(n/int(t.BlockBytes())), blockstest.Pattern(t, 33, 5))
		}
	}
	f.Fuzz(func(t *testing.T, seed []byte, kind, situation uint8, n uint16, known []byte) {
		in, dst := fuzzChunk(kind, situation, n, known)
		src := tiled(seed, len(dst))
		enc, ok := coder.Encode(nil, src, coding(in, src))
		for level := cpu.Go; level <= cpu.AVX512; level++ {
			twin, applies := Coder{Level: level, Halves: halves{}}.Encode(nil, src, coding(in, src))
			if ok != applies || !bytes.Equal(twin, enc) {
				t.Fatalf("%v encodes to other bytes", level)
			}
		}
		if !ok {
			return
		}
		if err := coder.Decode(dst, enc, in); err != nil || !bytes.Equal(dst, src) {
			t.Fatalf("decodes to other bytes: %v", err)
		}
	})
}
