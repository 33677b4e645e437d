package ggml_test

import "dits/formats/ggml"

// longest is how many bytes of blocks are fuzzed. Short rows do not fill the vectors of a kernel, which searches 16
// groups or more at once and 32 blocks in a batch.
const longest = 320 << 10

// longLengths are the lengths of seeds, which code tiles: several batches, and what is left behind them.
var longLengths = []uint32{64 << 10, 300 << 10}

// tiledBlocks is n bytes of repetitions of seed, each with another first byte, down to whole blocks.
func tiledBlocks(kind ggml.Type, seed []byte, n uint32) []byte {
	b := make([]byte, 0, int(n%(longest+1))+len(seed))
	for len(seed) > 0 && len(b) < int(n%(longest+1)) {
		at := len(b)
		b = append(b, seed...)
		b[at] += byte(at / len(seed))
	}
	b = b[:min(len(b), int(n%(longest+1)))]
	return b[:len(b)/int(kind.BlockBytes())*int(kind.BlockBytes())]
}
