package object

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"dits/catalog"
	"dits/tensorstore"
	"dits/tensorstore/digest"
	"dits/tensorstore/disk"
	"dits/tensorstore/pack"
)

// put stores trees, each made from the id of the one before, and returns the last.
func putTrees(t *testing.T, db *Database, n int, of func(last digest.ID) []catalog.TreeEntry) digest.ID {
	t.Helper()
	w := db.Store.Begin(tensorstore.WriterOptions{})
	defer w.Close()
	b := EncodeTree(nil)
	require.NoError(t, w.PutObject(pack.Tree, digest.Sum(b), b))
	for range n {
		b = EncodeTree(of(digest.Sum(b)))
		require.NoError(t, w.PutObject(pack.Tree, digest.Sum(b), b))
	}
	require.NoError(t, w.Flush())
	return digest.Sum(b)
}

// Trees that unfold without end are refused, not followed.
func TestTreeBombs(t *testing.T) {
	file := catalog.TreeEntry{Name: "f", Mode: ModeFile, ID: digest.Sum([]byte("f"))}
	long := strings.Repeat("n", 255)
	for name, c := range map[string]struct {
		levels int
		of     func(last digest.ID) []catalog.TreeEntry
		want   string
	}{
		"no file in it": {30, func(last digest.ID) []catalog.TreeEntry {
			return []catalog.TreeEntry{{Name: "a", Mode: ModeDir, ID: last}, {Name: "b", Mode: ModeDir, ID: last}}
		}, "too many"},
		"more than a number holds": {200, func(last digest.ID) []catalog.TreeEntry {
			return []catalog.TreeEntry{{Name: "a", Mode: ModeDir, ID: last}, {Name: "b", Mode: ModeDir, ID: last}, file}
		}, "too many"},
		"2^22 files": {22, func(last digest.ID) []catalog.TreeEntry {
			return []catalog.TreeEntry{{Name: "a", Mode: ModeDir, ID: last}, {Name: "b", Mode: ModeDir, ID: last}, file}
		}, "too many"},
		"deep": {MaxLevels + 2, func(last digest.ID) []catalog.TreeEntry {
			return []catalog.TreeEntry{{Name: "a", Mode: ModeDir, ID: last}}
		}, "deep"},
		"deep where it is met again": {MaxLevels - 1, func(last digest.ID) []catalog.TreeEntry {
			return []catalog.TreeEntry{{Name: "a", Mode: ModeDir, ID: digest.Sum(EncodeTree(nil))}, {Name: "b", Mode: ModeDir, ID: last}}
		}, ""},
		"long": {17, func(last digest.ID) []catalog.TreeEntry {
			return []catalog.TreeEntry{file, {Name: long, Mode: ModeDir, ID: last}}
		}, "a path of"},
	} {
		db, err := Open(t.TempDir(), disk.OS)
		require.NoError(t, err)
		id := putTrees(t, db, c.levels, c.of)
		var took int64
		start := time.Now()
		took = allocated(func() { _, err = db.TreeFiles(id) })
		if c.want == "" {
			require.NoError(t, err, name)
		} else {
			require.ErrorIs(t, err, ErrCorrupt, name)
			require.ErrorContains(t, err, c.want, name)
		}
		require.Less(t, time.Since(start), 10*time.Second, name)
		require.Less(t, took, int64(64<<20), name)
		require.NoError(t, db.Close())
	}
}

// A folder that is named twice is listed at both places.
func TestTreeFilesOfOneFolderTwice(t *testing.T) {
	db, err := Open(t.TempDir(), disk.OS)
	require.NoError(t, err)
	defer db.Close()
	f := digest.Sum([]byte("f"))
	id := putTrees(t, db, 2, func(last digest.ID) []catalog.TreeEntry {
		return []catalog.TreeEntry{{Name: "a", Mode: ModeDir, ID: last}, {Name: "a.x", Mode: ModeFile, ID: f}, {Name: "b", Mode: ModeDir, ID: last}}
	})
	files, err := db.TreeFiles(id)
	require.NoError(t, err)
	var paths []string
	for _, x := range files {
		paths = append(paths, x.Path)
	}
	require.Equal(t, []string{"a.x", "a/a.x", "b/a.x"}, paths)
}
