package main

import (
	"slices"
	"testing"
)

// TestXetCutFindsBack inserts bytes at the front: all but the first chunks must be the same.
func TestXetCutFindsBack(t *testing.T) {
	data := random(8 << 20)
	lengths := func(b []byte) (ends []int) {
		at := len(b)
		for len(b) > 0 {
			n := xetCut(b)
			if n > xetMax || n < xetMin && n < len(b) {
				t.Fatalf("chunk: got %d bytes, want %d to %d", n, xetMin, xetMax)
			}
			b = b[n:]
			at -= n
			ends = append(ends, at)
		}
		return ends
	}
	was := lengths(data)
	now := lengths(append([]byte("inserted"), data...))
	if mean := len(data) / len(was); mean < 40<<10 || mean > 80<<10 {
		t.Errorf("mean chunk: got %d bytes, want about 64 KiB", mean)
	}
	same := 0
	for _, end := range now {
		if slices.Contains(was, end) {
			same++
		}
	}
	if same < len(was)*9/10 {
		t.Errorf("got %d cuts where they were, want nearly all of %d", same, len(was))
	}
}

// TestXetDedups codes content that the base has: only the list of chunks may remain.
func TestXetDedups(t *testing.T) {
	data := random(1 << 20)
	x := &xet{}
	if err := x.prepare(data); err != nil {
		t.Fatal(err)
	}
	enc, err := x.encode(nil, piece{data: data})
	if err != nil {
		t.Fatal(err)
	}
	if want := len(x.store) * 36; len(enc) != want {
		t.Errorf("got %d bytes, want %d: 36 a chunk", len(enc), want)
	}
}

func TestGroupingHelps(t *testing.T) {
	if groupingHelps(random(64 << 10)) {
		t.Error("random bytes: got true, want false")
	}
	if !groupingHelps(normal(32<<10, 0)) {
		t.Error("BF16 weights: got false, want true")
	}
}
