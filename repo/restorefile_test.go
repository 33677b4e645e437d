package repo

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/repo/object"
	"dits/repo/work"
)

func TestRestore(t *testing.T) {
	f := newFixture(t)
	for _, name := range []string{"a", "d/x", "d/y"} {
		f.put(name, "one")
	}
	f.save("first")
	for _, name := range []string{"a", "d/x"} {
		f.put(name, "two")
	}
	f.put("d/new", "two")
	f.save("second")
	ctx := context.Background()

	f.put("a", "mine")
	f.remove("d")
	_, err := f.checkout("", CheckoutOptions{Paths: []string{"d/x", "a"}})
	require.NoError(t, err)
	require.Equal(t, "two", f.read("a"))
	require.Equal(t, "two", f.read("d/x"))
	require.False(t, f.exists("d/y"))

	_, err = f.checkout("HEAD~1", CheckoutOptions{Paths: []string{"d"}})
	require.NoError(t, err)
	require.Equal(t, "one", f.read("d/x"))
	require.Equal(t, []work.Change{{Path: "d/x", Status: "modified"}}, f.status().Staged, "d/new is kept: checkout only adds")
	_, err = f.Restore(ctx, RestoreOptions{Source: "HEAD~1", Paths: []string{""}, Staged: true, Worktree: true})
	require.NoError(t, err)
	require.Equal(t, []work.Change{{Path: "a", Status: "modified"}, {Path: "d/new", Status: "deleted"}, {Path: "d/x", Status: "modified"}}, f.status().Staged)
	require.False(t, f.exists("d/new"))

	_, err = f.Restore(ctx, RestoreOptions{Paths: []string{"a"}, Staged: true})
	require.NoError(t, err)
	require.Equal(t, []work.Change{{Path: "a", Status: "modified"}}, f.status().Changed, "the file itself is still the old one")
	require.Equal(t, "one", f.read("a"))
	_, err = f.checkout("", CheckoutOptions{Paths: []string{"nope"}})
	require.ErrorIs(t, err, object.ErrNoPath)
}

func TestReset(t *testing.T) {
	for mode, want := range map[ResetMode]struct {
		staged, changed int
		content         string
	}{ResetSoft: {1, 0, "two"}, ResetMixed: {0, 1, "two"}, ResetHard: {0, 0, "one"}} {
		f := newFixture(t)
		f.put("a", "one")
		first := f.save("first")
		f.put("a", "two")
		second := f.save("second")
		got, err := f.Reset(context.Background(), "HEAD~1", mode, nil)
		require.NoError(t, err)
		require.Equal(t, first, got.Commit)
		s := f.status()
		require.Equal(t, first, s.Head)
		require.Len(t, s.Staged, want.staged)
		require.Len(t, s.Changed, want.changed)
		require.Equal(t, want.content, f.read("a"))
		back, err := f.Resolve("@{1}")
		require.NoError(t, err)
		require.Equal(t, second, back)
	}
}
