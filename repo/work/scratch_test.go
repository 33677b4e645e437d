package work

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A scratch folder is there while it is held, however old, and goes with the next sweep when its process is gone.
func TestScratch(t *testing.T) {
	parent := t.TempDir()
	t.Setenv("TMPDIR", parent)
	held, err := NewScratch(nil)
	require.NoError(t, err)
	require.Equal(t, parent, filepath.Dir(held.Dir))
	dead := filepath.Join(parent, scratchPrefix+"dead")
	require.NoError(t, os.Mkdir(dead, 0o777))
	require.NoError(t, os.WriteFile(filepath.Join(dead, scratchLock), nil, 0o666))
	begun := filepath.Join(parent, scratchPrefix+"begun") // has no lock yet
	require.NoError(t, os.Mkdir(begun, 0o777))
	trap := filepath.Join(parent, scratchPrefix+"trap") // by someone else, in a folder for all
	require.NoError(t, os.Mkdir(trap, 0o777))
	require.NoError(t, os.Symlink(filepath.Join(parent, "made"), filepath.Join(trap, scratchLock)))
	foreign := filepath.Join(parent, "foreign")
	require.NoError(t, os.Mkdir(foreign, 0o777))
	long := time.Now().Add(-2 * scratchAge)
	require.NoError(t, os.Chtimes(held.Dir, long, long))
	require.NoError(t, os.Chtimes(foreign, long, long))

	sweepScratch(parent)
	require.NoFileExists(t, filepath.Join(parent, "made"), "what a lock leads to is not made")
	require.DirExists(t, trap)
	require.DirExists(t, held.Dir)
	require.DirExists(t, begun)
	require.DirExists(t, foreign)
	require.NoDirExists(t, dead)

	require.NoError(t, os.Chtimes(begun, long, long))
	sweepScratch(parent)
	require.NoDirExists(t, begun)
	require.NoError(t, held.Close())
	require.NoDirExists(t, held.Dir)
}
