package repo

import (
	"context"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// imageOf mounts a new file system of that kind, or skips the test where that cannot be.
func imageOf(t *testing.T, kind string) string {
	t.Helper()
	dir := t.TempDir()
	image, at := filepath.Join(dir, "image"), filepath.Join(dir, "mnt")
	require.NoError(t, os.Mkdir(at, 0o755))
	require.NoError(t, os.WriteFile(image, nil, 0o600))
	require.NoError(t, os.Truncate(image, 400<<20)) // XFS wants 300 MiB
	for _, args := range [][]string{{"mkfs." + kind, "-q", image}, {"mount", "-o", "loop", image, at}} {
		if out, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil {
			t.Skipf("no %s here for this user: %s: %v %s", kind, args[0], err, out)
		}
	}
	t.Cleanup(func() { require.NoError(t, exec.Command("umount", at).Run()) })
	return at
}

// used is how many bytes of a file system are in use.
func used(t *testing.T, dir string) int64 {
	t.Helper()
	var st unix.Statfs_t
	require.NoError(t, unix.Statfs(dir, &st))
	return int64(st.Blocks-st.Bfree) * st.Bsize
}

// Files with the same bytes are checked out once where the file system can share them, and are files of their own for
// who writes to one of them; elsewhere they are written twice.
func TestCheckoutClones(t *testing.T) {
	for kind, shares := range map[string]bool{"xfs": true, "btrfs": true, "ext4": false} {
		t.Run(kind, func(t *testing.T) {
			at := imageOf(t, kind)
			r, err := Init(filepath.Join(at, "repo"), InitOptions{Store: filepath.Join(t.TempDir(), "store")})
			require.NoError(t, err)
			t.Cleanup(func() { r.Close() })
			f := &fixture{Repo: r, t: t}
			random, content := rand.New(rand.NewPCG(1, 2)), make([]byte, 8<<20)
			for i := range content {
				content[i] = byte(random.Uint32())
			}
			names := []string{"best.bin", "last.bin", "run/3.bin", "run/exec"}
			for _, name := range names {
				f.put(name, string(content))
			}
			require.NoError(t, os.Chmod(f.path("run/exec"), 0o755))
			f.put("other.bin", string(content[:1<<20]))
			f.save("twins")
			for _, name := range append(names, "other.bin") {
				f.remove(name)
			}
			unix.Sync()
			before := used(t, at)
			_, err = f.Checkout(context.Background(), "main", CheckoutOptions{Force: true})
			require.NoError(t, err)
			unix.Sync()
			require.Equal(t, shares, used(t, at)-before < 12<<20, "bytes of four files of 8 MiB: %d", used(t, at)-before)
			require.True(t, f.status().Clean())
			for _, name := range names {
				require.True(t, f.read(name) == string(content), name)
			}
			info, err := os.Stat(f.path("run/exec"))
			require.NoError(t, err)
			require.NotZero(t, info.Mode()&0o100)
			f.putNow("last.bin", "mine")
			for _, name := range []string{"best.bin", "run/3.bin", "run/exec"} {
				require.True(t, f.read(name) == string(content), name)
			}
			entries, err := os.ReadDir(f.path(".dits/tmp"))
			require.NoError(t, err)
			require.Empty(t, entries)
		})
	}
}
