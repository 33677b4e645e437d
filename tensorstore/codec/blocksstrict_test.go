package codec

import (
	"bytes"
	"encoding/binary"
	"testing"

	"dits/formats/ggml"
	"dits/tensorstore/codec/entropy"
)

// TestBlocksStrict has encodings that only a bad writer makes.
func TestBlocksStrict(t *testing.T) {
	const n = 40
	kind := ggml.Q8_0
	plan := plans[kind]
	src, pred := patternBlocks(kind, n, 0), patternBlocks(kind, n, 5)
	alone, against := Input{Elem: BlockElem(kind)}, Input{Elem: BlockElem(kind), Pred: pred}
	guided, blind, hinted := alone, alone, alone
	guided.Guide = fixedGuide{plan: plan, blocks: src}
	blind.Guide = fixedGuide{plan: plan, blocks: src, blind: true}
	hinted.Guide = fixedGuide{plan: plan, blocks: pred, hinted: true}
	encode := func(in Input) []byte {
		enc, ok := blocksCodec{}.Encode(nil, src, in)
		if !ok {
			t.Fatal("does not apply")
		}
		return enc
	}
	replace := func(enc []byte, at int, with ...byte) []byte {
		return append(append(bytes.Clone(enc[:at]), with...), enc[at+1:]...)
	}
	list := func(bits []int, tail ...byte) []byte {
		var flags []bool
		for _, v := range bits {
			flags = append(flags, v == 1)
		}
		in, _, _ := entropy.CutSection(entropy.AppendFlags(nil, flags))
		return append([]byte{listSome}, section(append(bytes.Clone(in), tail...))...)
	}
	one := make([]int, n)
	one[3] = 1
	scales, quants := against.parts(t, encode(against))
	off, k := binary.Varint(quants[1:])
	from := func(off int64) []byte {
		b := append(bytes.Clone(scales), planesPredicted)
		return append(binary.AppendVarint(b, off), quants[1+k:]...)
	}
	for _, tc := range []struct {
		name string
		in   Input
		enc  []byte
		ok   bool
	}{
		{"alone", alone, encode(alone), true},
		{"nothing", alone, nil, false},
		{"as predicted", against, []byte{listNone}, true},
		{"as predicted by nothing", alone, []byte{listNone}, false},
		{"some by nothing", alone, list(one), false},
		{"list of kind 3", against, []byte{3}, false},
		{"list without blocks", guided, append([]byte{listNone}, list(make([]int, n))...), false},
		{"planes of kind 2", alone, replace(encode(alone), 1, 2), false},
		{"predicted by nothing", alone, replace(encode(against), 0, listAll), false},
		{"no planes", alone, []byte{listAll}, false},
		{"context 0", against, from(off), true},
		{"context 0 too high", against, from(1<<16 + 1), false},
		{"context 0 too low", against, from(-1<<16 - 1), false},
		{"as guessed", guided, []byte{listNone, listNone}, true},
		{"as guessed, and more", guided, []byte{listNone, listNone, 0}, false},
		{"as guessed by the blind", blind, []byte{listNone, listNone}, false},
		{"some as guessed by the blind", blind, list(one), false},
		{"no hints", hinted, []byte{listNone, listNone, listNone}, true},
		{"hints missing", hinted, nil, false},
		{"hints of kind 1", hinted, []byte{listSome, listNone, listNone}, false},
		{"hints cut", hinted, []byte{listAll, listNone, listNone}, false},
	} {
		dst := make([]byte, len(src))
		if err := (blocksCodec{}).Decode(dst, tc.enc, tc.in); (err == nil) != tc.ok {
			t.Errorf("%s: %v", tc.name, err)
		}
	}
	chunk := alone.blocks(len(src))
	c := blocksCodec{}.coder().begin(len(src), &chunk)
	defer c.release()
	if got, rest, err := c.readList(append(list(one), 9)); err != nil || len(got) != 1 || got[0] != 3 || len(rest) != 1 {
		t.Errorf("list %v, %d bytes more, %v", got, len(rest), err)
	}
	if _, _, err := c.readList(list(one, 7, 7, 7, 7, 7, 7)); err == nil {
		t.Error("a list goes on")
	}
	if err := (blocksCodec{}).Decode(make([]byte, len(src)-1), encode(alone), alone); err == nil {
		t.Error("decodes to a part of a block")
	}
	if err := (blocksCodec{}).Decode(nil, nil, alone); err == nil {
		t.Error("decodes to nothing")
	}
}

// parts cuts the encoding of Q8_0 against a prediction behind its scales.
func (in Input) parts(t *testing.T, enc []byte) (scales, quants []byte) {
	t.Helper()
	chunk := in.blocks(len(in.Pred))
	c := blocksCodec{}.coder().begin(len(in.Pred), &chunk)
	defer c.release()
	_, rest, err := c.readList(enc)
	if err != nil || rest[0] != planesPredicted {
		t.Fatalf("scales: %v, %d", err, rest[0])
	}
	_, quants, ok := entropy.CutSection(rest[1:])
	if !ok || quants[0] != planesPredicted {
		t.Fatalf("quants: %v, %d", ok, quants[0])
	}
	return enc[:len(enc)-len(quants)], quants
}

// fuzzBlocks makes a chunk's context of a few numbers.
func fuzzBlocks(kind, situation uint8, n uint16, known []byte) (Input, []byte) {
	types := blockTypes()
	t := types[int(kind)%len(types)]
	in := Input{Elem: BlockElem(t), Width: t.BlockElems()}
	blocks := int(n) % (longest/int(t.BlockBytes()) + 1)
	dst := make([]byte, blocks*int(t.BlockBytes()))
	b := tiled(known, len(dst))
	switch situation & 3 {
	case 1:
		in.Pred = b
	case 2:
		in.Guide = fixedGuide{plan: plans[t], blocks: b, hinted: situation&4 != 0}
	case 3:
		in.Guide = fixedGuide{plan: plans[t], blocks: b, blind: true}
	}
	if situation&8 != 0 && len(b) > 0 {
		in.Act = someActivity(in, blocks, RowColScales)
	}
	return in, dst
}

// coding is in with a guide that finds the hints of src.
func coding(in Input, src []byte) Input {
	if g, ok := in.Guide.(fixedGuide); ok {
		g.coded = src
		in.Guide = g
	}
	return in
}

func FuzzBlocksDecode(f *testing.F) {
	for k, t := range blockTypes() {
		for situation := range uint8(16) {
			src, known := patternBlocks(t, 40, 0), patternBlocks(t, 40, 5)
			in, _ := fuzzBlocks(uint8(k), situation, 40, known)
			if enc, ok := (blocksCodec{}).Encode(nil, src, coding(in, src)); ok && k%5 == int(situation%5) {
				f.Add(enc, uint8(k), situation, uint16(40), known)
			}
		}
		for i, n := range longLengths {
			n, situation := n/int(t.BlockBytes()), uint8(4*i+k%4)
			src, known := patternBlocks(t, n, 0), patternBlocks(t, 33, 5)
			in, _ := fuzzBlocks(uint8(k), situation, uint16(n), known)
			if enc, ok := (blocksCodec{}).Encode(nil, src, coding(in, src)); ok {
				f.Add(enc, uint8(k), situation, uint16(n), known)
			}
		}
	}
	f.Fuzz(func(t *testing.T, enc []byte, kind, situation uint8, n uint16, known []byte) {
		in, dst := fuzzBlocks(kind, situation, n, known)
		sameDecoding(t, blocksCodec{}, len(dst), enc, in)
	})
}

func FuzzBlocksRoundTrip(f *testing.F) {
	for k, t := range blockTypes() {
		f.Add(patternBlocks(t, 40, 0), uint8(k), uint8(k), uint16(40), patternBlocks(t, 40, 5))
		for i, n := range longLengths {
			f.Add(patternBlocks(t, 66, 0), uint8(k), uint8(k+4*i), uint16(n/int(t.BlockBytes())), patternBlocks(t, 33, 5))
		}
	}
	f.Fuzz(func(t *testing.T, seed []byte, kind, situation uint8, n uint16, known []byte) {
		in, dst := fuzzBlocks(kind, situation, n, known)
		src := tiled(seed, len(dst))
		roundTrip(t, blocksCodec{}, sample{"fuzz", src, coding(in, src)})
	})
}
