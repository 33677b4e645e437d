package ggml

import (
	"bytes"
	"testing"
)

// TestSwap holds that fields lie within their blocks, and that to swap twice changes nothing.
func TestSwap(t *testing.T) {
	seen := 0
	for i := range rows {
		kind := Type(i)
		if kind.Check() != nil || !kind.CanSwap() {
			continue
		}
		seen++
		blocks := make([]byte, 3*kind.BlockBytes())
		for i := range blocks {
			blocks[i] = byte(i*7 + 1)
		}
		before := bytes.Clone(blocks)
		kind.Swap(blocks)
		if kind.BlockBytes() > 1 && kind.String() != "MXFP4" && bytes.Equal(blocks, before) {
			t.Errorf("%v: nothing swapped", kind)
		}
		kind.Swap(blocks)
		if !bytes.Equal(blocks, before) {
			t.Errorf("%v: swapped twice it is another", kind)
		}
	}
	if want := len(twoBytes) + len(moreBytes); seen != want {
		t.Errorf("got %d types, want %d: a name is wrong", seen, want)
	}
}
