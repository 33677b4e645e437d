package repo

import (
	"errors"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCheckoutSwitchesFiles(t *testing.T) {
	f := newFixture(t)
	f.put("a.txt", "one")
	f.put("dir/b.txt", "two")
	f.put("dir/sub/c.txt", "three")
	first := f.save("first")
	_, err := f.CreateBranch("side", "", false)
	require.NoError(t, err)
	f.put("a.txt", "ONE")
	f.remove("dir/sub")
	f.put("new/d.txt", "four")
	second := f.save("second")

	res := f.mustCheckout("side")
	require.Equal(t, &CheckoutResult{Branch: "side", Commit: first, Written: 2, Removed: 1, Bytes: 8}, res)
	require.Equal(t, "one", f.read("a.txt"))
	require.Equal(t, "three", f.read("dir/sub/c.txt"))
	require.False(t, f.exists("new"), "the empty folder goes with its last file")
	require.True(t, f.status().Clean())
	require.Empty(t, f.status().Untracked)

	res = f.mustCheckout("main")
	require.Equal(t, second, res.Commit)
	require.Equal(t, "ONE", f.read("a.txt"))
	require.False(t, f.exists("dir/sub"))
	require.Equal(t, "four", f.read("new/d.txt"))
	require.False(t, f.exists(tmpDir))
	require.True(t, f.status().Clean())
	_ = errors.Is
	_ = os.Lstat
}
