package repo

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/catalog"
	"dits/formats"
	"dits/tensorstore/digest"
)

// A testTensor is one tensor of a safetensors file made by a test.
type testTensor struct {
	name  string
	dtype string
	shape []int64
	data  []byte
}

// tensorsFile is a file of those tensors, in that order. Its metadata holds note.
func tensorsFile(note string, tensors ...testTensor) string {
	var header, data bytes.Buffer
	fmt.Fprintf(&header, `{"__metadata__":{"note":%q}`, note)
	for _, t := range tensors {
		shape := strings.ReplaceAll(fmt.Sprint(t.shape), " ", ",")
		fmt.Fprintf(&header, `,%q:{"dtype":%q,"shape":%s,"data_offsets":[%d,%d]}`, t.name, t.dtype, shape, data.Len(), data.Len()+len(t.data))
		data.Write(t.data)
	}
	header.WriteString("}")
	for header.Len()%8 != 0 {
		header.WriteByte(' ')
	}
	return string(binary.LittleEndian.AppendUint64(nil, uint64(header.Len()))) + header.String() + data.String()
}

func f32Tensor(name string, values ...float32) testTensor {
	return testTensor{name, "F32", []int64{int64(len(values))}, f32s(values...)}
}

func (f *fixture) diff(a, b Side, o DiffOptions) *Diff {
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
		testTensor{"model.embed_tokens.weight", "F32", []int64{2, 2}, f32s(1, 2, 3, 4)},
		testTensor{"model.norm.weight", "F32", []int64{2}, f32s(1, -2)},
		f32Tensor("old", 7, 7, 7, 7), f32Tensor("gone", 9),
		testTensor{"flat", "F32", []int64{4}, f32s(5, 6, 7, 8)}))
	f.put("config.json", "{}")
	f.put("notes.txt", "these bytes move")
	a := f.save("a")
	f.put("model.safetensors", tensorsFile("b",
		f32Tensor("model.layers.0.self_attn.q_proj.weight", 3, 9),
		f32Tensor("model.layers.0.self_attn.k_proj.weight", 1, 2, 3),
		f32Tensor("model.layers.0.input_layernorm.weight", nan, 2),
		testTensor{"model.embed_tokens.weight", "F32", []int64{3, 2}, f32s(1, 2, 3, 5, 6, 7)},
		testTensor{"model.norm.weight", "BF16", []int64{2}, []byte{0x80, 0x3f, 0x00, 0x40}},
		f32Tensor("new", 7, 7, 7, 7), f32Tensor("come", 8),
		testTensor{"flat", "F32", []int64{2, 2}, f32s(5, 6, 7, 8)}))
	f.put("config.json", "{ }")
	f.remove("notes.txt")
	f.put("docs/notes.txt", "these bytes move")
	b := f.save("b")
	d := f.diff(AtRevision("HEAD~1"), AtRevision("HEAD"), DiffOptions{})
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

// A state against itself has no files, and a file against itself reads nothing: its
// bytes are behind a closed file, and reading them is an error.
func TestDiffOfEqualReadsNothing(t *testing.T) {
	f := newFixture(t)
	tensors := []testTensor{f32Tensor("h.0.attn.c_attn.weight", 1, 2), f32Tensor("empty"), f32Tensor("wte.weight", 3)}
	f.put("m.safetensors", tensorsFile("", tensors...))
	f.save("a")
	for _, s := range []Side{AtRevision("HEAD"), AtIndex(), AtWork()} {
		require.Empty(t, f.diff(s, s, DiffOptions{}).Files)
		require.Empty(t, f.diff(AtRevision("HEAD"), s, DiffOptions{}).Files)
	}
	closed := func(data string) *File {
		file, err := scan(context.Background(), strings.NewReader(data), int64(len(data)), "m.safetensors", func(int64) {})
		require.NoError(t, err)
		src, err := os.Open(f.path("m.safetensors"))
		require.NoError(t, err)
		require.NoError(t, src.Close())
		return OnDisk(file, src)
	}
	diffs, err := diffTensors(context.Background(), closed(tensorsFile("x", tensors...)), closed(tensorsFile("y", tensors...)), DiffOptions{})
	require.NoError(t, err)
	require.Len(t, diffs, 3)
	for _, d := range diffs {
		require.Equal(t, TensorIdentical, d.Status)
		require.Zero(t, d.Changed)
		require.Zero(t, d.RelL2)
		require.EqualValues(t, 1, d.Cosine)
	}
	tensors[0].data = f32s(1, 3)
	_, err = diffTensors(context.Background(), closed(tensorsFile("", tensors...)), closed(f.read("m.safetensors")), DiffOptions{})
	require.ErrorIs(t, err, os.ErrClosed, "what differs is read")
	diffs, err = diffTensors(context.Background(), closed(tensorsFile("", tensors...)), closed(f.read("m.safetensors")), DiffOptions{DigestsOnly: true})
	require.NoError(t, err)
	require.Equal(t, TensorChanged, diffs[0].Status)
}

// fileStatuses are "status path" of each file.
func fileStatuses(d *Diff) []string {
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

	d := f.diff(AtRevision("HEAD"), AtIndex(), DiffOptions{})
	require.Equal(t, []string{"modified a/m.safetensors"}, fileStatuses(d))
	require.EqualValues(t, 1, d.Summary.ElementsChanged)
	require.NotNil(t, d.StoredBytes)

	d = f.diff(AtIndex(), AtWork(), DiffOptions{})
	require.Equal(t, []string{"modified a/m.safetensors", "removed b.txt"}, fileStatuses(d))
	require.EqualValues(t, 1, d.Summary.ElementsChanged)
	require.EqualValues(t, 3, d.Files[0].Tensors[0].MaxAbs)
	require.Nil(t, d.StoredBytes, "not stored yet")
	require.Nil(t, d.A)

	d = f.diff(AtRevision("HEAD"), AtWork(), DiffOptions{Paths: []string{"a"}})
	require.Equal(t, []string{"modified a/m.safetensors"}, fileStatuses(d))
	require.EqualValues(t, 2, d.Summary.ElementsChanged)
	require.InDelta(t, math.Sqrt(10.0/30), float64(d.Files[0].Tensors[0].RelL2), 1e-15)

	// Touched, but the same: not listed. Made executable: listed.
	f.put("c.txt", "c, moved")
	require.NoError(t, os.Chmod(f.path("c.txt"), 0o755))
	d = f.diff(AtIndex(), AtWork(), DiffOptions{Paths: []string{"c.txt"}})
	require.Equal(t, []string{"modified c.txt"}, fileStatuses(d))
	require.Equal(t, "100644 100755", d.Files[0].ModeA+" "+d.Files[0].ModeB)
	require.NotNil(t, d.StoredBytes)
	require.NoError(t, os.Chmod(f.path("c.txt"), 0o644))
	require.Empty(t, f.diff(AtIndex(), AtWork(), DiffOptions{Paths: []string{"c.txt"}}).Files)
}

func TestDiffOpaqueOnOneSide(t *testing.T) {
	f := newFixture(t)
	good := tensorsFile("", f32Tensor("w", 1))
	f.put("m.safetensors", good)
	f.save("good")
	f.put("m.safetensors", good[:len(good)-1])
	f.save("cut short")
	d := f.diff(AtRevision("HEAD~1"), AtRevision("HEAD"), DiffOptions{})
	require.Equal(t, []string{"modified m.safetensors"}, fileStatuses(d))
	require.Contains(t, d.Files[0].Warning, "b is stored as opaque content")
	require.Empty(t, d.Files[0].Tensors)
	d = f.diff(AtRevision("HEAD"), AtRevision("HEAD~1"), DiffOptions{})
	require.Contains(t, d.Files[0].Warning, "a is stored as opaque content")
}

// What has no counterpart of its name is matched by content, dtype and shape; what
// is empty by nothing.
func TestPairTensorsByContent(t *testing.T) {
	side := func(tensors ...formats.Tensor) *File {
		var c catalog.File
		for i, x := range tensors {
			c.Layout.Tensors = append(c.Layout.Tensors, x)
			if x.Len > 0 {
				c.Layout.Segments = append(c.Layout.Segments, formats.Segment{Kind: formats.Data, Tensor: i})
				c.Blobs = append(c.Blobs, digest.Sum([]byte{byte(x.Off)})) // Off stands for the content
			}
		}
		return OnDisk(c, nil)
	}
	at := func(name string, dtype formats.DType, content, n int64, shape ...int64) formats.Tensor {
		return formats.Tensor{Name: name, DType: dtype, Shape: shape, Off: content, Len: n}
	}
	a := side(at("same", "F32", 1, 8, 2), at("ones1", "F32", 2, 8, 2), at("ones2", "F32", 2, 8, 2), at("void", "F32", 0, 0, 0), at("bits", "F32", 3, 8, 2), at("row", "F32", 4, 8, 1, 2))
	b := side(at("ones3", "F32", 2, 8, 2), at("same", "F32", 1, 8, 2), at("hollow", "F32", 0, 0, 0), at("bits2", "I32", 3, 8, 2), at("row2", "F32", 4, 8, 2, 1))
	got := []string{}
	for _, p := range pairTensors(a, b) {
		d := describe(p, a, b)
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
	x.dtype = "I32"
	f.put("m.safetensors", tensorsFile("", x))
	f.save("integers")
	d := f.diff(AtRevision("HEAD~1"), AtRevision("HEAD"), DiffOptions{}).Files[0].Tensors[0]
	require.Equal(t, TensorChanged, d.Status)
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
	require.Empty(t, f.diff(AtIndex(), AtWork(), DiffOptions{}).Files)
	link("elsewhere")
	require.Equal(t, []string{"modified link"}, fileStatuses(f.diff(AtIndex(), AtWork(), DiffOptions{})))
	f.remove("link")
	f.put("link", tensorsFile("", f32Tensor("w", 1)))
	d := f.diff(AtRevision("HEAD"), AtWork(), DiffOptions{})
	require.Equal(t, []string{"modified link"}, fileStatuses(d))
	require.Equal(t, "120000 100644", d.Files[0].ModeA+" "+d.Files[0].ModeB)
	f.remove("empty")
	f.put("empty2", "")
	f.save("b")
	d = f.diff(AtRevision("HEAD~1"), AtRevision("HEAD"), DiffOptions{FilesOnly: true})
	require.Equal(t, []string{"removed empty", "added empty2", "modified link"}, fileStatuses(d))
}

func TestNumber(t *testing.T) {
	for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		b, err := json.Marshal(Number(v))
		require.NoError(t, err)
		require.Equal(t, "null", string(b))
	}
	var n Number
	require.NoError(t, json.Unmarshal([]byte("null"), &n))
	require.True(t, math.IsNaN(float64(n)))
	require.NoError(t, json.Unmarshal([]byte("1e-3"), &n))
	require.EqualValues(t, 0.001, n)
	require.Error(t, json.Unmarshal([]byte(`"x"`), &n))
}
