package repo

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"dits/catalog"
	"dits/formats"
	"dits/repo/history"
	"dits/repo/lineage"
	"dits/repo/object"
	"dits/repo/refs"
	"dits/tensorstore"
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
)

// tiny is a tensor of one number.
func tiny(name string, v float32) testTensor {
	return testTensor{Name: name, DType: "F32", Shape: []int64{1}, Data: f32s(v)}
}

// blamed is "name: message of the commit" for each tensor, by name.
func (f *fixture) blamed(rev, path string) map[string]string {
	f.t.Helper()
	b, err := f.Blame(rev, path)
	require.NoError(f.t, err)
	subjects, counts := map[digest.ID]string{}, map[digest.ID]int{}
	for _, c := range b.Commits {
		subjects[c.ID], counts[c.ID] = c.Subject, c.Tensors
	}
	out := map[string]string{}
	for _, x := range b.Tensors {
		out[x.Name] = subjects[x.Commit]
		counts[x.Commit]--
	}
	for id, n := range counts {
		require.Zero(f.t, n, "tensors of commit %q", subjects[id])
	}
	return out
}

func TestBlame(t *testing.T) {
	f := newFixture(t)
	put := func(tensors ...testTensor) { f.put("m.safetensors", tensorsFile("", tensors...)) }
	put(tiny("a", 1), tiny("b", 1), tiny("c", 1))
	f.save("one\nmore text")
	put(tiny("a", 1), tiny("b", 2), tiny("c", 1))
	f.save("two")
	f.put("other.txt", "x")
	f.save("nothing of it")
	require.Equal(t, map[string]string{"a": "one", "b": "two", "c": "one"}, f.blamed("HEAD", "m.safetensors"))

	// A new tensor, one of another shape, and one that changed and came back.
	put(tiny("a", 2), tiny("b", 2), testTensor{Name: "c", DType: "F32", Shape: []int64{1, 1}, Data: f32s(1)}, tiny("d", 1))
	f.save("three")
	put(tiny("d", 1), testTensor{Name: "c", DType: "F32", Shape: []int64{1, 1}, Data: f32s(1)}, tiny("b", 2), tiny("a", 1))
	f.save("four")
	require.Equal(t, map[string]string{"a": "four", "b": "two", "c": "three", "d": "three"}, f.blamed("HEAD", "m.safetensors"))
	require.Equal(t, map[string]string{"a": "one", "b": "two", "c": "one"}, f.blamed("HEAD~2", "m.safetensors"))

	// A rename keeps them; the path of then is told.
	f.put("dir/new.safetensors", f.read("m.safetensors"))
	f.remove("m.safetensors")
	f.save("moved")
	require.Equal(t, map[string]string{"a": "four", "b": "two", "c": "three", "d": "three"}, f.blamed("HEAD", "dir/new.safetensors"))
	b, err := f.Blame("HEAD", "dir/new.safetensors")
	require.NoError(t, err)
	require.Equal(t, "m.safetensors", b.Tensors[0].Path)
	require.Equal(t, []string{"four", "three", "two"}, []string{b.Commits[0].Subject, b.Commits[1].Subject, b.Commits[2].Subject})

	_, err = f.Blame("HEAD", "other.txt")
	require.ErrorContains(t, err, "without tensors")
	_, err = f.Blame("HEAD", "nothing")
	require.ErrorIs(t, err, object.ErrNoPath)
	_, err = f.Blame("nothing", "m.safetensors")
	require.ErrorIs(t, err, refs.ErrUnknownRevision)
}

// mergeCommit commits the index with the parents HEAD and other.
func (f *fixture) mergeCommit(message string, other digest.ID) {
	f.t.Helper()
	h, err := f.Head()
	require.NoError(f.t, err)
	x, err := f.Index()
	require.NoError(f.t, err)
	f.n++
	c := catalog.Commit{Parents: []digest.ID{h.Commit, other}, Author: "Ada <ada@example.org>",
		Time: time.Unix(1_700_000_000+3600*int64(f.n), 0).UTC(), Message: message + "\n"}
	require.NoError(f.t, f.storeCommit(&c, x.Files()))
	require.NoError(f.t, f.UpdateRef(object.BranchPrefix+h.Branch, h.Commit, c.ID, "merge"))
}

// What one side of a merge changed is that side's, not the merge's.
func TestBlameOfMerge(t *testing.T) {
	f := newFixture(t)
	put := func(tensors ...testTensor) {
		f.put("m.safetensors", tensorsFile("", tensors...))
		f.add("m.safetensors")
	}
	put(tiny("a", 1), tiny("b", 1), tiny("c", 1), tiny("d", 1))
	base := f.commit("base")
	put(tiny("a", 1), tiny("b", 2), tiny("c", 1), tiny("d", 1))
	f.commit("ours")
	require.NoError(t, f.UpdateRef("refs/heads/side", digest.ID{}, base, "test"))
	f.mustCheckout("side")
	put(tiny("a", 1), tiny("b", 1), tiny("c", 3), tiny("d", 1))
	theirs := f.commit("theirs")
	f.mustCheckout("main")
	put(tiny("a", 1), tiny("b", 2), tiny("c", 3), tiny("d", 4))
	f.mergeCommit("merge", theirs)
	require.Equal(t, map[string]string{"a": "base", "b": "ours", "c": "theirs", "d": "merge"}, f.blamed("HEAD", "m.safetensors"))

	subjects := func(globs ...string) (out []string) {
		h, err := f.Head()
		require.NoError(t, err)
		for c, err := range f.Log([]digest.ID{h.Commit}, history.LogOptions{Tensors: globs}) {
			require.NoError(t, err)
			out = append(out, object.Subject(c.Message))
		}
		return out
	}
	require.Equal(t, []string{"base"}, subjects("a"))
	require.Equal(t, []string{"theirs", "base"}, subjects("c"), "the merge has it as one of its parents")
	require.Equal(t, []string{"merge", "base"}, subjects("d"))
}

func TestBlameLayers(t *testing.T) {
	f := newFixture(t)
	names := []string{"model.layers.0.self_attn.q_proj.weight", "model.layers.0.self_attn.k_proj.weight",
		"model.layers.0.input_layernorm.weight", "model.layers.10.mlp.up_proj.weight", "model.norm.weight"}
	put := func(values ...float32) {
		var all []testTensor
		for i, v := range values {
			all = append(all, tiny(names[i], v))
		}
		f.put("m.safetensors", tensorsFile("", all...))
	}
	put(1, 1, 1, 1, 1)
	one := f.save("one")
	put(2, 1, 1, 1, 1)
	two := f.save("two")
	b, err := f.Blame("HEAD", "m.safetensors")
	require.NoError(t, err)
	zero, ten := 0, 10
	require.Equal(t, []history.BlamedLayer{
		{Layer: &zero, Stack: "", Commit: two, Tensors: 1, Modules: []string{"q_proj"}, Whole: false},
		{Layer: &zero, Stack: "", Commit: one, Tensors: 2, Modules: []string{"k_proj", "norms"}, Whole: false},
		{Layer: &ten, Stack: "", Commit: one, Tensors: 1, Modules: []string{"up"}, Whole: true},
		{Layer: nil, Stack: "", Commit: one, Tensors: 1, Modules: []string{"norm"}, Whole: true},
	}, b.Layers)
}

func TestLogTensors(t *testing.T) {
	f := newFixture(t)
	put := func(path string, tensors ...testTensor) { f.put(path, tensorsFile("", tensors...)) }
	put("m.safetensors", tiny("x.0.q", 1), tiny("x.1.q", 1))
	f.save("first")
	put("m.safetensors", tiny("x.0.q", 1), tiny("x.1.q", 2))
	f.save("one of them")
	put("dir/n.safetensors", tiny("x.0.q", 1), tiny("y", 1))
	f.put("m.txt", "no tensors")
	f.save("another file")
	put("m.safetensors", tiny("x.1.q", 2))
	f.save("one gone")
	head, err := f.Resolve("HEAD")
	require.NoError(t, err)
	log := func(paths []string, globs ...string) (out []string) {
		t.Helper()
		for c, err := range f.Log([]digest.ID{head}, history.LogOptions{Paths: paths, Tensors: globs}) {
			require.NoError(t, err)
			out = append(out, object.Subject(c.Message))
		}
		return out
	}
	require.Equal(t, []string{"one gone", "another file", "first"}, log(nil, "x.0.*"))
	require.Equal(t, []string{"one of them", "first"}, log(nil, "x.1.q"))
	require.Equal(t, []string{"another file"}, log([]string{"dir", "m.txt"}, "*"))
	require.Equal(t, []string{"another file"}, log([]string{"dir"}, "x.1.q", "y"))
	require.Empty(t, log(nil, "z*"))
	for _, err := range f.Log([]digest.ID{head}, history.LogOptions{Tensors: []string{"[a"}}) {
		require.ErrorContains(t, err, "pattern")
	}
}

// longHistory makes a branch "long" of n commits on one file of so many tensors, of which
// each commit changes one in 30. The tensors themselves are not in the store.
func longHistory(tb testing.TB, r *Repo, n, tensors int) digest.ID {
	tb.Helper()
	rng := rand.New(rand.NewPCG(9, 9))
	w := r.Store.Begin(tensorstore.WriterOptions{})
	defer w.Close()
	put := func(k pack.Kind, id digest.ID, b []byte) { require.NoError(tb, w.PutObject(k, id, b)) }
	f := catalog.File{Layout: formats.Layout{Format: "safetensors", Size: 8 + 4*int64(tensors)}}
	f.Layout.Segments = []formats.Segment{{Kind: formats.Header, Len: 8, Tensor: -1}}
	f.Blobs = []digest.ID{digest.Sum([]byte("header"))}
	for i := range tensors {
		off := 8 + 4*int64(i)
		f.Layout.Tensors = append(f.Layout.Tensors, formats.Tensor{Name: fmt.Sprintf("model.layers.%d.self_attn.q_proj.weight", i),
			DType: "F32", Shape: []int64{1}, Off: off, Len: 4})
		f.Layout.Segments = append(f.Layout.Segments, formats.Segment{Kind: formats.Data, Off: off, Len: 4, Tensor: i})
		f.Blobs = append(f.Blobs, digest.Sum(fmt.Append(nil, "tensor", i)))
	}
	var head digest.ID
	for i := range n {
		for range tensors / 30 {
			f.Blobs[1+rng.IntN(tensors)] = digest.Sum(fmt.Append(nil, rng.Uint64()))
		}
		f.ID = digest.Sum(fmt.Append(nil, "file", i))
		put(pack.Manifest, f.ID, object.EncodeManifest(f))
		tree := object.EncodeTree([]catalog.TreeEntry{{Name: "model.safetensors", Mode: object.ModeFile, ID: f.ID, Size: f.Layout.Size}})
		c := catalog.Commit{Tree: digest.Sum(tree), Author: "Ada <ada@example.org>", Time: time.Unix(1_700_000_000+int64(i), 0), Message: fmt.Sprintf("step %d\n", i)}
		if !head.IsZero() {
			c.Parents = []digest.ID{head}
		}
		commit := object.EncodeCommit(c)
		head = digest.Sum(commit)
		put(pack.Tree, c.Tree, tree)
		put(pack.Commit, head, commit)
	}
	require.NoError(tb, w.Flush())
	require.NoError(tb, r.UpdateRef(object.BranchPrefix+"long", digest.ID{}, head, "test"))
	return head
}

// BenchmarkHistory looks for the commits behind each of 300 tensors, and behind one, in
// 1,000 commits, and for the family of the last.
func BenchmarkHistory(b *testing.B) {
	r, err := Init(b.TempDir(), InitOptions{})
	require.NoError(b, err)
	defer r.Close()
	head := longHistory(b, r, 1000, 300)
	b.Run("Blame", func(b *testing.B) {
		for b.Loop() {
			_, err := r.Blame("long", "model.safetensors")
			require.NoError(b, err)
		}
	})
	b.Run("Lineage", func(b *testing.B) {
		for b.Loop() {
			l, err := r.Lineage(lineage.Options{Rev: "long", Depth: 8})
			require.NoError(b, err)
			require.Greater(b, len(l.Files), 8)
		}
	})
	b.Run("LogTensor", func(b *testing.B) {
		for b.Loop() {
			n := 0
			for _, err := range r.Log([]digest.ID{head}, history.LogOptions{Tensors: []string{"model.layers.7.*"}}) {
				require.NoError(b, err)
				n++
			}
			require.Greater(b, n, 1)
		}
	})
}
