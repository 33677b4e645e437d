package repo

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"dits/repo/repotest"
	"dits/repo/work"
	"dits/tensorstore/digest"
)

// A fixture is a repository in a temporary folder.
type fixture struct {
	*Repo
	t *testing.T
	n int // commits made: each an hour after the one before
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	r, err := Init(t.TempDir(), InitOptions{})
	require.NoError(t, err)
	t.Cleanup(func() { r.Close() })
	require.NoError(t, r.SetConfig(func(c *Config) { c.User.Name, c.User.Email = "Ada", "ada@example.org" }))
	return &fixture{Repo: r, t: t}
}

func (f *fixture) path(name string) string { return filepath.Join(f.Root, filepath.FromSlash(name)) }

// put writes a working file with an mtime long past, so that it is never racy. Each
// content has another time, as it would have in life.
func (f *fixture) put(name, content string) {
	f.t.Helper()
	f.putNow(name, content)
	f.n++
	old := time.Unix(1_600_000_000+int64(f.n), 0)
	require.NoError(f.t, os.Chtimes(f.path(name), old, old))
}

// putNow writes a working file with the mtime that it gets.
func (f *fixture) putNow(name, content string) {
	f.t.Helper()
	require.NoError(f.t, os.MkdirAll(filepath.Dir(f.path(name)), 0o755))
	require.NoError(f.t, os.WriteFile(f.path(name), []byte(content), 0o644))
}

func (f *fixture) remove(name string) {
	f.t.Helper()
	require.NoError(f.t, os.RemoveAll(f.path(name)))
}

func (f *fixture) read(name string) string {
	f.t.Helper()
	b, err := os.ReadFile(f.path(name))
	require.NoError(f.t, err)
	return string(b)
}

// exists says that something, a dangling link too, is at name.
func (f *fixture) exists(name string) bool {
	_, err := os.Lstat(f.path(name))
	return err == nil
}

func (f *fixture) add(paths ...string) {
	f.t.Helper()
	require.NoError(f.t, f.Add(context.Background(), paths, AddOptions{}))
}

// commit records the index, an hour after the last commit.
func (f *fixture) commit(message string) digest.ID {
	f.t.Helper()
	f.n++
	res, err := f.Commit(context.Background(), CommitOptions{
		Message: message, Time: time.Unix(1_700_000_000+3600*int64(f.n), 0).UTC(),
	})
	require.NoError(f.t, err)
	return res.ID
}

// save stages everything and commits it.
func (f *fixture) save(message string) digest.ID {
	f.t.Helper()
	require.NoError(f.t, f.Add(context.Background(), nil, AddOptions{All: true}))
	return f.commit(message)
}

// saveAny is save, also of what is no whole model.
func (f *fixture) saveAny(message string) digest.ID {
	f.t.Helper()
	require.NoError(f.t, f.Add(context.Background(), nil, AddOptions{All: true, Force: true}))
	return f.commit(message)
}

// damage flips a bit of a pack.
func (f *fixture) damage(name string, off int64) {
	f.t.Helper()
	path := filepath.Join(f.StoreDir, "packs", name+".pack")
	packed, err := os.ReadFile(path)
	require.NoError(f.t, err)
	packed[off] ^= 1
	require.NoError(f.t, os.Chmod(path, 0o644))
	require.NoError(f.t, os.WriteFile(path, packed, 0o644))
}

func (f *fixture) checkout(rev string, o CheckoutOptions) (*CheckoutResult, error) {
	return f.Checkout(context.Background(), rev, o)
}

func (f *fixture) mustCheckout(rev string) *CheckoutResult {
	f.t.Helper()
	res, err := f.checkout(rev, CheckoutOptions{})
	require.NoError(f.t, err)
	return res
}

func (f *fixture) status() *work.Status {
	f.t.Helper()
	s, err := f.Status()
	require.NoError(f.t, err)
	return s
}

// Short names for what is shared with the tests of the packages below.
type testTensor = repotest.Tensor

var (
	idOf        = repotest.ID
	f32s        = repotest.F32s
	f32Tensor   = repotest.F32Tensor
	tensorsFile = repotest.TensorsFile
)
