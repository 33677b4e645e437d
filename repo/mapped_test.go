package repo

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"dits/repo/object"
	"dits/repo/work"
	"dits/tensorstore/digest"
)

// A write that the stat does not show, as one through a memory map, is found by a status that verifies, and not
// overwritten by a checkout. The index is made to say that the stat is that of the staged content.
func TestWritesThatTheStatDoesNotShow(t *testing.T) {
	f := twoBranches(t)
	f.put("a", "six")
	f.save("third")
	require.NoError(t, os.WriteFile(f.path("a"), []byte("6ix"), 0o600))
	hour := time.Now().Add(-time.Hour)
	require.NoError(t, os.Chtimes(f.path("a"), hour, hour))
	x, err := f.Index()
	require.NoError(t, err)
	file, ok, err := f.Lstat("a")
	require.True(t, ok)
	require.NoError(t, err)
	x.Put(work.IndexEntry{Path: "a", Mode: object.ModeFile, ID: digest.Sum([]byte("six")), Size: 3, Stat: file.Stat})
	require.NoError(t, f.WriteIndex(x))

	s, err := f.Status()
	require.NoError(t, err)
	require.Empty(t, s.Changed, "the stat hides it")
	s, err = f.VerifiedStatus()
	require.NoError(t, err)
	require.Equal(t, []work.Change{{Path: "a", Status: work.ChangeModified}}, s.Changed)
	_, err = f.Checkout(context.Background(), "other", CheckoutOptions{})
	require.ErrorIs(t, err, work.ErrDirty)
	require.Equal(t, "6ix", f.read("a"))
}
