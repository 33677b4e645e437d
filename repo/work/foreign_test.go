package work

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/repo/object"
	"dits/repo/refs"
	"dits/tensorstore/disk"
)

// Whatever a plan says, what belongs to other version control is neither written nor removed.
func TestWorktreeLeavesForeign(t *testing.T) {
	root := t.TempDir()
	mine := filepath.Join(root, ".git", "config")
	require.NoError(t, os.MkdirAll(filepath.Join(root, "a", ".git"), 0o755))
	require.NoError(t, os.MkdirAll(filepath.Join(root, tmpDir), 0o755))
	require.NoError(t, os.Mkdir(filepath.Dir(mine), 0o755))
	require.NoError(t, os.WriteFile(mine, []byte("mine"), 0o644))
	tmp := tmpDir + "/1"
	require.NoError(t, os.WriteFile(filepath.Join(root, tmp), []byte("theirs"), 0o644))
	r := &Folder{Refs: &refs.Refs{Dir: filepath.Join(root, object.Dir), FS: disk.OS}, Root: root}
	w, err := r.OpenWorktree(true)
	require.NoError(t, err)

	require.NoError(t, w.remove([]string{".git/config"}))
	_, err = w.write(object.TreeFile{Path: ".git/config", Mode: object.ModeFile}, tmp)
	require.ErrorContains(t, err, "other version control")
	require.NoFileExists(t, filepath.Join(root, tmp))
	require.ErrorIs(t, w.removeEmpty("a"), ErrDirty)
	require.NoError(t, w.Close())

	b, err := os.ReadFile(mine)
	require.NoError(t, err)
	require.Equal(t, "mine", string(b))
	require.DirExists(t, filepath.Join(root, "a", ".git"))
}
