package repo

import (
	"testing"

	"github.com/stretchr/testify/require"

	"dits/repo/refs"
)

func TestBranches(t *testing.T) {
	f := newFixture(t)
	_, err := f.CreateBranch("early", "", false)
	require.ErrorIs(t, err, refs.ErrUnknownRevision, "no commit yet")
	require.NoError(t, f.RenameBranch("", "trunk", false), "before the first commit")
	f.put("a", "1")
	first := f.save("first")
	f.put("a", "2")
	second := f.save("second")

	got, err := f.CreateBranch("ft/customer", "HEAD~1", false)
	require.NoError(t, err)
	require.Equal(t, first, got)
	_, err = f.CreateBranch("ft/customer", "", false)
	require.ErrorIs(t, err, refs.ErrExists)
	_, err = f.CreateBranch("ft", "", false)
	require.ErrorIs(t, err, refs.ErrExists, "ft/customer is in the way")
	_, err = f.CreateBranch("ft/customer", "", true)
	require.NoError(t, err)
	_, err = f.CreateBranch("trunk", "HEAD~1", true)
	require.ErrorContains(t, err, "checked out")
	for _, name := range []string{"", "-x", "HEAD", "a b", "../x", "a..b"} {
		_, err := f.CreateBranch(name, "", false)
		require.Error(t, err, name)
	}

	require.ErrorContains(t, second2(f.DeleteBranch("trunk", true)), "checked out")
	require.ErrorIs(t, second2(f.DeleteBranch("nope", true)), refs.ErrUnknownRevision)
	f.mustCheckout("ft/customer")
	f.put("a", "3")
	third := f.save("third")
	f.mustCheckout("trunk")
	require.ErrorIs(t, second2(f.DeleteBranch("ft/customer", false)), ErrUnmerged)
	require.NoError(t, f.RenameBranch("ft/customer", "ft-2", false))
	log, err := f.Reflog("refs/heads/ft-2")
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(log), 4, "the log came along")
	require.ErrorIs(t, f.RenameBranch("ft-2", "trunk", true), refs.ErrExists, "not over what is checked out")
	got, err = f.DeleteBranch("ft-2", true)
	require.NoError(t, err)
	require.Equal(t, third, got)

	require.NoError(t, f.RenameBranch("", "main", false))
	h, err := f.Head()
	require.NoError(t, err)
	require.Equal(t, refs.Head{Branch: "main", Commit: second}, h)
	list, err := f.Branches()
	require.NoError(t, err)
	require.Equal(t, []refs.Ref{{Name: "refs/heads/main", ID: second}}, list)
}

func second2[T any](_ T, err error) error { return err }

func TestTags(t *testing.T) {
	f := newFixture(t)
	f.put("a", "1")
	first := f.save("first")
	f.put("a", "2")
	f.save("second")
	_, err := f.CreateTag("v1", "HEAD~1", TagOptions{Message: "release\n\nnotes"})
	require.NoError(t, err)
	_, err = f.CreateTag("v1", "HEAD", TagOptions{})
	require.ErrorIs(t, err, refs.ErrExists)
	list, err := f.Tags()
	require.NoError(t, err)
	require.Len(t, list, 1)
	tag, err := f.ReadTag(list[0].ID)
	require.NoError(t, err)
	require.Equal(t, []any{"v1", first, "release\n\nnotes\n", "Ada <ada@example.org>"}, []any{tag.Name, tag.Commit, tag.Message, tag.Author})
	peeled, err := f.Peel(list[0].ID)
	require.NoError(t, err)
	require.Equal(t, first, peeled)
	got, err := f.CreateTag("v1", "HEAD", TagOptions{Force: true})
	require.NoError(t, err)
	require.NotEqual(t, first, got)
	_, err = f.DeleteTag("v1")
	require.NoError(t, err)
	require.ErrorIs(t, second2(f.DeleteTag("v1")), refs.ErrUnknownRevision)
}
