package repo

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"dits/repo/object"
	"dits/repo/work"
)

// linked is a repository with the link "model" out of it, staged as what it leads to and committed.
func linked(t *testing.T) (f *fixture, target string) {
	f = newFixture(t)
	target = filepath.Join(t.TempDir(), "blob")
	writeOld(t, target, "weights", 1)
	require.NoError(t, os.Symlink(target, f.path("model")))
	require.NoError(t, f.Add(context.Background(), []string{"model"}, AddOptions{Dereference: true}))
	f.commit("one")
	return f, target
}

// writeOld writes a file with an mtime long past.
func writeOld(t *testing.T, path, content string, n int64) {
	t.Helper()
	require.NoError(t, os.WriteFile(path, []byte(content), 0o644))
	old := time.Unix(1_500_000_000+n, 0)
	require.NoError(t, os.Chtimes(path, old, old))
}

func (f *fixture) entry(path string) work.IndexEntry {
	f.t.Helper()
	x, err := f.Index()
	require.NoError(f.t, err)
	require.NotNil(f.t, x.Find(path), path)
	return *x.Find(path)
}

func TestDereferencedStays(t *testing.T) {
	f, target := linked(t)
	require.True(t, f.status().Clean())
	require.True(t, f.entry("model").Dereferenced)

	// Touched, and found to be the same.
	writeOld(t, target, "weights", 2)
	require.True(t, f.status().Clean())
	require.True(t, f.entry("model").Dereferenced)

	// Naming it again without the flag, a reset, and a checkout keep it.
	writeOld(t, target, "other weights", 3)
	f.add("model")
	require.Equal(t, object.ModeFile, f.entry("model").Mode)
	require.True(t, f.entry("model").Dereferenced)
	second := f.commit("two")
	_, err := f.Reset(context.Background(), second.String(), ResetMixed, nil)
	require.NoError(t, err)
	require.True(t, f.entry("model").Dereferenced)
}

// Asked for, an unchanged one becomes a link.
func TestDereferencedToLink(t *testing.T) {
	f, target := linked(t)
	require.NoError(t, f.Add(context.Background(), []string{"model"}, AddOptions{KeepLinks: true}))
	e := f.entry("model")
	require.Equal(t, object.ModeLink, e.Mode)
	require.False(t, e.Dereferenced)
	require.Equal(t, int64(len(target)), e.Size)
}

// A file of the same content in place of the link is a file from then on.
func TestDereferencedBecomesFile(t *testing.T) {
	f, _ := linked(t)
	f.remove("model")
	f.put("model", "weights")
	require.True(t, f.status().Clean())
	require.False(t, f.entry("model").Dereferenced)
	require.NoError(t, f.Add(context.Background(), nil, AddOptions{Update: true}))
	require.True(t, f.status().Clean())
}

// A link that leads already to what is checked out stays, and stays followed.
func TestCheckoutOfWhatLinkHas(t *testing.T) {
	f, target := linked(t)
	first := f.status().Head
	writeOld(t, target, "other weights", 2)
	require.NoError(t, f.Add(context.Background(), nil, AddOptions{Update: true}))
	f.commit("two")
	writeOld(t, target, "weights", 3)
	res := f.mustCheckout(first.String())
	require.Zero(t, res.Written)
	require.True(t, f.entry("model").Dereferenced)
	require.True(t, f.status().Clean())

	// Of another content, the link is the user's, with changes.
	writeOld(t, target, "unsaved", 4)
	_, err := f.checkout("main", CheckoutOptions{})
	require.ErrorIs(t, err, work.ErrDirty)
}
