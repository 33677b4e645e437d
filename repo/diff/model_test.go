package diff

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/repo/object"
)

// TestModels groups names; a file that has the name of all shards together keeps them apart.
func TestModels(t *testing.T) {
	for _, tt := range []struct{ files, want string }{
		{"a.safetensors b.json", "a.safetensors b.json"},
		{"m-00001-of-00002.safetensors m-00002-of-00002.safetensors n.gguf", "m-*-of-00002.safetensors+1 n.gguf"},
		{"m-00001-of-00002.gguf m-00002-of-00002.gguf m.gguf", "m-00001-of-00002.gguf m-00002-of-00002.gguf m.gguf"},
		{"m-00001-of-00002.gguf m-00001-of-00003.gguf m-00002-of-00002.gguf m-00002-of-00003.gguf", "m-*-of-00003.gguf+1 m-*-of-00002.gguf+1"},
		{"m-0001-of-0002.gguf m-00001-of-00002.bin", "m-0001-of-0002.gguf m-00001-of-00002.bin"},
	} {
		var files []Entry
		for _, p := range strings.Fields(tt.files) {
			files = append(files, Entry{TreeFile: object.TreeFile{Path: p}})
		}
		var got []string
		for _, m := range Models(files, true) {
			name := m.path
			if len(m.files) > 1 {
				name += "+1"
			}
			got = append(got, name)
		}
		require.ElementsMatch(t, strings.Fields(tt.want), got)
		require.Len(t, Models(files, false), len(files))
	}
}

// What JSON cannot say is text, and bytes are numbers.
func TestAsRaw(t *testing.T) {
	for want, v := range map[string]any{
		`"NaN"`: float32(math.NaN()), `"+Inf"`: math.Inf(1), `1.5`: float32(1.5), `[1,255]`: []uint8{1, 255}, `"<a>"`: "<a>", `true`: true,
		`"[NaN]"`: []float64{math.NaN()},
	} {
		require.Equal(t, want, string(asRaw(v)))
	}
}
