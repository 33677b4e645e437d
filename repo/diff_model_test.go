package repo

import (
	"context"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/formats"
	"dits/repo/diff"
	"dits/repo/object"
)

// The first of several GGUF shards speaks for all, also when it has no tensors.
func TestDiffOfMetadataOfShards(t *testing.T) {
	f := newFixture(t)
	norm := part{formats.Tensor{Name: "output_norm.weight", DType: "F32", Shape: []int64{2}}, f32s(1, 2)}
	keys := func(template string, number uint16) []keyValue {
		return []keyValue{{"general.architecture", "llama"}, {"tokenizer.chat_template", template},
			{"split.no", number}, {"split.count", uint16(2)}}
	}
	save := func(template string) {
		f.put("parts/m-00001-of-00002.gguf", ggufOf(t, keys(template, 0), nil))
		f.put("parts/m-00002-of-00002.gguf", ggufOf(t, []keyValue{{"split.no", uint16(1)}, {"split.count", uint16(2)}}, []part{norm}))
		f.save(template)
	}
	save("old")
	save("new")
	f.put("whole.gguf", ggufOf(t, keys("new", 0)[:2], []part{norm}))
	f.save("whole")
	changed := func(a, b Side) (keys []string) {
		for _, k := range f.diff(a, b, diff.Options{}).Files[0].Metadata {
			keys = append(keys, fmt.Sprintf("%s %s %s", k.Key, k.A, k.B))
		}
		return keys
	}
	require.Equal(t, []string{`tokenizer.chat_template "old" "new"`}, changed(AtRevision("HEAD~2"), AtRevision("HEAD~1")))
	require.Equal(t, []string{"split.count 2 ", "split.no 0 "}, changed(AtRevision("HEAD").At("parts"), AtRevision("HEAD").At("whole.gguf")))
}

// Shards are one model, whatever their number; only tensors that differ count as changed, and only shards that
// differ as stored.
func TestDiffOfShards(t *testing.T) {
	f := newFixture(t)
	q, k, v := f32Tensor("model.layers.0.self_attn.q_proj.weight", 3, 4), f32Tensor("model.layers.0.self_attn.k_proj.weight", 1, 2), f32Tensor("model.norm.weight", 9)
	f.put("model.safetensors", tensorsFile("", q, k, v))
	f.save("one")
	f.remove("model.safetensors")
	f.put("model-00001-of-00002.safetensors", tensorsFile("", q))
	f.put("model-00002-of-00002.safetensors", tensorsFile("", k, v))
	f.save("two")
	d := f.diff(AtRevision("HEAD~1"), AtRevision("HEAD"), diff.Options{})
	require.Equal(t, []string{"modified model.safetensors → model-*-of-00002.safetensors"}, fileStatuses(d))
	require.Equal(t, 3, d.Summary.Identical)

	q.Data = f32s(3, 9)
	for i, tensor := range []testTensor{q, k, v} {
		f.put("model-0000"+string(rune('1'+i))+"-of-00003.safetensors", tensorsFile("", tensor))
	}
	f.remove("model-00001-of-00002.safetensors")
	f.remove("model-00002-of-00002.safetensors")
	f.save("three")
	d = f.diff(AtRevision("HEAD~1"), AtRevision("HEAD"), diff.Options{})
	require.Equal(t, []string{"modified model-*-of-00002.safetensors → model-*-of-00003.safetensors"}, fileStatuses(d))
	require.Equal(t, []int{2, 1}, []int{d.Summary.Identical, d.Summary.Changed})
	require.EqualValues(t, 1, d.Files[0].Tensors[0].RelL2)
	require.Empty(t, d.Files[0].Tensors[0].ShapeA)

	k.Data = f32s(1, 5)
	f.put("model-00002-of-00003.safetensors", tensorsFile("", k))
	d = f.diff(AtIndex(), AtWork(), diff.Options{})
	require.Equal(t, []string{"modified model-*-of-00003.safetensors"}, fileStatuses(d))
	require.Equal(t, []int{2, 1}, []int{d.Summary.Identical, d.Summary.Changed})
	require.EqualValues(t, len(tensorsFile("", k)), d.Logical, "the shard that differs")
	d = f.diff(AtIndex(), AtWork(), diff.Options{FilesOnly: true})
	require.Equal(t, []string{"modified model-00002-of-00003.safetensors"}, fileStatuses(d))
	f.save("fourth")
	require.Empty(t, f.diff(AtIndex(), AtWork(), diff.Options{}).Files)
	f.put("moved/model-00001-of-00003.safetensors", f.read("model-00001-of-00003.safetensors"))
	f.put("moved/model-00002-of-00003.safetensors", f.read("model-00002-of-00003.safetensors"))
	f.put("moved/model-00003-of-00003.safetensors", f.read("model-00003-of-00003.safetensors"))
	f.remove("model-00001-of-00003.safetensors")
	f.remove("model-00002-of-00003.safetensors")
	f.remove("model-00003-of-00003.safetensors")
	f.save("moved")
	d = f.diff(AtRevision("HEAD~1"), AtRevision("HEAD"), diff.Options{})
	require.Equal(t, []string{"renamed model-*-of-00003.safetensors → moved/model-*-of-00003.safetensors"}, fileStatuses(d))
}

// Of several that could be what a model became none is taken, nor one with little in common.
func TestDiffTakesOnlyTheOneCandidate(t *testing.T) {
	f := newFixture(t)
	q, k := f32Tensor("model.layers.0.self_attn.q_proj.weight", 3, 4), f32Tensor("model.layers.0.self_attn.k_proj.weight", 1, 2)
	f.put("a.safetensors", tensorsFile("", q, k))
	f.save("a")
	f.remove("a.safetensors")
	q.Data, q.Name, k.Name = f32s(5, 6), "blk.0.attn_q.weight", "blk.0.attn_k.weight"
	f.put("b.safetensors", tensorsFile("", q, k))
	d := func(want ...string) {
		f.save("b")
		require.Equal(t, want, fileStatuses(f.diff(AtRevision("HEAD~1"), AtRevision("HEAD"), diff.Options{})))
		f.mustCheckout("main")
	}
	first := f.read("b.safetensors")
	d("modified a.safetensors → b.safetensors")
	f.put("a.safetensors", first)
	f.remove("b.safetensors")
	f.save("back")
	q.Data = f32s(7, 8)
	f.remove("a.safetensors")
	f.put("b.safetensors", tensorsFile("", q, k))
	f.put("c.safetensors", tensorsFile("more", q, k))
	d("removed a.safetensors", "added b.safetensors", "added c.safetensors")
	f.remove("b.safetensors")
	f.remove("c.safetensors")
	f.put("d.safetensors", tensorsFile("", q, f32Tensor("x", 1), f32Tensor("y", 1), f32Tensor("z", 1)))
	d("removed b.safetensors", "removed c.safetensors", "added d.safetensors")
	f.remove("d.safetensors")
	f.put("e.safetensors", tensorsFile("", q, k))
	f.save("one")
	f.remove("e.safetensors")
	f.put("f.safetensors", tensorsFile("", q, f32Tensor("x", 1), f32Tensor("y", 1), f32Tensor("z", 1)))
	d("removed e.safetensors", "added f.safetensors")
}

// A side can be a file or folder; what it is not is an error.
func TestDiffOfNamedFiles(t *testing.T) {
	f := newFixture(t)
	f.put("x/a.safetensors", tensorsFile("", f32Tensor("w", 1, 2)))
	f.put("x/config.json", `{"n":1}`)
	f.put("y/a.safetensors", tensorsFile("", f32Tensor("w", 1, 3)))
	f.put("y/config.json", `{"n":2}`)
	f.save("two models")
	at := AtRevision("HEAD")
	require.Equal(t, []string{"modified a.safetensors", "modified config.json"}, fileStatuses(f.diff(at.At("x"), at.At("y"), diff.Options{})))
	require.Equal(t, []string{"modified config.json"}, fileStatuses(f.diff(at.At("x"), AtIndex().At("y"), diff.Options{Paths: []string{"config.json"}})))
	d := f.diff(at.At("x/a.safetensors"), at.At("y/a.safetensors"), diff.Options{})
	require.Equal(t, []string{"modified x/a.safetensors → y/a.safetensors"}, fileStatuses(d))
	require.EqualValues(t, 1, d.Files[0].Tensors[0].MaxAbs)
	require.Equal(t, []string{"modified x/a.safetensors → a.safetensors"}, fileStatuses(f.diff(at.At("x/a.safetensors"), at.At("y"), diff.Options{})))
	require.Empty(t, f.diff(at.At("x"), AtWork().At("x"), diff.Options{}).Files)
	f.put("loose.safetensors", tensorsFile("", f32Tensor("w", 1, 4)))
	d = f.diff(at.At("x/a.safetensors"), AtWork().At("loose.safetensors"), diff.Options{})
	require.EqualValues(t, 2, d.Files[0].Tensors[0].MaxAbs, "an untracked file")
	f.put("z/loose.safetensors", f.read("loose.safetensors"))
	d = f.diff(at.At("x/a.safetensors"), AtWork().At("z"), diff.Options{})
	require.EqualValues(t, 2, d.Files[0].Tensors[0].MaxAbs, "an untracked folder")

	for _, sides := range [][2]Side{{at.At("none"), at.At("x")}, {at.At("x"), AtWork().At("none")}, {at.At("x/config.json"), at.At("missing")}} {
		_, err := f.Diff(context.Background(), sides[0], sides[1], diff.Options{})
		require.ErrorIs(t, err, object.ErrNoPath)
	}
	f.put("y/b.safetensors", "{")
	f.saveAny("two in a folder")
	_, err := f.Diff(context.Background(), at.At("x/a.safetensors"), at.At("y"), diff.Options{})
	require.ErrorContains(t, err, "2 models on the second side")
}

// Keys of headers and JSON files are compared by value, however they are written.
func TestDiffMetadata(t *testing.T) {
	f := newFixture(t)
	f.put("config.json", `{"num_layers": 32, "same": [1, 2], "rope": {"factor": 1.5, "type": "x"}, "gone": null}`)
	f.put("list.json", `[1]`)
	f.put("long.json", `{"v":[`+strings.Repeat("1,", 99)+`1]}`)
	f.put("m.safetensors", tensorsFile("one", f32Tensor("w", 1)))
	f.save("a")
	f.put("config.json", `{"rope":{"type":"x","factor":2},"same":[1,2],"num_layers":28,"new":{"<a>":{}}}`)
	f.put("list.json", `[2]`)
	f.put("long.json", `{"v":[`+strings.Repeat("1,", 99)+`2]}`)
	f.put("m.safetensors", tensorsFile("two", f32Tensor("w", 1)))
	f.save("b")
	d := f.diff(AtRevision("HEAD~1"), AtRevision("HEAD"), diff.Options{})
	got := map[string][]string{}
	for _, file := range d.Files {
		for _, k := range file.Metadata {
			got[file.Path] = append(got[file.Path], k.Key+" "+string(k.A)+" "+string(k.B))
		}
	}
	require.Len(t, got["long.json"], 1)
	require.Regexp(t, `^v "100 values, [0-9a-f]+" "100 values, [0-9a-f]+"$`, got["long.json"][0])
	delete(got, "long.json")
	require.Equal(t, map[string][]string{
		"config.json":   {"gone null ", `new.<a>  {}`, "num_layers 32 28", "rope.factor 1.5 2"},
		"m.safetensors": {`note "one" "two"`},
	}, got)
}

// A matrix that another format has turned has no figures, and a role that a side has twice matches nothing.
func TestDiffByRole(t *testing.T) {
	f := newFixture(t)
	matrix := func(name string, rows, columns int64) testTensor {
		return testTensor{Name: name, DType: "F32", Shape: []int64{rows, columns}, Data: f32s(1, 2, 3, 4, 5, 6)}
	}
	f.put("m.safetensors", tensorsFile("", matrix("transformer.h.0.attn.c_attn.weight", 2, 3), f32Tensor("model.x.weight", 1, 2),
		f32Tensor("transformer.x.weight", 3, 4), f32Tensor("model.y.weight", 5)))
	f.save("a")
	turned := matrix("blk.0.attn_qkv.weight", 3, 2)
	turned.Data = f32s(1, 4, 2, 5, 3, 6)
	f.put("m.safetensors", tensorsFile("", turned, f32Tensor("x.weight", 1, 3), f32Tensor("y.weight", 5)))
	f.save("b")
	d := f.diff(AtRevision("HEAD~1"), AtRevision("HEAD"), diff.Options{}).Files[0]
	var got []string
	for _, x := range d.Tensors {
		got = append(got, x.Status+" "+x.Name+" "+x.NameB)
	}
	require.Equal(t, []string{"reshaped transformer.h.0.attn.c_attn.weight blk.0.attn_qkv.weight", "removed model.x.weight ",
		"removed transformer.x.weight ", "renamed model.y.weight y.weight", "added x.weight x.weight"}, got)
	require.True(t, math.IsNaN(float64(d.Tensors[0].RelL2)))
	require.EqualValues(t, 6, d.Tensors[0].Changed)
	back := f.diff(AtRevision("HEAD"), AtRevision("HEAD~1"), diff.Options{}).Files[0].Summary
	require.Equal(t, []int{2, 1, 1, 1}, []int{back.Added, back.Removed, back.Renamed, back.Reshaped})
}

// Tensors of shards are found behind shards that have none.
func TestContentPart(t *testing.T) {
	shard := func(names ...string) *object.File {
		c := &object.File{}
		for _, n := range names {
			c.Layout.Tensors = append(c.Layout.Tensors, formats.Tensor{Name: n})
		}
		return c
	}
	c := object.Shards([]*object.File{shard(), shard("a", "b"), shard(), shard(), shard("c"), shard()})
	for i, want := range []string{"a", "b", "c"} {
		part, k := c.Part(i)
		require.Equal(t, want, part.Layout.Tensors[k].Name)
		require.Equal(t, want, c.Layout.Tensors[i].Name)
	}
}

// Two files, or two folders of shards, are compared without a repository.
func TestDiffOnDisk(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o777))
		require.NoError(t, os.WriteFile(path, []byte(content), 0o666))
		return path
	}
	whole := write("whole.safetensors", tensorsFile("", f32Tensor("a", 1, 2), f32Tensor("b", 3)))
	write("cut/model-00001-of-00002.safetensors", tensorsFile("", f32Tensor("a", 1, 2)))
	write("cut/model-00002-of-00002.safetensors", tensorsFile("", f32Tensor("b", 4)))
	a, err := diff.ReadDisk(whole)
	require.NoError(t, err)
	b, err := diff.ReadDisk(filepath.Join(dir, "cut"))
	require.NoError(t, err)
	d, err := diff.Of(t.Context(), a, b, diff.Options{})
	require.NoError(t, err)
	require.Len(t, d.Files, 1)
	require.Equal(t, diff.Summary{Tensors: 2, Changed: 1, Identical: 1, Elements: 3, ElementsChanged: 1}, d.Files[0].Summary)
	require.Equal(t, 1.0, float64(d.Files[0].Tensors[1].MaxAbs))
	_, err = diff.ReadDisk(filepath.Join(dir, "absent"))
	require.ErrorIs(t, err, fs.ErrNotExist)
}
