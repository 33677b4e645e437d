package mount

import (
	"bytes"
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/repo"
)

const family = "../testdata/family/"

// A fixture is a repository with a commit on main and v1, whose files it knows.
type fixture struct {
	*repo.Repo
	t     *testing.T
	files map[string][]byte
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	r, err := repo.Init(t.TempDir(), repo.InitOptions{})
	require.NoError(t, err)
	t.Cleanup(func() { r.Close() })
	f := &fixture{r, t, map[string][]byte{}}
	f.put("model.safetensors", f.family("base.safetensors"))
	f.put("tuned.safetensors", f.family("ft-customer.safetensors"))
	f.put("quants/model-Q4_K_M.gguf", f.family("base-Q4_K_M.gguf"))
	f.put("quants/empty", nil)
	f.put("large.bin", randomBytes(5<<20))
	require.NoError(t, os.Chmod(filepath.Join(r.Root, "quants/empty"), 0o755))
	require.NoError(t, os.Symlink("quants/model-Q4_K_M.gguf", filepath.Join(r.Root, "q4.gguf")))
	f.commit("base")
	_, err = r.CreateTag("v1", "HEAD", repo.TagOptions{})
	require.NoError(t, err)
	return f
}

func (f *fixture) family(name string) []byte {
	b, err := os.ReadFile(family + name)
	require.NoError(f.t, err)
	return b
}

// randomBytes are the same at each call.
func randomBytes(n int) []byte {
	r, b := rand.New(rand.NewPCG(1, 2)), make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

func (f *fixture) put(name string, content []byte) {
	f.t.Helper()
	f.files[name] = content
	path := filepath.Join(f.Root, name)
	require.NoError(f.t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(f.t, os.WriteFile(path, content, 0o644))
}

func (f *fixture) commit(message string) {
	f.t.Helper()
	ctx := context.Background()
	require.NoError(f.t, f.Add(ctx, nil, repo.AddOptions{All: true, Force: true}))
	_, err := f.Commit(ctx, repo.CommitOptions{Message: message})
	require.NoError(f.t, err)
}

// again is the repository as another process opens it: nothing of it is in a cache.
func (f *fixture) again() *repo.Repo {
	f.t.Helper()
	r, err := repo.Open(f.Root, nil)
	require.NoError(f.t, err)
	f.t.Cleanup(func() { r.Close() })
	return r
}

// content is a file of the head, to be decoded.
func (f *fixture) content(name string) *content {
	f.t.Helper()
	r := f.again()
	id, err := r.Resolve("HEAD")
	require.NoError(f.t, err)
	commit, err := r.ReadCommit(id)
	require.NoError(f.t, err)
	e, err := r.Lookup(commit.Tree, name)
	require.NoError(f.t, err)
	c, err := newDecoder(r.Database).open(e.ID)
	require.NoError(f.t, err)
	return c
}

// sameBytes compares long contents without printing them.
func sameBytes(t *testing.T, want, got []byte, what string) {
	t.Helper()
	require.True(t, bytes.Equal(want, got), "%s: %d bytes differ from the %d that were added", what, len(got), len(want))
}
