package codec

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"strings"
	"testing"

	"dits/formats/ggml"
)

// A fixedGuide knows blocks, and takes a hint for the first byte of each.
type fixedGuide struct {
	plan   *plan
	blocks []byte
	hinted bool
	coded  []byte // blocks that hints are found for
	blind  bool   // guesses nothing of scales
}

func (g fixedGuide) Hints() int {
	if !g.hinted {
		return 0
	}
	return len(g.blocks) / g.plan.size
}

func (g fixedGuide) Find(hints []byte) {
	for i := range hints {
		hints[i] = g.coded[i*g.plan.size] ^ g.blocks[i*g.plan.size]
	}
}

func (g fixedGuide) Guess(dst, hints []byte) bool {
	copy(dst, g.blocks)
	for i, h := range hints {
		dst[i*g.plan.size] ^= h
	}
	return !g.blind
}

func (g fixedGuide) Settle(dst, _ []byte) {
	scales := bytes.Clone(dst)
	copy(dst, g.blocks)
	for i := 0; i < len(dst); i += g.plan.size {
		g.plan.copyScales(dst[i:], scales[i:])
	}
}

// patternBlocks are n blocks made with integers alone; every so many bytes of it depend on salt too.
func patternBlocks(kind ggml.Type, n int, salt byte) (b []byte) {
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

// blockGoldens are the encodings that must never change.
func blockGoldens(t *testing.T) (lines []string) {
	for _, kind := range blockTypes() {
		n := 40
		src, pred := patternBlocks(kind, n, 0), patternBlocks(kind, n, 5)
		in := Input{Elem: BlockElem(kind), Width: 2 * kind.BlockElems()}
		m := NewMeter(F32, int64(n/2), in.Width, ColScales)
		m.Add(pattern(F32, n*int(kind.BlockElems()), 3), nil, 0)
		active, against, guided, hinted, blind := in, in, in, in, in
		active.Act = m.Activity()
		against.Pred = pred
		guided.Guide = fixedGuide{plan: plans[kind], blocks: pred}
		hinted.Guide = fixedGuide{plan: plans[kind], blocks: pred, hinted: true, coded: src}
		blind.Guide = fixedGuide{plan: plans[kind], blocks: pred, blind: true}
		for _, x := range []struct {
			name string
			in   Input
		}{{"alone", in}, {"active", active}, {"against", against}, {"guided", guided}, {"hinted", hinted}, {"blind", blind}} {
			enc, ok := roundTrip(t, blocksCodec{}, sample{kind.String(), src, x.in})
			if !ok {
				t.Fatalf("%v %s: does not apply", kind, x.name)
			}
			sum := sha256.Sum256(enc)
			line := hex.EncodeToString(sum[:])
			if kind == ggml.Q8_0 {
				line = hex.EncodeToString(enc)
			}
			lines = append(lines, fmt.Sprintf("%v %s: %d bytes %s", kind, x.name, len(enc), line))
		}
	}
	return lines
}

// TestBlocksGolden holds encodings, by their bytes or the SHA-256 of these. A change here breaks every store that
// exists: give the new bytes a new Encoding instead.
func TestBlocksGolden(t *testing.T) {
	got := blockGoldens(t)
	const path = "testdata/blocks.txt"
	if *update {
		if err := os.WriteFile(path, []byte(strings.Join(got, "\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Split(strings.TrimSpace(string(b)), "\n")
	if len(got) != len(want) {
		t.Fatalf("%d encodings, want %d", len(got), len(want))
	}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("line %d: the encoding changed, which breaks every store:\ngot  %s\nwant %s", i+1, got[i], want[i])
		}
	}
}
