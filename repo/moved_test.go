package repo

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A repository that was moved is known to its store by its new path once somebody opens it
// who may write there, and opens as well for who may not.
func TestMovedRegisters(t *testing.T) {
	store := filepath.Join(t.TempDir(), "store")
	old := filepath.Join(t.TempDir(), "old")
	r, err := Init(old, InitOptions{Store: store})
	require.NoError(t, err)
	require.NoError(t, r.Close())
	moved := filepath.Join(filepath.Dir(old), "moved")
	require.NoError(t, os.Rename(old, moved))

	repos := filepath.Join(store, "repos")
	require.NoError(t, os.Rename(repos, repos+".away"))
	require.NoError(t, os.WriteFile(repos, nil, 0o600)) // nobody can write below a file
	r, err = Open(moved, nil)
	require.NoError(t, err)
	require.NoError(t, r.Close())
	require.NoError(t, os.Remove(repos))
	require.NoError(t, os.Rename(repos+".away", repos))

	torn := filepath.Join(repos, ".tmp-1") // of a process that died
	yesterday := time.Now().Add(-25 * time.Hour)
	require.NoError(t, os.WriteFile(torn, nil, 0o600))
	require.NoError(t, os.Chtimes(torn, yesterday, yesterday))

	for range 2 {
		r, err = Open(moved, nil)
		require.NoError(t, err)
		require.NoError(t, r.Close())
		files, err := os.ReadDir(repos)
		require.NoError(t, err)
		require.Len(t, files, 2)
		var paths []string
		for _, f := range files {
			b, err := os.ReadFile(filepath.Join(repos, f.Name()))
			require.NoError(t, err)
			paths = append(paths, string(b))
		}
		require.Contains(t, paths, moved+"\n")
	}
}

// A repository with a store of its own is the only one that this has: where it was before it was moved, gc need
// not look.
func TestGCOfAMovedRepository(t *testing.T) {
	f := newFixture(t)
	f.put("a", "one")
	f.save("first")
	require.NoError(t, f.Close())
	moved := f.Root + "-moved"
	require.NoError(t, os.Rename(f.Root, moved))
	r, err := Open(moved, nil)
	require.NoError(t, err)
	defer r.Close()
	_, err = r.GC(context.Background(), GCOptions{})
	require.NoError(t, err)
}
