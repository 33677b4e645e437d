package repo

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// trained is a file of the small family of real weights.
func trained(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "testdata", "family", name))
	require.NoError(t, err)
	return string(b)
}

// A merged LoRA changes q_proj and v_proj and nothing else; a fine-tune changes all.
func TestDiffOfTrainedWeights(t *testing.T) {
	f := newFixture(t)
	for _, name := range []string{"base", "merged-lora", "ft-customer"} {
		f.put("model.safetensors", trained(t, name+".safetensors"))
		f.save(name)
	}
	d := f.diff(AtRevision("HEAD~2"), AtRevision("HEAD~1"), DiffOptions{})
	require.Positive(t, d.Summary.Changed)
	require.Equal(t, d.Summary.Tensors, d.Summary.Changed+d.Summary.Identical)
	for _, x := range d.Files[0].Tensors {
		targeted := strings.Contains(x.Name, "q_proj") || strings.Contains(x.Name, "v_proj")
		require.Equal(t, targeted, x.Status == TensorChanged, x.Name)
		if targeted {
			require.True(t, x.RelL2 > 0 && x.RelL2 < 1 && x.Cosine > 0.5 && x.Cosine < 1, "%+v", x)
		}
	}
	for _, l := range d.Files[0].Layers {
		require.Equal(t, l.Module == "q_proj" || l.Module == "v_proj", l.Changed > 0, l.Module)
	}
	require.NotNil(t, d.StoredBytes)
	require.Less(t, *d.StoredBytes, d.Logical/2)

	there := f.diff(AtRevision("HEAD~2"), AtRevision("HEAD"), DiffOptions{})
	back := f.diff(AtRevision("HEAD"), AtRevision("HEAD~2"), DiffOptions{Workers: 1})
	require.Greater(t, there.Summary.Changed, d.Summary.Changed)
	require.Equal(t, there.Summary, back.Summary)
	for i, x := range there.Files[0].Tensors {
		y := back.Files[0].Tensors[i]
		require.Equal(t, x.MaxAbs, y.MaxAbs)
		require.Equal(t, x.Cosine, y.Cosine)
		require.Equal(t, x.MeanShift, -y.MeanShift)
	}
}

// Formats are compared by the names that both have; block types by their blocks.
func TestDiffOfQuants(t *testing.T) {
	f := newFixture(t)
	f.put("model.gguf", trained(t, "base-Q8_0.gguf"))
	f.save("Q8_0")
	f.put("model.gguf", trained(t, "base-Q4_K_M.gguf"))
	f.save("Q4_K_M")
	d := f.diff(AtRevision("HEAD~1"), AtRevision("HEAD"), DiffOptions{})
	require.Equal(t, d.Summary.Tensors, d.Summary.Changed+d.Summary.Identical)
	for _, x := range d.Files[0].Tensors {
		if x.Status == TensorIdentical {
			require.Equal(t, "F32", x.DTypeA, "norms are in both as they are")
			continue
		}
		require.Equal(t, "Q8_0", x.DTypeA)
		require.NotEqual(t, "Q8_0", x.DTypeB)
		require.Equal(t, x.Elements, x.Changed)
		require.True(t, math.IsNaN(float64(x.RelL2)))
	}
}
