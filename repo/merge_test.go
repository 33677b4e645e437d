package repo

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"dits/repo/merge"
	"dits/repo/object"
	"dits/repo/refs"
	"dits/repo/work"
	"dits/tensorstore/digest"
	"dits/tensorstore/disk/faultfs"
)

// A mergeCase is a folder on three sides; the result, or the conflicts.
type mergeCase struct {
	name               string
	strategy           merge.Strategy
	base, ours, theirs map[string]string // content by path
	want               map[string]string
	conflicts          []string // "path: tensor: reason"
}

// qkn is one file of three tensors, of which the values are given.
func qkn(q, k, norm float32) map[string]string {
	return one(noted("", q, k, norm))
}

func noted(note string, q, k, norm float32) string {
	return tensorsFile(note, f32Tensor("q", q, q), f32Tensor("k", k), f32Tensor("norm", norm))
}

func one(content string) map[string]string { return map[string]string{"m.safetensors": content} }

var mergeCases = []mergeCase{
	{name: "files apart", base: map[string]string{"a": "1", "b": "1", "c": "1"}, ours: map[string]string{"a": "2", "b": "1", "c": "1", "o": "x"},
		theirs: map[string]string{"a": "1", "b": "2", "t": "y"}, want: map[string]string{"a": "2", "b": "2", "o": "x", "t": "y"}},
	{name: "the same change", base: map[string]string{"a": "1"}, ours: map[string]string{"a": "2", "n": "n"}, theirs: map[string]string{"a": "2", "n": "n", "x": "y"},
		want: map[string]string{"a": "2", "n": "n", "x": "y"}},
	{name: "file on both sides", base: map[string]string{"a": "1"}, ours: map[string]string{"a": "2"}, theirs: map[string]string{"a": "3"},
		conflicts: []string{"a: : changed on both sides"}},
	{name: "file, average", strategy: merge.Average, base: map[string]string{"a": "1"}, ours: map[string]string{"a": "2"}, theirs: map[string]string{"a": "3"},
		conflicts: []string{"a: : changed on both sides"}},
	{name: "file, ours", strategy: merge.Ours, base: map[string]string{"a": "1"}, ours: map[string]string{"a": "2"}, theirs: map[string]string{"a": "3", "b": "b"},
		want: map[string]string{"a": "2", "b": "b"}},
	{name: "file, theirs", strategy: merge.Theirs, base: map[string]string{"a": "1"}, ours: map[string]string{"a": "2"}, theirs: map[string]string{"a": "3"},
		want: map[string]string{"a": "3"}},
	{name: "removed and changed", base: map[string]string{"a": "1", "b": "1", "c": "c"}, ours: map[string]string{"a": "2", "c": "c"}, theirs: map[string]string{"b": "2", "c": "c"},
		conflicts: []string{"a: : changed in HEAD, removed in the other", "b: : removed in HEAD, changed in the other"}},
	{name: "removed, theirs", strategy: merge.Theirs, base: map[string]string{"a": "1", "b": "1", "c": "c"}, ours: map[string]string{"a": "2", "c": "c"}, theirs: map[string]string{"b": "2", "c": "c"},
		want: map[string]string{"b": "2", "c": "c"}},
	{name: "added on both sides", base: map[string]string{"c": "c"}, ours: map[string]string{"a": "2", "c": "c"}, theirs: map[string]string{"a": "3", "c": "c"},
		conflicts: []string{"a: : added on both sides"}},
	{name: "file and folder", base: map[string]string{"c": "c"}, ours: map[string]string{"a": "2", "c": "c"}, theirs: map[string]string{"a/b": "3", "c": "c"},
		conflicts: []string{"a: : a file on one side, a folder with a/b on the other"}},

	{name: "tensors apart", base: qkn(1, 1, 1), ours: qkn(2, 1, 1), theirs: qkn(1, 3, 1), want: qkn(2, 3, 1)},
	{name: "tensors alike", base: qkn(1, 1, 1), ours: qkn(2, 5, 1), theirs: qkn(1, 5, 7), want: qkn(2, 5, 7)},
	{name: "tensor on both sides", base: qkn(1, 1, 1), ours: qkn(2, 1, 1), theirs: qkn(3, 3, 3),
		conflicts: []string{"m.safetensors: q: changed on both sides"}},
	{name: "tensor, average", strategy: merge.Average, base: qkn(1, 1, 1), ours: qkn(2, 1, 1), theirs: qkn(3, 3, 3), want: qkn(2.5, 3, 3)},
	{name: "tensor, ours", strategy: merge.Ours, base: qkn(1, 1, 1), ours: qkn(2, 1, 1), theirs: qkn(3, 3, 3), want: qkn(2, 3, 3)},
	{name: "tensor, theirs", strategy: merge.Theirs, base: qkn(1, 1, 1), ours: qkn(2, 5, 1), theirs: qkn(3, 1, 3), want: qkn(3, 5, 3)},
	{name: "all ours", strategy: merge.Ours, base: qkn(1, 1, 1), ours: qkn(2, 1, 1), theirs: qkn(3, 1, 1), want: qkn(2, 1, 1)},
	{name: "model added on both sides, average", strategy: merge.Average, base: map[string]string{"c": "c"},
		ours:   map[string]string{"c": "c", "m.safetensors": noted("", 2, 1, 1)},
		theirs: map[string]string{"c": "c", "m.safetensors": noted("", 3, 1, 3)}, want: map[string]string{"c": "c", "m.safetensors": noted("", 2.5, 1, 2)}},
	{name: "model added on both sides", base: map[string]string{"c": "c"},
		ours:      map[string]string{"c": "c", "m.safetensors": noted("", 2, 1, 1)},
		theirs:    map[string]string{"c": "c", "m.safetensors": noted("", 3, 1, 1)},
		conflicts: []string{"m.safetensors: q: added on both sides"}},

	{name: "metadata of theirs", base: qkn(1, 1, 1), ours: qkn(2, 1, 1), theirs: one(noted("new", 1, 3, 1)), want: one(noted("new", 2, 3, 1))},
	{name: "metadata of ours", base: qkn(1, 1, 1), ours: one(noted("new", 2, 1, 1)), theirs: qkn(1, 3, 1), want: one(noted("new", 2, 3, 1))},
	{name: "metadata on both sides", base: qkn(1, 1, 1), ours: one(noted("o", 2, 1, 1)), theirs: one(noted("t", 1, 3, 1)),
		conflicts: []string{"m.safetensors: : metadata or order of tensors changed on both sides"}},
	{name: "metadata on both sides, average", strategy: merge.Average, base: qkn(1, 1, 1), ours: one(noted("o", 2, 1, 1)), theirs: one(noted("t", 1, 3, 1)),
		want: one(noted("o", 2, 3, 1))},
	{name: "metadata on both sides, theirs", strategy: merge.Theirs, base: qkn(1, 1, 1), ours: one(noted("o", 2, 1, 1)), theirs: one(noted("t", 1, 3, 1)),
		want: one(noted("t", 2, 3, 1))},

	{name: "tensor added by theirs", base: qkn(1, 1, 1), ours: qkn(2, 1, 1),
		theirs: one(tensorsFile("", f32Tensor("new", 9), f32Tensor("q", 1, 1), f32Tensor("k", 3), f32Tensor("norm", 1))),
		want:   one(tensorsFile("", f32Tensor("new", 9), f32Tensor("q", 2, 2), f32Tensor("k", 3), f32Tensor("norm", 1)))},
	{name: "tensor removed by ours", base: qkn(1, 1, 1), ours: one(tensorsFile("", f32Tensor("q", 2, 2), f32Tensor("k", 1))), theirs: qkn(1, 3, 1),
		want: one(tensorsFile("", f32Tensor("q", 2, 2), f32Tensor("k", 3)))},
	{name: "tensor removed and changed", base: qkn(1, 1, 1), ours: one(tensorsFile("", f32Tensor("q", 2, 2), f32Tensor("k", 1))), theirs: qkn(1, 3, 3),
		conflicts: []string{"m.safetensors: norm: changed on one side, removed on the other"}},
	{name: "tensor removed and changed, theirs", strategy: merge.Theirs, base: qkn(1, 1, 1), ours: one(tensorsFile("", f32Tensor("q", 2, 2), f32Tensor("k", 1))), theirs: qkn(1, 3, 3),
		want: qkn(1, 3, 3)},
	{name: "tensors added on both sides", base: qkn(1, 1, 1), ours: one(tensorsFile("", f32Tensor("q", 1, 1), f32Tensor("o", 1))), theirs: one(tensorsFile("", f32Tensor("q", 1, 1), f32Tensor("t", 1))),
		conflicts: []string{
			"m.safetensors: : tensors were added, removed or given another dtype or shape on both sides",
			"m.safetensors: t: changed on one side, removed on the other"}},
	{name: "tensor of another shape", base: qkn(1, 1, 1), ours: qkn(2, 1, 1), theirs: one(tensorsFile("", f32Tensor("q", 1), f32Tensor("k", 1), f32Tensor("norm", 1))),
		conflicts: []string{"m.safetensors: q: changed on both sides"}},
	{name: "tensor of another shape, average", strategy: merge.Average, base: qkn(1, 1, 1), ours: qkn(2, 1, 1), theirs: one(tensorsFile("", f32Tensor("q", 1), f32Tensor("k", 1), f32Tensor("norm", 1))),
		conflicts: []string{"m.safetensors: q: changed on both sides; F32[2] and F32[1] have no mean"}},
	{name: "tensor of another shape, ours", strategy: merge.Ours, base: qkn(1, 1, 1), ours: qkn(2, 1, 1), theirs: one(tensorsFile("", f32Tensor("q", 1), f32Tensor("k", 4), f32Tensor("norm", 1))),
		want: qkn(2, 1, 1)},
	{name: "integers, average", strategy: merge.Average, base: one(tensorsFile("", testTensor{Name: "i", DType: "I8", Shape: []int64{1}, Data: []byte{1}})),
		ours: one(tensorsFile("", testTensor{Name: "i", DType: "I8", Shape: []int64{1}, Data: []byte{2}})), theirs: one(tensorsFile("", testTensor{Name: "i", DType: "I8", Shape: []int64{1}, Data: []byte{3}})),
		conflicts: []string{"m.safetensors: i: changed on both sides; I8[1] and I8[1] have no mean"}},
	{name: "a model that became something else", base: qkn(1, 1, 1), ours: qkn(2, 1, 1), theirs: one("no model{"),
		conflicts: []string{"m.safetensors: : changed on both sides"}},
}

// setFolder makes the working folder hold these files and no others.
func (f *fixture) setFolder(files map[string]string) {
	f.t.Helper()
	x, err := f.Index()
	require.NoError(f.t, err)
	for _, e := range x.Entries {
		f.remove(e.Path)
	}
	for name, content := range files {
		f.put(name, content)
	}
}

// parted is a repository whose branches ours, checked out, and theirs come from one commit.
func parted(t *testing.T, base, ours, theirs map[string]string) *fixture {
	f := newFixture(t)
	f.setFolder(base)
	f.save("base")
	for _, side := range []string{"theirs", "ours"} {
		_, err := f.checkout("main", CheckoutOptions{NewBranch: side})
		require.NoError(t, err)
		f.setFolder(map[string]map[string]string{"theirs": theirs, "ours": ours}[side])
		f.save(side)
	}
	return f
}

func (f *fixture) merge(rev string, o MergeOptions) (*MergeResult, error) {
	o.Time = time.Unix(1_800_000_000, 0).UTC()
	return f.Merge(context.Background(), rev, o)
}

func TestMerge(t *testing.T) {
	for _, c := range mergeCases {
		t.Run(c.name, func(t *testing.T) {
			f := parted(t, c.base, c.ours, c.theirs)
			before, err := f.Head()
			require.NoError(t, err)
			got, err := f.merge("theirs", MergeOptions{Strategy: c.strategy})
			require.NoError(t, err)
			var conflicts []string
			for _, x := range got.Conflicts {
				conflicts = append(conflicts, x.Path+": "+x.Tensor+": "+x.Reason)
			}
			require.Equal(t, c.conflicts, conflicts)
			after, err := f.Head()
			require.NoError(t, err)
			if len(conflicts) > 0 {
				require.Equal(t, before, after, "nothing changes")
				require.Equal(t, c.ours, f.folder())
				return
			}
			require.Equal(t, c.want, f.folder())
			f.checkMerged(before.Commit, after.Commit)
			again, err := f.merge("theirs", MergeOptions{})
			require.NoError(t, err)
			require.True(t, again.UpToDate)
		})
	}
}

// folder is the working folder.
func (f *fixture) folder() map[string]string {
	files := map[string]string{}
	require.NoError(f.t, f.Walk("", work.WalkOptions{Ignored: true, Visit: func(w work.WorkFile) error {
		files[w.Path] = f.read(w.Path)
		return nil
	}}))
	return files
}

// checkMerged: the commit has both parents, the folder is clean, and all that is committed is
// what its digests say.
func (f *fixture) checkMerged(before, after digest.ID) {
	f.t.Helper()
	theirs, err := f.Resolve("theirs")
	require.NoError(f.t, err)
	c, err := f.ReadCommit(after)
	require.NoError(f.t, err)
	require.Equal(f.t, []digest.ID{before, theirs}, c.Parents)
	s := f.status()
	require.Empty(f.t, s.Staged)
	require.Empty(f.t, s.Changed)
	require.Empty(f.t, s.Untracked)
	files, err := f.CommitFiles(after)
	require.NoError(f.t, err)
	for _, file := range files {
		m, err := f.ReadFile(file.ID)
		require.NoError(f.t, err)
		require.NoError(f.t, f.CopyContent(context.Background(), io.Discard, m, object.NoProgress))
		var again bytes.Buffer
		require.NoError(f.t, f.Cat(context.Background(), "HEAD", file.Path, CatOptions{}, &again))
		scanned, err := object.Scan(context.Background(), bytes.NewReader(again.Bytes()), int64(again.Len()), file.Path, func(int64) {})
		require.NoError(f.t, err)
		require.Equal(f.t, scanned, m, "as if it had been added")
	}
}

// Mode and content of a file count apart.
func TestMergeModes(t *testing.T) {
	f := newFixture(t)
	f.put("run", "1")
	f.put("model", noted("", 1, 1, 1))
	f.save("base")
	_, err := f.checkout("main", CheckoutOptions{NewBranch: "theirs"})
	require.NoError(t, err)
	require.NoError(t, os.Chmod(f.path("run"), 0o755))
	require.NoError(t, os.Chmod(f.path("model"), 0o755))
	f.put("model", noted("", 1, 1, 3))
	f.save("theirs")
	_, err = f.checkout("main", CheckoutOptions{NewBranch: "ours"})
	require.NoError(t, err)
	f.put("run", "2")
	f.put("model", noted("", 2, 1, 1))
	before := f.save("ours")
	got, err := f.merge("theirs", MergeOptions{})
	require.NoError(t, err)
	require.Empty(t, got.Conflicts)
	f.checkMerged(before, got.Commit)
	files, err := f.CommitFiles(got.Commit)
	require.NoError(t, err)
	for _, file := range files {
		require.Equal(t, object.ModeExec, file.Mode, file.Path)
	}
	require.Equal(t, "2", f.read("run"))
	require.Equal(t, noted("", 2, 1, 3), f.read("model"))
}

// A GGUF keeps its header and padding.
func TestMergeGGUF(t *testing.T) {
	b, err := os.ReadFile("../testdata/family/base-Q8_0.gguf")
	require.NoError(t, err)
	base := string(b)
	f := newFixture(t)
	f.put("m.gguf", base)
	f.save("base")
	file, err := f.FileTensors("HEAD", "m.gguf")
	require.NoError(t, err)
	first, last := file.Tensors[0], file.Tensors[len(file.Tensors)-1]
	change := func(s string, off int64) string { return s[:off] + string(s[off]^1) + s[off+1:] }
	ours, theirs := change(base, first.Offset), change(base, last.Offset)
	f = parted(t, map[string]string{"m.gguf": base}, map[string]string{"m.gguf": ours}, map[string]string{"m.gguf": theirs})
	head, err := f.Head()
	require.NoError(t, err)
	got, err := f.merge("theirs", MergeOptions{})
	require.NoError(t, err)
	require.Empty(t, got.Conflicts)
	require.True(t, change(ours, last.Offset) == f.read("m.gguf"))
	f.checkMerged(head.Commit, got.Commit)
}

func TestMergeBases(t *testing.T) {
	t.Run("no commits", func(t *testing.T) {
		g := newFixture(t)
		_, err := g.merge("main", MergeOptions{})
		require.ErrorIs(t, err, refs.ErrUnknownRevision)
	})
	t.Run("criss-cross", func(t *testing.T) {
		f := parted(t, map[string]string{"a": "1", "b": "1"}, map[string]string{"a": "2", "b": "1"}, map[string]string{"a": "1", "b": "2"})
		_, err := f.checkout("theirs", CheckoutOptions{NewBranch: "x"})
		require.NoError(t, err)
		_, err = f.merge("ours", MergeOptions{Message: "x"})
		require.NoError(t, err)
		f.put("a", "3")
		f.save("x again")
		f.mustCheckout("ours")
		_, err = f.merge("theirs", MergeOptions{Message: "y"})
		require.NoError(t, err)
		f.put("b", "3")
		f.save("y again")
		got, err := f.merge("x", MergeOptions{})
		require.NoError(t, err)
		// Of the two commits that both have, "ours" is the newer: against that, both changed b.
		require.Equal(t, []merge.Conflict{{Path: "b", Tensor: "", Reason: "changed on both sides"}}, got.Conflicts)
		_, err = f.merge("x", MergeOptions{Strategy: merge.Ours})
		require.NoError(t, err)
		require.Equal(t, map[string]string{"a": "3", "b": "3"}, f.folder())
	})
	t.Run("unrelated", func(t *testing.T) {
		f := newFixture(t)
		f.put("a", "1")
		f.save("base")
		require.NoError(t, f.WriteHead(refs.Head{Branch: "main"}, refs.Head{Branch: "other"}))
		f.put("a", "2")
		f.save("other base")
		_, err := f.merge("main", MergeOptions{})
		require.ErrorContains(t, err, "no commit in common")
	})
}

func TestMergeRefusesToOverwrite(t *testing.T) {
	f := parted(t, map[string]string{"a": "1", "m.safetensors": noted("", 1, 1, 1)},
		map[string]string{"a": "1", "o": "o", "m.safetensors": noted("", 2, 1, 1)},
		map[string]string{"a": "2", "n": "n", "m.safetensors": noted("", 1, 3, 1)})
	for _, dirty := range []string{"a", "m.safetensors", "n"} {
		old, had := f.folder()[dirty]
		f.put(dirty, "mine")
		_, err := f.merge("theirs", MergeOptions{})
		require.ErrorIs(t, err, work.ErrDirty, dirty)
		require.Equal(t, "mine", f.read(dirty))
		if f.remove(dirty); had {
			f.put(dirty, old)
		}
	}
	f.put("o", "mine, and not in the way")
	_, err := f.merge("theirs", MergeOptions{})
	require.NoError(t, err)
	require.Equal(t, "mine, and not in the way", f.read("o"))
}

// Stopped at any operation, every branch has its old or its new value, and all that it needs.
func TestMergeCrash(t *testing.T) {
	f := parted(t, qkn(1, 1, 1), qkn(2, 1, 1), qkn(3, 3, 1))
	old, err := f.allRefs()
	require.NoError(t, err)
	require.NoError(t, f.Close())
	merge := func(r *Repo) error {
		_, err := r.Merge(context.Background(), "theirs", MergeOptions{Strategy: merge.Average, Time: time.Unix(1_800_000_000, 0).UTC()})
		return err
	}
	done := openCopy(t, f.Root)
	require.NoError(t, merge(done))
	new, err := done.allRefs()
	require.NoError(t, err)
	require.NoError(t, done.Close())
	faultfs.Sweep(t, f.Root, 40, sweepOf(merge, func(t *testing.T, r *Repo, done bool) {
		refs, err := r.allRefs()
		require.NoError(t, err)
		for name, id := range refs {
			require.True(t, id == new[name] || id == old[name] && !done, "%s: got %s, want %s or %s", name, id, old[name], new[name])
		}
		require.NoError(t, merge(r))
		refs, err = r.allRefs()
		require.NoError(t, err)
		require.Equal(t, new, refs)
		f := &fixture{Repo: r, t: t}
		require.Equal(t, map[string]string{"m.safetensors": noted("", 2.5, 3, 1)}, f.folder())
		require.True(t, f.status().Clean())
	}))
}

func TestMergeMessage(t *testing.T) {
	f := parted(t, qkn(1, 1, 1), qkn(2, 1, 1), qkn(3, 3, 1))
	got, err := f.merge("theirs", MergeOptions{Strategy: merge.Average})
	require.NoError(t, err)
	c, err := f.ReadCommit(got.Commit)
	require.NoError(t, err)
	require.Equal(t, "Merge theirs into ours\n\nMerge-Strategy: average\nAveraged: 1 tensors of m.safetensors\n", c.Message)
	require.Equal(t, []merge.MergedFile{{Path: "m.safetensors", How: "merged", Theirs: 1, Averaged: 1}}, got.Files)
	log, err := f.Reflog("refs/heads/ours")
	require.NoError(t, err)
	require.Equal(t, "merge theirs: Merge theirs into ours", strings.TrimSpace(fmt.Sprint(log[0].Reason)))
}
