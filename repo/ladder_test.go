package repo

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/tensorstore/choose"
)

// quants are files that llama.cpp's quantiser made of the family's base, all of it or its first layer; "fma" by a
// build that fuses products and sums.
var quants = map[string]string{
	"Q8_0":        "family/base-Q8_0.gguf",
	"Q4_K_M":      "family/base-Q4_K_M.gguf",
	"fma Q2_K":    "ladder/fma-Q2_K.gguf",
	"fma Q4_K_S":  "ladder/fma-Q4_K_S.gguf",
	"fma IQ4_XS ": "ladder/fma-IQ4_XS.gguf",
}

// addedAfterBase adds content after the family's base and reads it back from a catalog that is made anew.
func addedAfterBase(t *testing.T, level choose.Level, content string) Added {
	t.Helper()
	f := newFixture(t)
	f.put("base.safetensors", trained(t, "base.safetensors"))
	require.NoError(t, f.Add(t.Context(), []string{"base.safetensors"}, AddOptions{}))
	f.put("quant.gguf", content)
	var added Added
	require.NoError(t, f.Add(t.Context(), []string{"quant.gguf"}, AddOptions{Level: level, Report: func(a Added) { added = a }}))
	f.commit("quant")
	f.requireRight()
	f.readsBack("quant.gguf", content)
	return added
}

func readQuant(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "testdata", name))
	require.NoError(t, err)
	return string(b)
}

// TestQuantsCostTheirRecipe: a replayed quant costs its header and some bytes a tensor, hinted and rounded ones
// hints and scales, whether its build fused or not.
func TestQuantsCostTheirRecipe(t *testing.T) {
	for name, path := range quants {
		content := readQuant(t, path)
		if underRace && name != "fma Q2_K" {
			continue
		}
		for level, most := range map[choose.Level]float64{choose.MaxLevel: 0.03, choose.DefaultLevel: 0.08, choose.FastLevel: 0.18} {
			added := addedAfterBase(t, level, content)
			share := float64(added.Stored) / float64(len(content))
			t.Logf("%s, level %d: %.4f", name, level, share)
			require.Less(t, share, most, "%s, level %d", name, level)
			require.Equal(t, added.Tensors, added.Derived+added.Known)
		}
	}
}
