package codec

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"dits/formats/ggml"
	"dits/tensorstore/codec/blocks/blockstest"
)

// A testGuide is a guide by the library's own quantiser. The hint of a run of blocks says by how much the source is
// to be multiplied.
type testGuide struct {
	name    string
	kind    ggml.Type
	values  []float32
	blind   bool // guesses nothing of scales
	hinted  bool
	coded   []byte            // blocks that hints are found for
	settled *int              // counts calls of Settle
	made    map[string][]byte // guesses by hints
}

// runOfHint is how many blocks share a hint.
const runOfHint = 4

// guides are those for n blocks of t, made of blockValues; none where the library has no quantiser.
func guides(t ggml.Type, n int) (all []testGuide) {
	if !t.CanQuantise() || !t.CanRound() {
		return nil
	}
	k := n * int(t.BlockElems())
	exact, near := blockValues(k, 0), blockValues(k, 0.01)
	bigger := make([]float32, k)
	for i, v := range exact {
		bigger[i] = v / 2 // the right hint is 2
	}
	return []testGuide{
		{name: "exact", kind: t, values: exact, made: map[string][]byte{}},
		{name: "near", kind: t, values: near, made: map[string][]byte{}},
		{name: "blind", kind: t, values: exact, blind: true},
		{name: "hinted", kind: t, values: bigger, hinted: true, made: map[string][]byte{}},
	}
}

func (g testGuide) blocks() int { return len(g.values) / int(g.kind.BlockElems()) }

func (g testGuide) Hints() int {
	if !g.hinted {
		return 0
	}
	return (g.blocks() + runOfHint - 1) / runOfHint
}

// Find tries the hints from 0 to 3.
func (g testGuide) Find(hints []byte) {
	size := int(g.kind.BlockBytes()) * runOfHint
	src, guess := g.coded, make([]byte, len(g.coded))
	for h := byte(3); h < 4; h-- {
		g.Guess(guess, bytes.Repeat([]byte{h}, len(hints)))
		for i := range hints {
			if bytes.Equal(guess[i*size:min((i+1)*size, len(src))], src[i*size:min((i+1)*size, len(src))]) {
				hints[i] = h
			}
		}
	}
}

func (g testGuide) source(hints []byte) []float32 {
	v := make([]float32, len(g.values))
	copy(v, g.values)
	run := runOfHint * int(g.kind.BlockElems())
	for i, h := range hints {
		for k := i * run; k < min((i+1)*run, len(v)); k++ {
			v[k] *= float32(h)
		}
	}
	return v
}

func (g testGuide) Guess(dst, hints []byte) bool {
	if g.blind {
		return false
	}
	b := g.made[string(hints)]
	if len(b) != len(dst) {
		b = make([]byte, len(dst))
		q := ggml.Quantiser{Type: g.kind, Columns: int(g.kind.BlockElems())}
		if err := q.Rows(b, g.source(hints)); err != nil {
			panic(err)
		}
		g.made[string(hints)] = b
	}
	copy(dst, b)
	return true
}

func (g testGuide) Settle(dst, guess []byte) {
	if g.settled != nil {
		*g.settled++
	}
	if g.hinted { // it does not remember its hints: quants are as guessed
		scales := bytes.Clone(dst)
		copy(dst, guess)
		blockstest.CopyScales(g.kind, dst, scales)
		return
	}
	if err := g.kind.Round(dst, g.values); err != nil {
		panic(err)
	}
}

// TestBlocksGuided holds what chunks cost whose guide is right, or nearly.
func TestBlocksGuided(t *testing.T) {
	const n = 2000
	for _, kind := range []ggml.Type{ggml.Q8_0, ggml.Q4_0, ggml.Q2_K, ggml.Q3_K, ggml.Q4_K, ggml.Q5_K, ggml.Q6_K} {
		if underRace && kind != ggml.Q4_K {
			continue
		}
		n := n / max(int(kind.BlockElems())/64, 1)
		k := n * int(kind.BlockElems())
		src := make([]byte, n*int(kind.BlockBytes()))
		settled := 0
		g := testGuide{kind: kind, values: blockValues(k, 0), settled: &settled, made: map[string][]byte{}}
		if !g.Guess(src, nil) {
			t.Fatalf("%v: no guess", kind)
		}
		size := func(src []byte, g testGuide) int {
			g.coded = src
			enc, ok := roundTrip(t, blocksCodec{}, sample{kind.String(), src, Input{Elem: BlockElem(kind), Guide: g}})
			if !ok {
				t.Fatalf("%v: does not apply", kind)
			}
			return len(enc)
		}
		if got := size(src, g); got > 8 || settled > 0 {
			t.Errorf("%v: a right guess takes %d bytes and %d settlings, want at most 8 and none", kind, got, settled)
		}
		half := g
		half.hinted, half.made = true, map[string][]byte{}
		half.values = make([]float32, k)
		for i, v := range g.values {
			half.values[i] = v / 2
		}
		if got := size(src, half); got > 40 {
			t.Errorf("%v: right hints take %d bytes, want at most 40", kind, got)
		}
		blind := g
		blind.blind = true
		bytesOf, scales := int(kind.BlockBytes()), blockstest.ScaleBytes(kind)
		alone, _ := blocksCodec{}.Encode(nil, src, Input{Elem: BlockElem(kind)})
		if got, most := size(src, blind), scales*n+n/2+64; got > most || settled == 0 {
			t.Errorf("%v: scales take %d bytes, want at most %d", kind, got, most)
		} else {
			t.Logf("%v: %d bytes, %d alone, %d with a blind guide", kind, len(src), len(alone), got)
		}
		r := rand.New(rand.NewPCG(41, 1))
		wrong := bytes.Clone(src)
		for i := range n / 20 { // another step in 5% of the blocks, quants as rounded to it
			b := wrong[i*20*bytesOf:][:bytesOf]
			b[blockstest.FirstScale(kind)] ^= byte(1 + r.IntN(3))
		}
		if err := kind.Round(wrong, g.values); err != nil {
			t.Fatal(err)
		}
		for i := range n { // but for those of the 95% where rounding is not what the quantiser does
			if i%20 != 0 || i/20 >= n/20 {
				copy(wrong[i*bytesOf:][:bytesOf], src[i*bytesOf:])
			}
		}
		if got, most := size(wrong, g), n/20*(2+scales)+n/2+200; got > most {
			t.Errorf("%v: 5%% other scales take %d bytes, want at most %d", kind, got, most)
		}
	}
}
