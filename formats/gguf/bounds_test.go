package gguf_test

import (
	"bytes"
	"encoding/binary"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/formats"
	"dits/formats/gguf"
)

// headerOf is a GGUF file that claims so many tensors and pairs, and some bytes.
func headerOf(tensors, pairs uint64, rest []byte) []byte {
	b := binary.LittleEndian.AppendUint32([]byte("GGUF"), 3)
	b = binary.LittleEndian.AppendUint64(b, tensors)
	b = binary.LittleEndian.AppendUint64(b, pairs)
	return append(b, rest...)
}

// Headers take no more than a layout may, whatever they have room for.
func TestBounds(t *testing.T) {
	zeros := make([]byte, 64<<20)
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"tensors": {headerOf(formats.MaxTensors+1, 0, zeros), "tensor count: got 1048577, want at most 1048576"},
		"pairs":   {headerOf(0, 1<<20+1, zeros), "key-value count: got 1048577, want at most 1048576"},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := gguf.Parser{}.Parse(bytes.NewReader(c.file), int64(len(c.file)))
		runtime.ReadMemStats(&after)
		require.ErrorContains(t, err, c.want, name)
		require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(1<<20), name)
	}
}
