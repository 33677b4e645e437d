package ggml_test

import (
	"bytes"
	"testing"

	"dits/formats/ggml"
)

// TestCorpusRound fills in the quants of the corpus from its scales and its source:
// every block comes out as it was, but a share of those whose quants upstream takes
// from the search with scales before their rounding.
func TestCorpusRound(t *testing.T) {
	source := readTensors(t, "base-F16.gguf")
	allowed := map[ggml.Type]float64{ggml.IQ4_XS: 0.5}
	for _, name := range ladder {
		bad, all := map[ggml.Type]int{}, map[ggml.Type]int{}
		for tensorName, want := range readTensors(t, name) {
			if !want.kind.CanRound() {
				continue
			}
			got := withoutQuants(want.kind, want.data)
			if err := want.kind.Round(got, source[tensorName].values(t)); err != nil {
				t.Fatal(err)
			}
			bad[want.kind] += differing(got, want.data, want.kind)
			all[want.kind] += len(got) / int(want.kind.BlockBytes())
		}
		for kind, n := range all {
			if float64(bad[kind]) > allowed[kind]*float64(n) {
				t.Errorf("%s: %d of %d %v blocks differ", name, bad[kind], n, kind)
			}
		}
		if len(all) == 0 {
			t.Errorf("%s: nothing to round", name)
		}
		t.Logf("%s: differing %v of %v blocks", name, bad, all)
	}
}

// withoutQuants returns a copy of blocks in which all but the scales is 0xa5.
func withoutQuants(kind ggml.Type, blocks []byte) []byte {
	bare := bytes.Repeat([]byte{0xa5}, len(blocks))
	size := int(kind.BlockBytes())
	for at := 0; at < len(blocks); at += size {
		for _, f := range kind.Fields() {
			if f.Kind.IsScale() {
				copy(bare[at+f.Off:at+f.Off+f.Len], blocks[at+f.Off:])
			}
		}
	}
	return bare
}

// TestRoundIgnoresQuants holds that rounding reads nothing but scales, of any bytes,
// and leaves them as they are.
func TestRoundIgnoresQuants(t *testing.T) {
	for _, kind := range ggml.Types() {
		if !kind.CanRound() {
			continue
		}
		blocks := randomBlocks(kind, 256)
		rows := hostile()[0].rows[:256*kind.BlockElems()%8192]
		n := len(rows) / int(kind.BlockElems())
		blocks = blocks[:n*int(kind.BlockBytes())]
		bare := withoutQuants(kind, blocks)
		for _, b := range [][]byte{blocks, bare} {
			if err := kind.Round(b, rows); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(blocks, bare) {
			t.Errorf("%v: %d of %d blocks depend on the quants that were there", kind, differing(blocks, bare, kind), n)
		}
		if scales := withoutQuants(kind, randomBlocks(kind, n)); !bytes.Equal(scales, withoutQuants(kind, blocks)) {
			t.Errorf("%v: the scales changed", kind)
		}
	}
}

// TestRoundAfterRows holds that what was quantised from a source is rounded back
// from its scales and the same source, whatever that is: without importances, for
// the types of which that is promised.
func TestRoundAfterRows(t *testing.T) {
	for _, kind := range coreKinds {
		if !kind.CanRound() {
			continue
		}
		for _, s := range sources() {
			want := quantised(t, &ggml.Quantiser{Type: kind, Columns: s.columns}, s.rows)
			got := withoutQuants(kind, want)
			if err := kind.Round(got, s.rows); err != nil {
				t.Fatal(err)
			}
			if n := differing(got, want, kind); n > 0 {
				t.Errorf("%v of %s: %d of %d blocks differ", kind, s.name, n, len(want)/int(kind.BlockBytes()))
			}
		}
	}
}
