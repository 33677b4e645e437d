package repo

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"dits/catalog"
	"dits/formats/ggml"
	"dits/repo/object"
	"dits/tensorstore"
	"dits/tensorstore/choose"
	"dits/tensorstore/digest"
	"dits/tensorstore/disk/faultfs"
	"dits/tensorstore/pack"
	"dits/tensorstore/storetest"
)

func (f *fixture) gc(o GCOptions) *Collected {
	f.t.Helper()
	done, err := f.GC(context.Background(), o)
	require.NoError(f.t, err)
	return done
}

// requireClean makes sure that fsck finds nothing wrong.
func requireClean(t *testing.T, r *Repo) {
	t.Helper()
	n, err := r.Fsck(context.Background(), FsckOptions{Report: func(err error) { t.Error(err) }})
	require.NoError(t, err)
	require.Zero(t, n)
}

func (f *fixture) has(content string) bool {
	f.t.Helper()
	has, err := f.HasFile(idOf(content))
	require.NoError(f.t, err)
	return has
}

// dropLogs ends what reflogs keep.
func (f *fixture) dropLogs() {
	f.t.Helper()
	require.NoError(f.t, os.RemoveAll(filepath.Join(f.Dir, "logs")))
}

// What each root names stays, and goes when it is the only one and goes.
func TestGCRoots(t *testing.T) {
	for name, c := range map[string]struct{ make, drop func(f *fixture) }{
		"a branch": {func(f *fixture) {
			_, err := f.CreateBranch("b", "main", false)
			require.NoError(f.t, err)
		}, func(f *fixture) { _, err := f.DeleteBranch("b", true); require.NoError(f.t, err) }},
		"a tag": {func(f *fixture) {
			_, err := f.CreateTag("v1", "main", TagOptions{})
			require.NoError(f.t, err)
		}, func(f *fixture) { _, err := f.DeleteTag("v1"); require.NoError(f.t, err) }},
		"an annotated tag": {func(f *fixture) {
			_, err := f.CreateTag("v1", "main", TagOptions{Message: "one"})
			require.NoError(f.t, err)
		}, func(f *fixture) { _, err := f.DeleteTag("v1"); require.NoError(f.t, err) }},
		"a detached HEAD": {func(f *fixture) { f.mustCheckout("main~0") }, func(f *fixture) { f.mustCheckout("main") }},
		"the index":       {func(f *fixture) {}, nil},
		"a reflog":        {nil, func(f *fixture) {}},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			f.put("a", "first")
			first := f.save("first")
			f.put("a", "second")
			f.save("second")
			if c.make != nil {
				c.make(f)
			}
			if name == "the index" {
				f.put("a", "second and more")
				f.add("a")
				_, err := f.Reset(context.Background(), first.String(), ResetSoft, object.NoProgress)
				require.NoError(t, err)
				f.dropLogs()
				f.gc(GCOptions{})
				require.True(t, f.has("second and more"))
				require.False(t, f.has("second"))
				requireClean(t, f.Repo)
				return
			}
			if name == "a detached HEAD" {
				require.NoError(t, f.UpdateRef("refs/heads/main", f.headID(), first, "back"))
			} else {
				_, err := f.Reset(context.Background(), first.String(), ResetHard, object.NoProgress)
				require.NoError(t, err)
			}
			if c.make != nil {
				f.dropLogs()
			}
			f.gc(GCOptions{})
			require.True(t, f.has("first"))
			require.True(t, f.has("second"))
			requireClean(t, f.Repo)
			c.drop(f)
			f.dropLogs()
			done := f.gc(GCOptions{})
			require.Equal(t, 1, done.Commits)
			require.Equal(t, 1, done.Files)
			require.True(t, f.has("first"))
			require.False(t, f.has("second"))
			requireClean(t, f.Repo)
		})
	}
}

func (f *fixture) headID() digest.ID {
	f.t.Helper()
	h, err := f.Head()
	require.NoError(f.t, err)
	return h.Commit
}

// A dry run says what would go, and why, and changes nothing.
func TestGCSaysWhatWouldGo(t *testing.T) {
	f := newFixture(t)
	same := weightsOf("same", storetest.Weights(2, 256))
	base := tensorsFile("", weightsOf("w", storetest.Weights(1, 256*64)), same)
	f.put("base.safetensors", base)
	first := f.save("base")
	tuned := tensorsFile("", weightsOf("w", storetest.Weights(3, 256*64)), same)
	f.put("dir/tuned.safetensors", tuned)
	second := f.save("tuned")
	f.put("staged", "once")
	f.add("staged")
	_, err := f.Reset(context.Background(), first.String(), ResetHard, object.NoProgress)
	require.NoError(t, err)
	f.dropLogs()
	packs := f.packs()
	c := f.gc(GCOptions{DryRun: true, Grace: DefaultGrace})
	require.Zero(t, c.Commits, "its time has not come")
	require.NotZero(t, c.Marked)
	require.NotNil(t, c.Next)
	require.Len(t, c.DeadCommits, 1)
	require.NotNil(t, c.DeadCommits[0].Due)
	c = f.gc(GCOptions{DryRun: true})
	require.Equal(t, packs, f.packs())
	require.Equal(t, []any{1, 2, 1}, []any{c.Commits, c.Files, c.Tensors})
	require.Equal(t, second, c.DeadCommits[0].ID)
	require.Equal(t, "tuned", c.DeadCommits[0].Subject)
	require.Equal(t, whyCommit, c.DeadCommits[0].Why)
	require.Zero(t, c.Loose)
	for _, d := range c.DeadFiles {
		if d.Path == "" {
			require.Equal(t, []any{idOf("once"), whyUncommitted, 0}, []any{d.Digest, d.Why, len(d.Tensors)})
			continue
		}
		require.Equal(t, []any{second, "dir/tuned.safetensors", whyOfDead}, []any{d.Rev, d.Path, d.Why})
		require.Len(t, d.Tensors, 1)
		require.Equal(t, "w", d.Tensors[0].Name)
	}
	done := f.gc(GCOptions{})
	require.Equal(t, []any{1, 2, 1}, []any{done.Commits, done.Files, done.Tensors})
	require.InDelta(t, c.After, done.After, 1000)
	requireClean(t, f.Repo)
}

func (f *fixture) packs() []string {
	f.t.Helper()
	names, err := f.Store.Packs()
	require.NoError(f.t, err)
	return names
}

// What is decoded from a file that nothing leads to keeps its tensors, by name, and they go with it.
func TestGCKeepsSources(t *testing.T) {
	f := newFixture(t)
	weights := storetest.Weights(1, 256*128)
	base := tensorsFile("", weightsOf("w", weights))
	f.put("base.safetensors", base)
	f.save("base")
	f.remove("base.safetensors")
	tuned := tensorsFile("", weightsOf("w", storetest.Tuned(1, weights)))
	f.put("tuned.safetensors", tuned)
	second := f.save("tuned")
	c, err := f.ReadCommit(second)
	require.NoError(t, err)
	require.NoError(t, f.UpdateRef("refs/heads/main", second, f.orphan(c.Tree), "orphan"))
	f.dropLogs()
	dry := f.gc(GCOptions{DryRun: true})
	require.Len(t, dry.Sources, 1)
	require.Contains(t, dry.Sources[0].Tensor, ":base.safetensors: w")
	require.Equal(t, "main:tuned.safetensors: w", dry.Sources[0].Of)
	require.NotZero(t, dry.Sources[0].Stored)
	f.gc(GCOptions{})
	requireClean(t, f.Repo)
	require.True(t, f.has(tuned))
	require.False(t, f.has(base))
}

// Two repositories with one store: what either needs stays; one that cannot be read stops a gc until it is forgotten.
func TestGCOfASharedStore(t *testing.T) {
	store := filepath.Join(t.TempDir(), "store")
	var fs []*fixture
	for _, content := range []string{"one", "two"} {
		r, err := Init(t.TempDir(), InitOptions{Store: store})
		require.NoError(t, err)
		t.Cleanup(func() { r.Close() })
		f := &fixture{Repo: r, t: t}
		f.put("file", content)
		f.save(content)
		fs = append(fs, f)
	}
	one, two := fs[0], fs[1]
	one.gc(GCOptions{})
	require.True(t, two.has("two"))
	requireClean(t, two.Repo)

	for name, c := range map[string]struct{ path, content string }{
		"a ref":     {"refs/heads/main", "no digest\n"},
		"HEAD":      {"HEAD", "no ref\n"},
		"the index": {"index", "no index"},
		"a reflog":  {"logs/refs/heads/main", "no entry\n"},
		"config":    {"config.toml", "format = 99\n"},
	} {
		path := filepath.Join(two.Dir, c.path)
		was, err := os.ReadFile(path)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(path, []byte(c.content), 0o644))
		_, err = one.GC(context.Background(), GCOptions{})
		var unreadable *UnreadableError
		require.ErrorAs(t, err, &unreadable, name)
		require.Equal(t, two.Root, unreadable.Root)
		require.NoError(t, os.WriteFile(path, was, 0o644))
	}
	_, err := one.GC(context.Background(), GCOptions{Forget: []string{two.Root}})
	require.ErrorContains(t, err, "can be read")
	moved := two.Root + "-moved"
	require.NoError(t, os.Rename(two.Root, moved))
	_, err = one.GC(context.Background(), GCOptions{})
	require.ErrorContains(t, err, two.Root)
	_, err = one.GC(context.Background(), GCOptions{Forget: []string{moved}})
	require.ErrorContains(t, err, "does not use this store")
	done := one.gc(GCOptions{Forget: []string{two.Root}})
	require.Equal(t, []string{two.Root}, done.Forgotten)
	require.Equal(t, 1, done.Commits)
	require.False(t, one.has("two"))
	one.gc(GCOptions{})
	requireClean(t, one.Repo)
}

// A commit whose file is gone, or that is itself: nothing is deleted.
func TestGCRefusesWhatIsNotThere(t *testing.T) {
	f := newFixture(t)
	f.put("a", "one")
	first := f.save("first")
	require.NoError(t, os.WriteFile(filepath.Join(f.Dir, "refs/heads/x"), []byte(idOf("no commit").String()+"\n"), 0o644))
	_, err := f.GC(context.Background(), GCOptions{})
	require.ErrorIs(t, err, tensorstore.ErrUnknown)
	require.ErrorContains(t, err, "refs/heads/x")
	require.NoError(t, os.Remove(filepath.Join(f.Dir, "refs/heads/x")))
	// What only a reflog names may be gone.
	require.NoError(t, f.UpdateRef("refs/heads/y", digest.ID{}, first, "made"))
	log := filepath.Join(f.Dir, "logs/refs/heads/y")
	b, err := os.ReadFile(log)
	require.NoError(t, err)
	b = append(bytes.ReplaceAll(b, []byte(first.String()), []byte(idOf("gone").String())), b...)
	require.NoError(t, os.WriteFile(log, b, 0o644))
	f.gc(GCOptions{})
	require.True(t, f.has("one"))
}

// Stopped at any operation, with any loss: all refs read back, and the next gc ends where it would have.
func TestGCCrashSweep(t *testing.T) {
	f := newFixture(t)
	f.put("a", "one")
	f.put("d/same", "same")
	first := f.save("first")
	f.put("a", "two")
	f.put("new", "new")
	f.save("second")
	_, err := f.Reset(context.Background(), first.String(), ResetHard, object.NoProgress)
	require.NoError(t, err)
	f.put("new", "new") // it is in the pack of what goes
	f.add("new")
	f.dropLogs()
	require.NoError(t, f.Close())
	gc := func(r *Repo) error {
		_, err := r.GC(context.Background(), GCOptions{})
		return err
	}
	faultfs.Sweep(t, f.Root, 16, sweepOf(gc, func(t *testing.T, r *Repo, _ bool) {
		requireClean(t, r)
		require.NoError(t, gc(r))
		requireClean(t, r)
		g := &fixture{Repo: r, t: t}
		require.True(t, g.has("one"))
		require.True(t, g.has("new"))
		require.False(t, g.has("two"))
		g.put("a", "two")
		g.save("again")
		requireClean(t, r)
	}))
}

// weightsOf is a tensor of plausible weights.
func weightsOf(name string, data []byte) testTensor {
	return testTensor{Name: name, DType: "BF16", Shape: []int64{256, int64(len(data)) / 512}, Data: data}
}

// orphan stores a commit of a tree without parents.
func (f *fixture) orphan(tree digest.ID) digest.ID {
	f.t.Helper()
	when := time.Unix(1_700_000_000, 0).UTC()
	b := object.EncodeCommit(catalog.Commit{Tree: tree, Author: "Ada <ada@example.org>", Time: when, Message: "orphan\n"})
	w := f.Store.Begin(tensorstore.WriterOptions{})
	defer w.Close()
	require.NoError(f.t, w.PutObject(pack.Commit, digest.Sum(b), b))
	require.NoError(f.t, w.Flush())
	return digest.Sum(b)
}

// An importance matrix that was named and that no file has lives as long as a quant that was made with it.
func TestGCKeepsImportance(t *testing.T) {
	q := newQuantLayers(t)
	f := newFixture(t)
	f.put("base.safetensors", q.source)
	first := f.save("base")
	file := filepath.Join(t.TempDir(), "any")
	matrix := q.imatrix(false)
	require.NoError(t, os.WriteFile(file, []byte(matrix), 0o644))
	quant := q.gguf(t, ggml.Q4_K, true)
	f.put("q.gguf", quant)
	require.NoError(t, f.Add(t.Context(), []string{"q.gguf"}, AddOptions{Importance: file, Level: choose.MaxLevel}))
	f.commit("quant")
	kept := func() bool {
		has, err := f.Store.HasWhole(idOf(matrix))
		require.NoError(t, err)
		return has
	}
	dry := f.gc(GCOptions{DryRun: true})
	require.Len(t, dry.Sources, 1)
	require.Equal(t, idOf(matrix), dry.Sources[0].Digest)
	require.Contains(t, dry.Sources[0].Of, "main:q.gguf: blk.0.ffn_")
	f.gc(GCOptions{})
	require.True(t, kept())
	f.readsBack("q.gguf", quant)
	requireClean(t, f.Repo)
	_, err := f.Reset(context.Background(), first.String(), ResetHard, object.NoProgress)
	require.NoError(t, err)
	f.dropLogs()
	f.gc(GCOptions{})
	require.False(t, kept())
	requireClean(t, f.Repo)
}

// passes is a Progress that notes how far each pass came, one after another.
type passes struct {
	object.Quiet
	names       []string
	total, done []int64
	open        bool
	t           *testing.T
}

func (p *passes) Start(pass string, total int64) {
	require.False(p.t, p.open, "%s begins before the one before ended", pass)
	p.names, p.total, p.done, p.open = append(p.names, pass), append(p.total, total), append(p.done, 0), true
}

func (p *passes) Add(n int64) {
	require.True(p.t, p.open)
	p.done[len(p.done)-1] += n
}

func (p *passes) Done() { p.open = false }

// To plan a gc is work, too, of which it says how far it is.
func TestGCTellsHowFarItIs(t *testing.T) {
	f := modelAndFineTune(t)
	for _, dry := range []bool{true, false} {
		p := &passes{t: t}
		_, err := f.GC(context.Background(), GCOptions{Grace: DefaultGrace, DryRun: dry, Progress: p})
		require.NoError(t, err)
		require.False(t, p.open)
		require.Subset(t, p.names, []string{"reading packs", "looking for what is needed"})
		require.Equal(t, p.total, p.done, "all is needed: %v", p.names)
		require.Positive(t, p.total[0])
		require.Positive(t, p.total[1])
	}
}
