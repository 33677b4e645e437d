package ggml_test

import (
	"bytes"
	"testing"

	"dits/formats/ggml"
)

// FuzzIQ takes bytes as blocks and their values as a row: whatever they are, the
// row quantises and rounds, and does so in the same way again.
func FuzzIQ(f *testing.F) {
	for i, kind := range allIQKinds {
		seed := randomBlocks(kind, 256/int(kind.BlockElems()))
		f.Add(uint8(i), seed, uint32(len(seed)))
		f.Add(uint8(i), seed, longLengths[0])
	}
	f.Fuzz(func(t *testing.T, which uint8, seed []byte, n uint32) {
		kind := allIQKinds[int(which)%len(allIQKinds)]
		blocks := tiledBlocks(kind, seed, n)
		if len(blocks) == 0 {
			return
		}
		row := dequantised(t, kind, blocks)
		if kind.CanQuantise() && len(blocks) <= 1<<9 { // the searches are long, and have no kernels
			q := &ggml.Quantiser{Type: kind, Columns: len(row), Weights: row}
			if !bytes.Equal(quantised(t, q, row), quantised(t, q, row)) {
				t.Error("two blocks for one row")
			}
		}
		if kind.CanRound() {
			if err := kind.Round(blocks, row); err != nil {
				t.Error(err)
			}
		}
	})
}
