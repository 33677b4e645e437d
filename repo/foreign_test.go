package repo

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"dits/catalog"
	"dits/repo/object"
	"dits/repo/work"
	"dits/tensorstore/digest"
)

// commitAs makes a commit of files that an older version would have made, on the current branch.
func (f *fixture) commitAs(message string, files []object.TreeFile) digest.ID {
	f.t.Helper()
	h, err := f.Head()
	require.NoError(f.t, err)
	f.n++
	c := catalog.Commit{Message: message}
	o := CommitOptions{Time: time.Unix(1_700_000_000+3600*int64(f.n), 0).UTC()}
	require.NoError(f.t, f.commitHeader(&c, h, o))
	require.NoError(f.t, f.storeCommit(&c, files))
	require.NoError(f.t, f.Advance(h, c.ID, "commit"))
	return c.ID
}

// withGit is a repository whose commits have .git/config, HEAD that of a newer content.
func withGit(t *testing.T) (f *fixture, first, second digest.ID) {
	f = newFixture(t)
	f.put("a", "one")
	f.put("config", "theirs, old")
	first = f.save("files")
	files, err := f.CommitFiles(first)
	require.NoError(t, err)
	a, config := files[0], files[1]
	config.Path = ".git/config"
	first = f.commitAs("old", []object.TreeFile{config, a})
	f.remove("config")
	f.put("a", "two")
	f.put("b", "theirs, newer")
	f.save("clean")
	files, err = f.CommitFiles(f.status().Head)
	require.NoError(t, err)
	b := files[1]
	b.Path = "sub/.Git/config"
	files[1].Path = ".git/config"
	second = f.commitAs("new", []object.TreeFile{files[1], files[0], b})
	f.remove("b")
	f.add("")
	f.put(".git/config", "mine")
	return f, first, second
}

// Old commits that have .git are checked out without it; the one that is there is never touched.
func TestCheckoutWithoutForeign(t *testing.T) {
	f, first, second := withGit(t)
	require.True(t, f.status().Clean())
	untouched := func() {
		t.Helper()
		require.Equal(t, "mine", f.read(".git/config"))
		require.False(t, f.exists("sub"))
	}
	for _, o := range []CheckoutOptions{{}, {Force: true}} {
		res, err := f.checkout(first.String(), o)
		require.NoError(t, err)
		require.Equal(t, []string{".git"}, res.LeftOut)
		require.Equal(t, "one", f.read("a"))
		require.True(t, f.status().Clean())
		untouched()
		res, err = f.checkout(second.String(), o)
		require.NoError(t, err)
		require.Equal(t, []string{".git", "sub/.Git"}, res.LeftOut)
		require.Equal(t, "two", f.read("a"))
		require.True(t, f.status().Clean())
		untouched()
	}
	res, err := f.checkout(first.String(), CheckoutOptions{Paths: []string{""}})
	require.NoError(t, err)
	require.Equal(t, []string{".git"}, res.LeftOut)
	untouched()
	_, err = f.checkout(first.String(), CheckoutOptions{Paths: []string{".git"}})
	require.ErrorContains(t, err, "other version control")
	_, err = f.Reset(context.Background(), first.String(), ResetHard, nil)
	require.NoError(t, err)
	untouched()
	_, err = f.Commit(context.Background(), CommitOptions{Message: "x"})
	require.ErrorIs(t, err, ErrNothing)
}

// The commit after such a one no longer has them, and says so.
func TestCommitDropsForeign(t *testing.T) {
	f, first, _ := withGit(t)
	f.mustCheckout(first.String())
	f.put("a", "three")
	f.add("a")
	res, err := f.Commit(context.Background(), CommitOptions{Message: "m"})
	require.NoError(t, err)
	require.Equal(t, []work.Change{
		{Path: ".git/config", Status: work.ChangeDeleted}, {Path: "a", Status: work.ChangeModified},
	}, res.Files)
	require.Equal(t, "mine", f.read(".git/config"))
}

// A merge takes none of the other side's.
func TestMergeWithoutForeign(t *testing.T) {
	f, first, second := withGit(t)
	f.mustCheckout(first.String())
	for _, ours := range []string{"", "more"} { // forward, and a merge of two sides
		if ours != "" {
			_, err := f.Reset(context.Background(), first.String(), ResetHard, nil)
			require.NoError(t, err)
			f.put("ours", ours)
			f.save("ours")
		}
		res, err := f.Merge(context.Background(), second.String(), MergeOptions{})
		require.NoError(t, err)
		require.Equal(t, []string{".git", "sub/.Git"}, res.LeftOut)
		require.Equal(t, "two", f.read("a"))
		require.Equal(t, "mine", f.read(".git/config"))
		require.False(t, f.exists("sub"))
		require.True(t, f.status().Clean())
	}
}

// An index of an older version may have them; it is read without.
func TestIndexWithoutForeign(t *testing.T) {
	f := newFixture(t)
	f.put("a", "one")
	f.add("a")
	x, err := f.Index()
	require.NoError(t, err)
	e := *x.Find("a")
	e.Path = "x/.hg/store"
	x.Put(e)
	require.NoError(t, f.WriteIndex(x))
	x, err = f.Index()
	require.NoError(t, err)
	require.Len(t, x.Entries, 1)
}

// A folder of theirs in place of a file to write is in the way, even empty and forced, before anything is written.
func TestForeignFolderInTheWay(t *testing.T) {
	f := newFixture(t)
	f.put("0", "written first")
	f.put("a", "a file")
	first := f.save("one")
	f.remove("0")
	f.remove("a")
	f.put("b", "x")
	f.save("two")
	f.put("a/.git/refs/x", "mine")
	f.remove("a/.git/refs/x")
	for _, force := range []bool{false, true} {
		_, err := f.checkout(first.String(), CheckoutOptions{Force: force})
		require.ErrorIs(t, err, work.ErrDirty)
		require.True(t, f.exists("a/.git/refs"))
		require.False(t, f.exists("0"))
	}
}
