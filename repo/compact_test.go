package repo

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/tensorstore/pack"
)

// However many commits are made, packs stay few, and all is there.
func TestManyCommitsMakeFewPacks(t *testing.T) {
	f := newFixture(t)
	const commits = 100 // two packs each
	for i := range commits {
		f.put("note.txt", fmt.Sprint("version ", i))
		require.NoError(t, f.Add(context.Background(), []string{"note.txt"}, AddOptions{}))
		f.commit(fmt.Sprint("commit ", i))
	}
	packs, err := pack.List(filepath.Join(f.StoreDir, "packs"))
	require.NoError(t, err)
	require.Less(t, len(packs), 100)
	f.readsBack("note.txt", fmt.Sprint("version ", commits-1))
	require.NoError(t, f.Close())
	requireWhole(t, f.Root, "after many commits")
}
