package repo

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/repo/lineage"
	"dits/repo/object"
	"dits/repo/refs"
	"dits/tensorstore/digest"
)

// treeOf is a lineage as text: a line a file, set in below the one it came from.
func treeOf(l *lineage.Lineage) string {
	var b strings.Builder
	tree := l.Tree()
	var write func(m *lineage.Model, indent string)
	write = func(m *lineage.Model, indent string) {
		f := m.Files[0]
		fmt.Fprintf(&b, "%s%s", indent, named(f.Path, f.Rev))
		if f.New > 0 {
			fmt.Fprintf(&b, " new:%d", f.New)
		}
		if f.Repeated > 0 {
			fmt.Fprintf(&b, " repeated:%d", f.Repeated)
		}
		for _, s := range f.Sources {
			fmt.Fprintf(&b, " <- %s", named(s.Path, s.Rev))
			for _, kind := range slices.Sorted(maps.Keys(s.Tensors)) {
				fmt.Fprintf(&b, " %s:%d", kind, s.Tensors[kind])
			}
		}
		b.WriteString("\n")
		for _, c := range tree.Below[m] {
			write(c, indent+"  ")
		}
	}
	for _, root := range tree.Roots {
		write(root, "")
	}
	return b.String()
}

func named(path, rev string) string {
	if rev == "" {
		return path
	}
	return path + "@" + rev
}

func (f *fixture) lineage(o lineage.Options) *lineage.Lineage {
	f.t.Helper()
	l, err := f.Lineage(o)
	require.NoError(f.t, err)
	return l
}

// matrix is a tensor of 256 rows of as many elements.
func matrix(name string, data []byte) testTensor {
	return testTensor{Name: name, DType: "BF16", Shape: []int64{256, 256}, Data: data}
}

// nudge is data with the lowest bit of every fourth element turned.
func nudge(data []byte, from int) []byte {
	out := slices.Clone(data)
	for i := from * 2; i < len(out); i += 8 {
		out[i] ^= 1
	}
	return out
}

func TestLineage(t *testing.T) {
	f := newFixture(t)
	require.Empty(t, f.lineage(lineage.Options{}).Files)
	rng := rand.New(rand.NewPCG(5, 5))
	q, k, up := normal(rng, 256*256), normal(rng, 256*256), normal(rng, 256*256)
	f.put("base.safetensors", tensorsFile("", matrix("h.0.q", q), matrix("h.0.k", k), matrix("h.0.up", up), matrix("h.0.tied", up)))
	f.put("config.json", "{}")
	f.add("")
	require.Equal(t, "base.safetensors new:3 repeated:1\n", treeOf(f.lineage(lineage.Options{Path: "base.safetensors"})), "as staged")
	f.save("base")
	tuned := nudge(q, 0)
	f.put("ft.safetensors", tensorsFile("", matrix("h.0.q", tuned), matrix("h.0.k", k), matrix("h.0.up", up)))
	f.save("ft")
	f.put("ft.safetensors", tensorsFile("", matrix("h.0.q", tuned), matrix("h.0.k", nudge(k, 1)), matrix("h.0.up", up)))
	f.put("alone.safetensors", tensorsFile("", matrix("x", normal(rng, 256*256))))
	f.save("more")

	require.Equal(t, `base.safetensors new:3 repeated:1
  ft.safetensors@main~1 <- base.safetensors delta:1 identical:2
    ft.safetensors <- ft.safetensors@main~1 identical:2 <- base.safetensors delta:1
alone.safetensors new:1
`, treeOf(f.lineage(lineage.Options{})))
	require.Equal(t, `base.safetensors new:3 repeated:1
  ft.safetensors <- base.safetensors delta:1 identical:2
`, treeOf(f.lineage(lineage.Options{Rev: "HEAD~1"})), "as seen from there")

	l := f.lineage(lineage.Options{Rev: "HEAD", Path: "ft.safetensors"})
	require.Len(t, l.Files, 3)
	require.Equal(t, []lineage.TensorLineage{
		{Name: "h.0.q", Kind: "identical", Sources: []lineage.TensorSource{{Digest: digest.Sum(tuned), Path: "ft.safetensors", Tensor: "h.0.q", Rev: "main~1"}}, How: lineage.Same},
		{Name: "h.0.k", Kind: "delta", Sources: []lineage.TensorSource{{Digest: digest.Sum(k), Path: "base.safetensors", Tensor: "h.0.k", Rev: ""}}, Stored: l.Files[2].Stored, How: lineage.Difference},
		{Name: "h.0.up", Kind: "identical", Sources: []lineage.TensorSource{{Digest: digest.Sum(up), Path: "ft.safetensors", Tensor: "h.0.up", Rev: "main~1"}}, How: lineage.Same},
	}, l.Tensors)
	require.Positive(t, l.Files[2].Stored)
	require.InDelta(t, 8*float64(l.Files[2].Stored)/(3*256*256), float64(l.Files[2].Bits), 1e-9)

	l = f.lineage(lineage.Options{Rev: "HEAD", Path: "ft.safetensors", Depth: 1})
	for _, x := range l.Files {
		require.Equal(t, x.Path != "ft.safetensors" || x.Rev != "", x.Cut, x.Path)
	}
	for rev, want := range map[string]error{"nothing": refs.ErrUnknownRevision, "HEAD": object.ErrNoPath} {
		_, err := f.Lineage(lineage.Options{Rev: rev, Path: "nothing"})
		require.ErrorIs(t, err, want)
	}
}

// A file that only another branch has is found there, and its tensors named.
func TestLineageOverBranches(t *testing.T) {
	f := newFixture(t)
	f.family()
	base, err := f.Resolve("HEAD~1")
	require.NoError(t, err)
	require.NoError(t, f.UpdateRef("refs/heads/old", digest.ID{}, base, "test"))
	data := f.read("model.safetensors")
	// Another history without the base in it.
	f.remove("model.safetensors")
	f.put("other.txt", "x")
	f.add("")
	require.NoError(t, f.WriteHead(refs.Head{Branch: "main"}, refs.Head{Branch: "orphan"}))
	f.put("variant.safetensors", data)
	f.save("orphan")
	require.Equal(t, `model.safetensors@old new:4
  variant.safetensors <- model.safetensors@old delta:1 identical:2
`, strings.ReplaceAll(treeOf(f.lineage(lineage.Options{Rev: "orphan"})), " new:1", ""))

	// What only other revisions have is not named.
	within := f.lineage(lineage.Options{Rev: "orphan", Within: []string{"orphan"}})
	require.Len(t, within.Files, 1)
	require.Equal(t, map[string]int{"delta": 1}, within.Files[0].Sources[0].Tensors)
	require.Empty(t, within.Files[0].Sources[0].Path)
	within = f.lineage(lineage.Options{Rev: "orphan", Within: []string{"orphan", "main~1"}})
	require.Equal(t, "main~1", within.Files[0].Rev, "as it is called there")
	_, err = f.Lineage(lineage.Options{Within: []string{"nothing"}})
	require.ErrorIs(t, err, refs.ErrUnknownRevision)

	// Refs gone, the store still has the source, and no one knows a name for it.
	for _, name := range []string{"main", "old"} {
		id, err := f.ReadRef(object.BranchPrefix + name)
		require.NoError(t, err)
		require.NoError(t, f.UpdateRef(object.BranchPrefix+name, id, digest.ID{}, "test"))
	}
	l := f.lineage(lineage.Options{Rev: "HEAD", Path: "variant.safetensors"})
	require.Len(t, l.Files, 1)
	ls, err := f.FileTensors("HEAD", "variant.safetensors")
	require.NoError(t, err)
	bytes := lineage.SourceBytes{Whole: ls.Tensors[0].Size, Stored: ls.Tensors[0].Stored}
	require.Equal(t, []lineage.FileSource{{Tensors: map[string]int{"delta": 1},
		Bytes: map[string]lineage.SourceBytes{"delta": bytes}}}, l.Files[0].Sources)
	require.False(t, ls.Tensors[0].Source.IsZero())
	require.Empty(t, ls.Tensors[0].SourcePath)
}

// Files that came from each other are a tree all the same.
func TestLineageTreeOfCircle(t *testing.T) {
	a, b, c := digest.Sum([]byte("a")), digest.Sum([]byte("b")), digest.Sum([]byte("c"))
	from := func(ids ...digest.ID) (out []lineage.FileSource) {
		for _, id := range ids {
			out = append(out, lineage.FileSource{Digest: id})
		}
		return out
	}
	l := &lineage.Lineage{Files: []*lineage.FileLineage{
		{Path: "a", Digest: a, Sources: from(c)}, {Path: "b", Digest: b, Sources: from(a)}, {Path: "c", Digest: c, Sources: from(b)},
		{Path: "d", Digest: digest.Sum(nil), Sources: from(a, digest.Sum(nil))},
	}}
	tree := l.Tree()
	seen := 0
	var count func(models []*lineage.Model)
	count = func(models []*lineage.Model) {
		for _, m := range models {
			seen++
			count(tree.Below[m])
		}
	}
	count(tree.Roots)
	require.Equal(t, 4, seen)
	require.Len(t, tree.Roots, 1)
}

// A merge of two names both.
func TestLineageOfCombination(t *testing.T) {
	f := newFixture(t)
	rng := rand.New(rand.NewPCG(6, 6))
	const n = 256 * 256
	var x, y, half []byte
	for range n {
		a, b := float32(rng.NormFloat64()*0.02), float32(rng.NormFloat64()*0.02)
		x, y = append(x, f32s(a)...), append(y, f32s(b)...)
		half = append(half, f32s(float32(0.5*a)+float32(0.5*b))...)
	}
	put := func(path string, data []byte) {
		f.put(path, tensorsFile("", testTensor{Name: "h.0.q", DType: "F32", Shape: []int64{256, 256}, Data: data}))
	}
	put("a.safetensors", x)
	f.save("a")
	put("b.safetensors", y)
	f.save("b")
	put("soup.safetensors", half)
	var added []Added
	require.NoError(t, f.Add(context.Background(), []string{"soup.safetensors"}, AddOptions{Report: func(a Added) { added = append(added, a) }}))
	f.commit("soup")
	require.Len(t, added, 1)
	require.Len(t, added[0].Sources, 1, "the one that matters most")

	ls, err := f.FileTensors("HEAD", "soup.safetensors")
	require.NoError(t, err)
	got := ls.Tensors[0]
	require.Equal(t, "combination 0.5/0.5", got.Prediction)
	require.Len(t, got.Sources, 2)
	paths := []string{got.Sources[0].Path, got.Sources[1].Path}
	slices.Sort(paths)
	require.Equal(t, []string{"a.safetensors", "b.safetensors"}, paths)

	l := f.lineage(lineage.Options{})
	require.Len(t, l.Files, 3)
	require.Len(t, l.Files[2].Sources, 2)
	require.Equal(t, map[string]int{"combination": 1}, l.Files[2].Sources[0].Tensors)
}

// Sources of a commit's files: of what it brought, not of what was there.
func TestSourcesOfCommit(t *testing.T) {
	f := newFixture(t)
	f.family()
	tensors := f.read("model.safetensors")
	f.put("copy.safetensors", tensors)
	f.save("copy")
	k, err := lineage.NewNamer(f.History)
	require.NoError(t, err)
	sources := func(rev string) map[string][]lineage.FileSource {
		id, err := f.Resolve(rev)
		require.NoError(t, err)
		c, err := f.ReadCommit(id)
		require.NoError(t, err)
		stat, err := f.CommitStat(c)
		require.NoError(t, err)
		s, err := k.Sources(c, stat.Files)
		require.NoError(t, err)
		return s
	}
	require.Empty(t, sources("HEAD~2"))
	got := sources("HEAD~1")["model.safetensors"]
	require.Len(t, got, 1)
	require.Equal(t, []any{"model.safetensors", "main~2", map[string]int{"delta": 1}}, []any{got[0].Path, got[0].Rev, got[0].Tensors})
}

// What add says a file was stored against, and where.
func TestAddedSources(t *testing.T) {
	f := newFixture(t)
	f.family()
	var last Added
	add := func(path string, o AddOptions) []string {
		t.Helper()
		o.Report = func(a Added) { last = a }
		require.NoError(t, f.Add(context.Background(), []string{path}, o))
		return last.Sources
	}
	ls, err := f.FileTensors("HEAD~1", "model.safetensors")
	require.NoError(t, err)
	base := func() []byte {
		var b strings.Builder
		require.NoError(t, f.Cat(context.Background(), "HEAD~1", "model.safetensors", CatOptions{Tensor: ls.Tensors[0].Name}, &b))
		return []byte(b.String())
	}()
	f.put("near.safetensors", tensorsFile("", matrix(ls.Tensors[0].Name, nudge(nudge(base, 0), 1))))
	require.Equal(t, []string{"model.safetensors"}, add("near.safetensors", AddOptions{}), "HEAD's, which is nearer than the base")
	f.put("far.safetensors", tensorsFile("", matrix(ls.Tensors[0].Name, nudge(base, 3))))
	require.Equal(t, []string{"main~1:model.safetensors"}, add("far.safetensors", AddOptions{}))
	f.put("new.safetensors", tensorsFile("", matrix("x", normal(rand.New(rand.NewPCG(8, 8)), 256*256))))
	require.Empty(t, add("new.safetensors", AddOptions{}))
}

// Names of commits: the shortest way from a ref, over as few merges as can be.
func TestRevNames(t *testing.T) {
	f := newFixture(t)
	save := func(content string) digest.ID {
		f.put("a", content)
		return f.save(content)
	}
	one := save("one")
	two := save("two")
	require.NoError(t, f.UpdateRef("refs/heads/side", digest.ID{}, two, "test"))
	f.mustCheckout("side")
	three := save("three")
	side := save("side")
	f.mustCheckout("main")
	four := save("four")
	f.mergeCommit("merge", side)
	merge, err := f.Resolve("main")
	require.NoError(t, err)
	require.NoError(t, f.UpdateRef("refs/tags/v1", digest.ID{}, one, "test"))
	require.NoError(t, f.UpdateRef("refs/heads/side", side, digest.ID{}, "test"))
	k, err := lineage.NewNamer(f.History)
	require.NoError(t, err)
	for id, want := range map[digest.ID]string{merge: "main", four: "main~1", two: "main~2", one: "v1", side: "main^2", three: "main^2~1"} {
		got, err := k.Rev(id)
		require.NoError(t, err)
		require.Equal(t, want, got)
		back, err := f.Resolve(got)
		require.NoError(t, err)
		require.Equal(t, id, back)
	}
	lost := digest.Sum([]byte("no commit"))
	got, err := k.Rev(lost)
	require.NoError(t, err)
	require.Equal(t, lost.Short(), got)
}
