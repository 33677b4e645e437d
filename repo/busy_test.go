package repo

import (
	"context"
	"database/sql"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/catalog"
	"dits/tensorstore/codec"
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
)

// While another process writes the catalog, whoever reads goes on, also where there is a pack to be adopted;
// whoever has to write it waits, and says that it is busy.
func TestBusyCatalog(t *testing.T) {
	if testing.Short() {
		t.Skip("waits")
	}
	f := newFixture(t)
	f.put("a", "one")
	f.save("first")
	require.NoError(t, f.Close())
	w, err := pack.Create(f.FS, filepath.Join(f.StoreDir, "packs"))
	require.NoError(t, err)
	three := []byte("three")
	_, err = w.Append(pack.Entry{Kind: pack.Chunk, ID: digest.Sum(three), Encoding: uint8(codec.Raw), RawLen: 5}, three)
	require.NoError(t, err)
	_, err = w.Seal()
	require.NoError(t, err)
	db, err := sql.Open("sqlite3", f.path(".dits/store/catalog.db")+"?_txlock=immediate")
	require.NoError(t, err)
	defer db.Close()
	tx, err := db.Begin()
	require.NoError(t, err)
	defer tx.Rollback()

	r, err := Open(f.Root, nil)
	require.NoError(t, err)
	defer r.Close()
	s, err := r.Status()
	require.NoError(t, err)
	require.True(t, s.Clean())
	f.put("b", "two")
	err = r.Add(context.Background(), []string{"b"}, AddOptions{})
	require.ErrorIs(t, err, catalog.ErrBusy)
}
