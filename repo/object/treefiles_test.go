package object

import (
	"testing"

	"github.com/stretchr/testify/require"

	"dits/catalog"
	"dits/tensorstore"
	"dits/tensorstore/digest"
	"dits/tensorstore/disk"
	"dits/tensorstore/pack"
)

// A tree that unfolds without end is refused, not followed: of thirty folders each
// names the next one twice, and there is not even a file in it.
func TestTreeBomb(t *testing.T) {
	db, err := Open(t.TempDir(), disk.OS)
	require.NoError(t, err)
	defer db.Close()
	w := db.Store.Begin(tensorstore.WriterOptions{})
	defer w.Close()
	b := EncodeTree(nil)
	for range 30 {
		id := digest.Sum(b)
		require.NoError(t, w.PutObject(pack.Tree, id, b))
		b = EncodeTree([]catalog.TreeEntry{{Name: "a", Mode: ModeDir, ID: id}, {Name: "b", Mode: ModeDir, ID: id}})
	}
	id := digest.Sum(b)
	require.NoError(t, w.PutObject(pack.Tree, id, b))
	require.NoError(t, w.Flush())
	walk := treeWalk{db: db, left: 1000, visit: func(TreeFile) error { return nil }}
	err = walk.folder(id, "", 0)
	require.ErrorIs(t, err, ErrCorrupt)
	require.ErrorContains(t, err, "too many")
}
