package blocks

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"testing"

	"dits/formats/ggml"
	"dits/tensorstore/codec/blocks/blockstest"
	"dits/tensorstore/codec/entropy"
)

// halves codes what bytes of numbers differ in. In a store that is Delta of package codec, which is above this one.
type halves struct{}

func (halves) Append(dst, src, pred []byte) []byte {
	var e entropy.Encoder
	for i, b := range src {
		e.Tok, e.Ctx = append(e.Tok, b^pred[i]), append(e.Ctx, 0)
	}
	return e.Append(dst, 1, entropy.MaxSymbols)
}

func (halves) Read(dst, enc, pred []byte) error {
	var d entropy.Decoder
	rest, err := d.Open(enc, 1)
	if err != nil || len(rest) > 0 {
		return fmt.Errorf("%d bytes more: %w", len(rest), err)
	}
	if err := d.Read(dst, make([]uint8, len(dst))); err != nil {
		return err
	}
	for i, b := range pred {
		dst[i] ^= b
	}
	return d.Close()
}

// coder is the coder of tests.
var coder = Coder{Halves: halves{}}

// section is b with its length before it.
func section(b []byte) []byte {
	return append(binary.AppendUvarint(nil, uint64(len(b))), b...)
}

// TestStrict has encodings that only a bad writer makes.
func TestStrict(t *testing.T) {
	const n = 40
	kind := ggml.Q8_0
	src, pred := blockstest.Pattern(kind, n, 0), blockstest.Pattern(kind, n, 5)
	alone, against := Chunk{Type: kind}, Chunk{Type: kind, Pred: pred}
	guided, blind, hinted := alone, alone, alone
	guided.Guide = blockstest.Guide{Kind: kind, Blocks: src}
	blind.Guide = blockstest.Guide{Kind: kind, Blocks: src, Blind: true}
	hinted.Guide = blockstest.Guide{Kind: kind, Blocks: pred, Hinted: true}
	encode := func(in Chunk) []byte {
		enc, ok := coder.Encode(nil, src, in)
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
		in   Chunk
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
		if err := coder.Decode(dst, tc.enc, tc.in); (err == nil) != tc.ok {
			t.Errorf("%s: %v", tc.name, err)
		}
	}
	c := coder.begin(len(src), &alone)
	defer c.release()
	if got, rest, err := c.readList(append(list(one), 9)); err != nil || len(got) != 1 || got[0] != 3 || len(rest) != 1 {
		t.Errorf("list %v, %d bytes more, %v", got, len(rest), err)
	}
	if _, _, err := c.readList(list(one, 7, 7, 7, 7, 7, 7)); err == nil {
		t.Error("a list goes on")
	}
	if err := coder.Decode(make([]byte, len(src)-1), encode(alone), alone); err == nil {
		t.Error("decodes to a part of a block")
	}
	if err := coder.Decode(nil, nil, alone); err == nil {
		t.Error("decodes to nothing")
	}
}

// parts cuts the encoding of Q8_0 against a prediction behind its scales.
func (in Chunk) parts(t *testing.T, enc []byte) (scales, quants []byte) {
	t.Helper()
	c := coder.begin(len(in.Pred), &in)
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
