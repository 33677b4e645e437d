package repo

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/repo/diff"
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
	d := f.diff(AtRevision("HEAD~2"), AtRevision("HEAD~1"), diff.Options{})
	require.Positive(t, d.Summary.Changed)
	require.Equal(t, d.Summary.Tensors, d.Summary.Changed+d.Summary.Identical)
	for _, x := range d.Files[0].Tensors {
		targeted := strings.Contains(x.Name, "q_proj") || strings.Contains(x.Name, "v_proj")
		require.Equal(t, targeted, x.Status == diff.TensorChanged, x.Name)
		if targeted {
			require.True(t, x.RelL2 > 0 && x.RelL2 < 1 && x.Cosine > 0.5 && x.Cosine < 1, "%+v", x)
		}
	}
	for _, l := range d.Files[0].Layers {
		require.Equal(t, l.Module == "q_proj" || l.Module == "v_proj", l.Changed > 0, l.Module)
	}
	require.NotNil(t, d.StoredBytes)
	require.Less(t, *d.StoredBytes, d.Logical/2)

	there := f.diff(AtRevision("HEAD~2"), AtRevision("HEAD"), diff.Options{})
	back := f.diff(AtRevision("HEAD"), AtRevision("HEAD~2"), diff.Options{Workers: 1})
	require.Greater(t, there.Summary.Changed, d.Summary.Changed)
	require.Equal(t, there.Summary, back.Summary)
	for i, x := range there.Files[0].Tensors {
		y := back.Files[0].Tensors[i]
		require.Equal(t, x.MaxAbs, y.MaxAbs)
		require.Equal(t, x.Cosine, y.Cosine)
		require.Equal(t, x.MeanShift, -y.MeanShift)
	}
}

// Two quants are compared by the values that they stand for.
func TestDiffOfQuants(t *testing.T) {
	f := newFixture(t)
	f.put("q8.gguf", trained(t, "base-Q8_0.gguf"))
	f.put("q4.gguf", trained(t, "base-Q4_K_M.gguf"))
	d := f.diff(AtWork().At("q8.gguf"), AtWork().At("q4.gguf"), diff.Options{})
	require.Equal(t, d.Summary.Tensors, d.Summary.Changed+d.Summary.Identical)
	for _, x := range d.Files[0].Tensors {
		if x.Status == diff.TensorIdentical {
			require.Equal(t, "F32", x.DTypeA, "norms are in both as they are")
			continue
		}
		require.Equal(t, "Q8_0", x.DTypeA)
		require.NotEqual(t, "Q8_0", x.DTypeB)
		require.Greater(t, x.Changed, x.Elements*9/10)
		require.True(t, x.RelL2 > 0.01 && x.RelL2 < 0.1 && x.Cosine > 0.99, "%+v", x)
	}
	require.Contains(t, asJSON(t, d.Files[0].Metadata, nil), `"key": "general.file_type"`)
}

// A checkpoint against its quants: other names, another format, and in the queries and keys rows in
// another order; as two files that are named, and as one that came when the other went.
func TestDiffOfQuantAndSource(t *testing.T) {
	f := newFixture(t)
	f.put("model.safetensors", trained(t, "base.safetensors"))
	f.save("source")
	f.remove("model.safetensors")
	f.put("quants/q8.gguf", trained(t, "base-Q8_0.gguf"))
	f.save("quant")
	named := f.diff(AtRevision("HEAD~1").At("model.safetensors"), AtRevision("HEAD").At("quants/q8.gguf"), diff.Options{})
	found := f.diff(AtRevision("HEAD~1"), AtRevision("HEAD"), diff.Options{})
	folder := f.diff(AtRevision("HEAD~1").At("model.safetensors"), AtWork().At("quants"), diff.Options{})
	for _, d := range []*diff.Diff{named, found, folder} {
		require.Len(t, d.Files, 1)
		require.Equal(t, diff.FileModified, d.Files[0].Status)
		require.Equal(t, "model.safetensors", d.Files[0].Path)
		require.Contains(t, d.Files[0].PathB, "q8.gguf")
		require.Equal(t, 20, d.Summary.Changed)
		require.Zero(t, d.Summary.Added+d.Summary.Removed+d.Summary.Renamed+d.Summary.Reshaped)
		for _, x := range d.Files[0].Tensors {
			require.Less(t, float64(x.RelL2), 0.01, "%s → %s", x.Name, x.NameB)
		}
	}
	back := f.diff(AtRevision("HEAD"), AtRevision("HEAD~1"), diff.Options{})
	require.Equal(t, named.Summary, back.Summary)
	for _, x := range back.Files[0].Tensors {
		require.Less(t, float64(x.RelL2), 0.01, "%s → %s", x.Name, x.NameB)
	}
}

// A merged LoRA has its rank in each tensor that it targets; a fine-tune has none in common.
func TestDiffRank(t *testing.T) {
	f := newFixture(t)
	for _, name := range []string{"base", "merged-lora", "ft-customer"} {
		f.put(name+".safetensors", trained(t, name+".safetensors"))
	}
	d := f.diff(AtWork().At("base.safetensors"), AtWork().At("merged-lora.safetensors"), diff.Options{Rank: true}).Files[0]
	require.EqualValues(t, 16, d.LoRARank)
	for _, x := range d.Tensors {
		if x.Status == diff.TensorIdentical {
			require.Nil(t, x.Rank)
			continue
		}
		require.EqualValues(t, 16, *x.Rank, x.Name)
		require.Greater(t, float64(*x.Energy), 0.9998)
		require.LessOrEqual(t, float64(*x.Energy), 1.0)
	}
	d = f.diff(AtWork().At("base.safetensors"), AtWork().At("ft-customer.safetensors"), diff.Options{Rank: true, Workers: 1}).Files[0]
	require.Zero(t, d.LoRARank)
	again := f.diff(AtWork().At("base.safetensors"), AtWork().At("ft-customer.safetensors"), diff.Options{Rank: true}).Files[0]
	for i, x := range d.Tensors {
		require.Equal(t, x.Rank, again.Tensors[i].Rank)
		require.Equal(t, x.Energy, again.Tensors[i].Energy, "the seed is fixed")
	}
}
