package repo

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/catalog"
	"dits/formats"
	"dits/formats/number"
	"dits/repo/diff"
	"dits/repo/object"
	"dits/tensorstore/digest"
)

func (f *fixture) diff(a, b Side, o diff.Options) *diff.Diff {
	f.t.Helper()
	d, err := f.Diff(context.Background(), a, b, o)
	require.NoError(f.t, err)
	return d
}

// asJSON is the indented JSON of a value, with the ids of commits given names.
func asJSON(t *testing.T, v any, names map[digest.ID]string) string {
	t.Helper()
	b, err := json.MarshalIndent(v, "", " ")
	require.NoError(t, err)
	s := string(b)
	for id, name := range names {
		s = strings.ReplaceAll(s, id.String(), name)
	}
	return s
}

func TestDiffJSON(t *testing.T) {
	f := newFixture(t)
	nan := float32(math.NaN())
	f.put("model.safetensors", tensorsFile("a",
		f32Tensor("model.layers.0.self_attn.q_proj.weight", 3, 4),
		f32Tensor("model.layers.0.self_attn.k_proj.weight", 1, 2, 3),
		f32Tensor("model.layers.0.input_layernorm.weight", nan, 1),
		testTensor{Name: "model.embed_tokens.weight", DType: "F32", Shape: []int64{2, 2}, Data: f32s(1, 2, 3, 4)},
		testTensor{Name: "model.norm.weight", DType: "F32", Shape: []int64{2}, Data: f32s(1, -2)},
		f32Tensor("old", 7, 7, 7, 7), f32Tensor("gone", 9),
		testTensor{Name: "flat", DType: "F32", Shape: []int64{4}, Data: f32s(5, 6, 7, 8)}))
	f.put("config.json", "{}")
	f.put("notes.txt", "these bytes move")
	a := f.save("a")
	f.put("model.safetensors", tensorsFile("b",
		f32Tensor("model.layers.0.self_attn.q_proj.weight", 3, 9),
		f32Tensor("model.layers.0.self_attn.k_proj.weight", 1, 2, 3),
		f32Tensor("model.layers.0.input_layernorm.weight", nan, 2),
		testTensor{Name: "model.embed_tokens.weight", DType: "F32", Shape: []int64{3, 2}, Data: f32s(1, 2, 3, 5, 6, 7)},
		testTensor{Name: "model.norm.weight", DType: "BF16", Shape: []int64{2}, Data: []byte{0x80, 0x3f, 0x00, 0x40}},
		f32Tensor("new", 7, 7, 7, 7), f32Tensor("come", 8),
		testTensor{Name: "flat", DType: "F32", Shape: []int64{2, 2}, Data: f32s(5, 6, 7, 8)}))
	f.put("config.json", "{ }")
	f.remove("notes.txt")
	f.put("docs/notes.txt", "these bytes move")
	b := f.save("b")
	d := f.diff(AtRevision("HEAD~1"), AtRevision("HEAD"), diff.Options{})
	require.NotNil(t, d.StoredBytes)
	require.Positive(t, *d.StoredBytes)
	*d.StoredBytes = 1 // depends on the coders
	got := asJSON(t, d, map[digest.ID]string{a: "A", b: "B"})
	golden := filepath.Join("testdata", "diff.json")
	if os.Getenv("UPDATE_GOLDEN") != "" {
		require.NoError(t, os.WriteFile(golden, []byte(got+"\n"), 0o644))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	require.Equal(t, string(want), got+"\n", "the JSON of diff is a contract")
}

// A state against itself has no files.
func TestDiffOfEqual(t *testing.T) {
	f := newFixture(t)
	tensors := []testTensor{f32Tensor("h.0.attn.c_attn.weight", 1, 2), f32Tensor("empty"), f32Tensor("wte.weight", 3)}
	f.put("m.safetensors", tensorsFile("", tensors...))
	f.save("a")
	for _, s := range []Side{AtRevision("HEAD"), AtIndex(), AtWork()} {
		require.Empty(t, f.diff(s, s, diff.Options{}).Files)
		require.Empty(t, f.diff(AtRevision("HEAD"), s, diff.Options{}).Files)
	}
}

// fileStatuses are "status path" of each file.
func fileStatuses(d *diff.Diff) []string {
	s := []string{}
	for _, f := range d.Files {
		line := f.Status + " " + f.Path
		if f.PathB != "" {
			line += " → " + f.PathB
		}
		s = append(s, line)
	}
	return s
}

func TestDiffSides(t *testing.T) {
	f := newFixture(t)
	f.put("a/m.safetensors", tensorsFile("", f32Tensor("w", 1, 2, 3, 4)))
	f.put("b.txt", "b")
	f.put("c.txt", "c, moved")
	f.save("first")
	f.put("a/m.safetensors", tensorsFile("", f32Tensor("w", 1, 2, 3, 5)))
	f.add("a/m.safetensors")
	f.put("a/m.safetensors", tensorsFile("", f32Tensor("w", 1, 2, 0, 5)))
	f.remove("b.txt")
	f.put("untracked.txt", "u")

	d := f.diff(AtRevision("HEAD"), AtIndex(), diff.Options{})
	require.Equal(t, []string{"modified a/m.safetensors"}, fileStatuses(d))
	require.EqualValues(t, 1, d.Summary.ElementsChanged)
	require.NotNil(t, d.StoredBytes)

	d = f.diff(AtIndex(), AtWork(), diff.Options{})
	require.Equal(t, []string{"modified a/m.safetensors", "removed b.txt"}, fileStatuses(d))
	require.EqualValues(t, 1, d.Summary.ElementsChanged)
	require.EqualValues(t, 3, d.Files[0].Tensors[0].MaxAbs)
	require.Nil(t, d.StoredBytes, "not stored yet")
	require.Nil(t, d.A)

	d = f.diff(AtRevision("HEAD"), AtWork(), diff.Options{Paths: []string{"a"}})
	require.Equal(t, []string{"modified a/m.safetensors"}, fileStatuses(d))
	require.EqualValues(t, 2, d.Summary.ElementsChanged)
	require.InDelta(t, math.Sqrt(10.0/30), float64(d.Files[0].Tensors[0].RelL2), 1e-15)

	// Touched, but the same: not listed. Made executable: listed.
	f.put("c.txt", "c, moved")
	require.NoError(t, os.Chmod(f.path("c.txt"), 0o755))
	d = f.diff(AtIndex(), AtWork(), diff.Options{Paths: []string{"c.txt"}})
	require.Equal(t, []string{"modified c.txt"}, fileStatuses(d))
	require.Equal(t, "100644 100755", d.Files[0].ModeA+" "+d.Files[0].ModeB)
	require.NotNil(t, d.StoredBytes)
	require.NoError(t, os.Chmod(f.path("c.txt"), 0o644))
	require.Empty(t, f.diff(AtIndex(), AtWork(), diff.Options{Paths: []string{"c.txt"}}).Files)
}

func TestDiffOpaqueOnOneSide(t *testing.T) {
	f := newFixture(t)
	good := tensorsFile("", f32Tensor("w", 1))
	f.put("m.safetensors", good)
	f.save("good")
	f.put("m.safetensors", good[:len(good)-1])
	f.saveAny("cut short")
	d := f.diff(AtRevision("HEAD~1"), AtRevision("HEAD"), diff.Options{})
	require.Equal(t, []string{"modified m.safetensors"}, fileStatuses(d))
	require.Contains(t, d.Files[0].Warning, "b has no tensors to compare: cut off: 1 of ")
	require.Empty(t, d.Files[0].Tensors)
	d = f.diff(AtRevision("HEAD"), AtRevision("HEAD~1"), diff.Options{})
	require.Contains(t, d.Files[0].Warning, "a has no tensors to compare: cut off: 1 of ")
}

// What has no counterpart of its name is matched by content, dtype and shape; what
// is empty by nothing.
func TestPairTensorsByContent(t *testing.T) {
	side := func(tensors ...formats.Tensor) *object.File {
		var c catalog.File
		for i, x := range tensors {
			c.Layout.Tensors = append(c.Layout.Tensors, x)
			if x.Len > 0 {
				c.Layout.Segments = append(c.Layout.Segments, formats.Segment{Kind: formats.Data, Tensor: i})
				c.Blobs = append(c.Blobs, digest.Sum([]byte{byte(x.Off)})) // Off stands for the content
			}
		}
		return object.OnDisk(c, nil)
	}
	at := func(name string, dtype formats.DType, content, n int64, shape ...int64) formats.Tensor {
		return formats.Tensor{Name: name, DType: dtype, Shape: shape, Off: content, Len: n}
	}
	a := side(at("same", "F32", 1, 8, 2), at("ones1", "F32", 2, 8, 2), at("ones2", "F32", 2, 8, 2), at("void", "F32", 0, 0, 0), at("bits", "F32", 3, 8, 2), at("row", "F32", 4, 8, 1, 2))
	b := side(at("ones3", "F32", 2, 8, 2), at("same", "F32", 1, 8, 2), at("hollow", "F32", 0, 0, 0), at("bits2", "I32", 3, 8, 2), at("row2", "F32", 4, 8, 2, 1))
	got := []string{}
	pairs, err := diff.PairTensors(t.Context(), a, b)
	require.NoError(t, err)
	for _, p := range pairs {
		d := diff.Describe(p, a, b)
		got = append(got, d.Status+" "+d.Name+" "+d.NameB)
	}
	require.Equal(t, []string{
		"identical same same", "renamed ones1 ones3", "removed ones2 ", "removed void ", "removed bits ", "removed row ",
		"added hollow hollow", "added bits2 bits2", "added row2 row2",
	}, got)
}

// The same bits in another dtype are other values: they have to be read.
func TestDiffOfSameBitsInAnotherDType(t *testing.T) {
	f := newFixture(t)
	x := f32Tensor("w", 1, 0)
	f.put("m.safetensors", tensorsFile("", x))
	f.save("floats")
	x.DType = "I32"
	f.put("m.safetensors", tensorsFile("", x))
	f.save("integers")
	d := f.diff(AtRevision("HEAD~1"), AtRevision("HEAD"), diff.Options{}).Files[0].Tensors[0]
	require.Equal(t, diff.TensorChanged, d.Status)
	require.EqualValues(t, 1, d.Changed, "zero is zero")
	require.EqualValues(t, 0x3f800000-1, d.MaxAbs)
}

// Links are compared by their target; empty files have no identity to be moved.
func TestDiffOfLinksAndEmptyFiles(t *testing.T) {
	f := newFixture(t)
	link := func(target string) {
		f.remove("link")
		require.NoError(t, os.Symlink(target, f.path("link")))
	}
	f.put("m.safetensors", tensorsFile("", f32Tensor("w", 1)))
	f.put("empty", "")
	link("m.safetensors")
	f.save("a")
	require.Empty(t, f.diff(AtIndex(), AtWork(), diff.Options{}).Files)
	link("elsewhere")
	require.Equal(t, []string{"modified link"}, fileStatuses(f.diff(AtIndex(), AtWork(), diff.Options{})))
	f.remove("link")
	f.put("link", tensorsFile("", f32Tensor("w", 1)))
	d := f.diff(AtRevision("HEAD"), AtWork(), diff.Options{})
	require.Equal(t, []string{"modified link"}, fileStatuses(d))
	require.Equal(t, "120000 100644", d.Files[0].ModeA+" "+d.Files[0].ModeB)
	f.remove("empty")
	f.put("empty2", "")
	f.save("b")
	d = f.diff(AtRevision("HEAD~1"), AtRevision("HEAD"), diff.Options{FilesOnly: true})
	require.Equal(t, []string{"removed empty", "added empty2", "modified link"}, fileStatuses(d))
}

func TestNumber(t *testing.T) {
	for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		b, err := json.Marshal(number.Number(v))
		require.NoError(t, err)
		require.Equal(t, "null", string(b))
	}
	var n number.Number
	require.NoError(t, json.Unmarshal([]byte("null"), &n))
	require.True(t, math.IsNaN(float64(n)))
	require.NoError(t, json.Unmarshal([]byte("1e-3"), &n))
	require.EqualValues(t, 0.001, n)
	require.Error(t, json.Unmarshal([]byte(`"x"`), &n))
}

// Of a matrix over scales the values are compared, wherever in the model the scales are.
func TestDiffOfScaledMatrices(t *testing.T) {
	f := newFixture(t)
	const name = "model.layers.0.mlp.up_proj"
	f.put("base.safetensors", tensorsFile("", testTensor{Name: name + ".weight", DType: "F32", Shape: []int64{2, 2}, Data: f32s(2, 4, 60, -80)}))
	packed := testTensor{Name: name + ".weight", DType: "I8", Shape: []int64{2, 2}, Data: []byte{1, 2, 3, 0xfc}}
	f.put("packed/model-00001-of-00002.safetensors", tensorsFile("", packed))
	f.put("packed/model-00002-of-00002.safetensors", tensorsFile("", testTensor{Name: name + ".weight_scale", DType: "F32", Shape: []int64{2, 1}, Data: f32s(2, 20)}))
	f.put("other.safetensors", tensorsFile("", packed, testTensor{Name: name + ".weight_scale", DType: "F32", Shape: []int64{1}, Data: f32s(2)}))
	f.save("all")
	relative := func(path string) float64 {
		d := f.diff(AtRevision("HEAD").At("base.safetensors"), AtRevision("HEAD").At(path), diff.Options{})
		return float64(d.Files[0].Tensors[0].RelL2)
	}
	require.Zero(t, relative("packed"))
	require.InDelta(t, math.Sqrt((54*54+72*72)/(4+16+3600+6400.0)), relative("other.safetensors"), 1e-9)
}
