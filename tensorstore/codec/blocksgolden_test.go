package codec

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"strings"
	"testing"

	"dits/formats/ggml"
	"dits/tensorstore/codec/blocks/blockstest"
)

// blockGoldens are the encodings that must never change.
func blockGoldens(t *testing.T) (lines []string) {
	for _, kind := range blockstest.Types() {
		n := 40
		src, pred := blockstest.Pattern(kind, n, 0), blockstest.Pattern(kind, n, 5)
		in := Input{Elem: BlockElem(kind), Width: 2 * kind.BlockElems()}
		m := NewMeter(F32, int64(n/2), in.Width, ColScales)
		m.Add(pattern(F32, n*int(kind.BlockElems()), 3), nil, 0)
		active, against, guided, hinted, blind := in, in, in, in, in
		active.Act = m.Activity()
		against.Pred = pred
		guided.Guide = blockstest.Guide{Kind: kind, Blocks: pred}
		hinted.Guide = blockstest.Guide{Kind: kind, Blocks: pred, Hinted: true, Coded: src}
		blind.Guide = blockstest.Guide{Kind: kind, Blocks: pred, Blind: true}
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
