package repo

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/repo/history"
	"dits/repo/object"
	"dits/tensorstore/digest"
	"dits/tensorstore/disk/faultfs"
)

// leaked is a repository with four commits in main, of which the second brings a secret and nothing else, the third
// changes it and more, and a tag, an annotated tag and a branch at the second and third.
func leaked(t *testing.T) *fixture {
	f := newFixture(t)
	f.put("a", "one")
	f.save("first")
	f.put("dir/secret", "secret")
	second := f.save("second")
	f.put("dir/secret", "secret too")
	f.put("a", "two")
	f.save("third")
	f.put("b", "three")
	f.save("fourth")
	for name, message := range map[string]string{"light": "", "heavy": "a release"} {
		_, err := f.CreateTag(name, "main~1", TagOptions{Message: message})
		require.NoError(t, err)
	}
	_, err := f.CreateBranch("side", second.String(), false)
	require.NoError(t, err)
	return f
}

func (f *fixture) forget(o ForgetOptions) *Forgotten {
	f.t.Helper()
	done, err := f.Forget(o)
	require.NoError(f.t, err)
	return done
}

// subjects are those of the commits that a revision leads to, the newest first.
func (f *fixture) subjects(rev string) (out []string) {
	f.t.Helper()
	id, err := f.Resolve(rev)
	require.NoError(f.t, err)
	for c, err := range f.Log([]digest.ID{id}, history.LogOptions{}) {
		require.NoError(f.t, err)
		out = append(out, object.Subject(c.Message))
	}
	return out
}

// everything is the content of all files below .dits that are not the store's.
func (f *fixture) everything() string {
	f.t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(f.Dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			if path == f.StoreDir {
				return filepath.SkipDir
			}
			return err
		}
		content, err := os.ReadFile(path)
		b.Write(content)
		return err
	})
	require.NoError(f.t, err)
	return b.String()
}

func TestForgetAPath(t *testing.T) {
	for _, path := range []string{"dir/secret", "dir"} {
		f := leaked(t)
		old := map[string]digest.ID{}
		for _, rev := range []string{"main", "main~1", "main~2", "light", "side"} {
			id, err := f.Resolve(rev)
			require.NoError(t, err)
			old[rev] = id
		}
		before := f.everything()
		dry := f.forget(ForgetOptions{Paths: []string{path}})
		require.Equal(t, before, f.everything(), "it only says what would change")
		require.False(t, dry.Done)
		done := f.forget(ForgetOptions{Paths: []string{path}, Yes: true})
		dry.Done = true
		require.Equal(t, dry, done)
		require.Equal(t, []int{2, 1, 1, 4}, []int{done.Rewritten, done.Dropped, done.Staged, len(done.Refs)})
		require.Equal(t, []string{"fourth", "third", "first"}, f.subjects("main"))
		require.Equal(t, []string{"third", "first"}, f.subjects("light"))
		require.Equal(t, []string{"third", "first"}, f.subjects("heavy"))
		require.Equal(t, []string{"first"}, f.subjects("side"))
		heavy, err := f.ReadRef("refs/tags/heavy")
		require.NoError(t, err)
		tag, err := f.ReadTag(heavy)
		require.NoError(t, err)
		require.Equal(t, "a release\n", tag.Message)
		for rev, id := range old {
			require.NotContains(t, f.everything(), id.String(), "nothing names %s", rev)
		}
		files, err := f.Files("main")
		require.NoError(t, err)
		require.Len(t, files, 2)
		require.True(t, f.exists("dir/secret"), "the working folder stays")
		require.True(t, slices.Contains(f.status().Untracked, "dir/secret") || len(f.status().Untracked) == 1)
		f.gc(GCOptions{})
		require.False(t, f.has("secret"))
		require.False(t, f.has("secret too"))
		require.True(t, f.has("two"))
		requireClean(t, f.Repo)
		entries, err := f.Reflog("refs/heads/main")
		require.NoError(t, err)
		require.Equal(t, "forget", entries[0].Reason)
		_, err = f.Forget(ForgetOptions{Paths: []string{path}, Yes: true})
		require.ErrorIs(t, err, object.ErrNoPath)
	}
}

func TestForgetACommit(t *testing.T) {
	f := leaked(t)
	done := f.forget(ForgetOptions{Revs: []string{"main~1"}, Yes: true})
	require.Equal(t, []int{1, 1, 0, 3}, []int{done.Rewritten, done.Dropped, done.Staged, len(done.Refs)})
	require.Equal(t, []string{"fourth", "second", "first"}, f.subjects("main"))
	require.Equal(t, []string{"second", "first"}, f.subjects("side"))
	for _, tag := range []string{"light", "heavy"} {
		id, err := f.ReadRef("refs/tags/" + tag)
		require.NoError(t, err)
		require.Zero(t, id, "a tag of what is gone goes")
	}
	require.Empty(t, f.status().Staged, "the tree of the last commit is as it was")

	f = leaked(t)
	f.forget(ForgetOptions{Revs: []string{"main"}, Yes: true})
	require.Equal(t, []string{"third", "second", "first"}, f.subjects("HEAD"))
	require.Len(t, f.status().Staged, 1, "what the last commit brought is staged")
	f.forget(ForgetOptions{Revs: []string{"main~2"}, Yes: true})
	require.Equal(t, []string{"third", "second"}, f.subjects("main"))
}

// A commit of a detached HEAD, and what only the index has, or only a reflog, are forgotten as well.
func TestForgetWhereverItIs(t *testing.T) {
	f := newFixture(t)
	f.put("a", "one")
	first := f.save("first")
	f.mustCheckout(first.String())
	f.put("secret", "detached")
	f.put("b", "b")
	f.save("detached")
	done := f.forget(ForgetOptions{Paths: []string{"secret"}, Yes: true})
	require.Equal(t, "HEAD", done.Refs[0].Ref)
	h, err := f.Head()
	require.NoError(t, err)
	require.Equal(t, done.Refs[0].To, h.Commit)
	f.gc(GCOptions{})
	require.False(t, f.has("detached"))
	require.True(t, f.has("b"))

	f.put("staged", "staged")
	f.add("staged")
	done = f.forget(ForgetOptions{Paths: []string{"staged"}, Yes: true})
	require.Equal(t, []int{0, 1}, []int{done.Rewritten, done.Staged})
	f.gc(GCOptions{})
	require.False(t, f.has("staged"))

	f.put("logged", "logged")
	f.add("logged")
	f.commit("logged")
	_, err = f.Reset(t.Context(), "HEAD~1", ResetMixed, object.NoProgress)
	require.NoError(t, err)
	done = f.forget(ForgetOptions{Paths: []string{"logged"}, Yes: true})
	require.Equal(t, []int{0, 0, 2}, []int{done.Rewritten, done.Staged, done.Entries})
	f.gc(GCOptions{})
	require.False(t, f.has("logged"))
	requireClean(t, f.Repo)
}

func TestForgetRefuses(t *testing.T) {
	f := leaked(t)
	for name, o := range map[string]ForgetOptions{
		"a path that no commit has": {Paths: []string{"nowhere"}},
		"no such commit":            {Revs: []string{"nowhere"}},
		"all paths":                 {Paths: []string{""}},
	} {
		o.Yes = true
		before := f.everything()
		_, err := f.Forget(o)
		require.Error(t, err, name)
		require.Equal(t, before, f.everything(), name)
	}
	one := newFixture(t)
	one.put("a", "one")
	one.save("only")
	_, err := one.Forget(ForgetOptions{Revs: []string{"main"}, Yes: true})
	require.ErrorContains(t, err, "nothing of it would be left")
	one.forget(ForgetOptions{Paths: []string{"a"}, Yes: true})
	require.Equal(t, []string{"only"}, one.subjects("main"), "a first commit stays, with no file")
}

// Stopped at any operation the same call goes on from there, and no ref leads to less than it should.
func TestForgetCrashSweep(t *testing.T) {
	f := newFixture(t)
	f.put("a", "one")
	f.save("first")
	f.put("secret", "secret")
	f.put("a", "two")
	f.save("second")
	_, err := f.CreateTag("heavy", "main", TagOptions{Message: "a release"})
	require.NoError(t, err)
	require.NoError(t, f.Close())
	forget := func(r *Repo) error {
		_, err := r.Forget(ForgetOptions{Paths: []string{"secret"}, Yes: true})
		return err
	}
	faultfs.Sweep(t, f.Root, 25, sweepOf(forget, func(t *testing.T, r *Repo, done bool) {
		g := &fixture{Repo: r, t: t}
		if err := forget(r); done || err != nil {
			require.ErrorIs(t, err, object.ErrNoPath, "nothing was left to do")
		}
		for _, rev := range []string{"main", "heavy"} {
			require.Equal(t, []string{"second", "first"}, g.subjects(rev))
		}
		requireClean(t, r)
	}))
}
