package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"dits/cdc"
)

func TestGridIsValid(t *testing.T) {
	for _, p := range append(grid(), headerGrid()...) {
		if err := p.Validate(); err != nil {
			t.Errorf("%+v: %v", p, err)
		}
	}
}

// Every edit must keep the old rows, but for those it says it takes out.
func TestEachGrowth(t *testing.T) {
	b := blocks(1 << 20)
	count := 0
	eachGrowth(b, func(e edit) {
		count++
		at := 0
		for at < min(len(b.data), len(e.data)) && b.data[at] == e.data[at] {
			at++
		}
		at = at / b.row * b.row
		moved := len(e.data) - len(b.data)
		if moved > 0 && (moved != e.added || !bytes.Equal(e.data[at+moved:], b.data[at:])) {
			t.Errorf("edit %d: %d bytes inserted at %d: the rest differs", count, moved, at)
		}
		if moved < 0 && (e.added != 0 || !bytes.Equal(e.data[at:], b.data[at-moved:])) {
			t.Errorf("edit %d: %d bytes removed at %d: the rest differs", count, -moved, at)
		}
	})
	if count != 7*3*2 {
		t.Errorf("%d edits, want 42", count)
	}
}

func TestScatter(t *testing.T) {
	b := weights(1 << 20)
	e := scatter(b, 16)
	n := 0
	for i := range b.data {
		if b.data[i] != e.data[i] {
			n++
		}
	}
	if n != 16 {
		t.Errorf("%d bytes differ, want 16", n)
	}
}

func TestKnown(t *testing.T) {
	p := cdc.Params{Min: 1 << 10, Avg: 2 << 10, Max: 4 << 10}
	b := blocks(1 << 20)
	k := known{}
	chunks, size := k.add(p.Cut, b.data)
	if size != len(b.data) || chunks < 100 {
		t.Errorf("%d chunks of %d bytes, want all %d bytes", chunks, size, len(b.data))
	}
	if n := k.missing(p.Cut, b.data); n != 0 {
		t.Errorf("%d bytes missing of what was just added", n)
	}
	if got := scattered(p.Cut, b, 16); got < 1<<10 || got > 8<<10 {
		t.Errorf("%.0f bytes for an edit, want about a chunk", got)
	}
}

func TestRulesKeepBounds(t *testing.T) {
	b := weights(8 << 20)
	for _, r := range rules() {
		scanned := 0
		for rest := b.data; len(rest) >= r.p.Max; {
			n := r.cut(rest, &scanned)
			if n < r.p.Min || n > r.p.Max || n%r.p.Align != 0 {
				t.Fatalf("%s: chunk of %d bytes", r.name, n)
			}
			rest = rest[n:]
		}
		if scanned == 0 {
			t.Errorf("%s: nothing hashed", r.name)
		}
	}
}

func TestLoadKeepsDistinctBlobs(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a.txt", "b.txt"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("same"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	blobs, err := load(dir)
	if err != nil || len(blobs) != 1 || string(blobs[0].data) != "same" || !blobs[0].head {
		t.Errorf("%d blobs, error %v; want the one", len(blobs), err)
	}
}
