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
		f.Add(uint8(i), randomBlocks(kind, 256/int(kind.BlockElems())))
	}
	f.Fuzz(func(t *testing.T, which uint8, blocks []byte) {
		kind := allIQKinds[int(which)%len(allIQKinds)]
		blocks = blocks[:len(blocks)-len(blocks)%int(kind.BlockBytes())]
		if len(blocks) == 0 || len(blocks) > 1<<9 {
			return
		}
		row := dequantised(t, kind, blocks)
		if kind.CanQuantise() {
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
