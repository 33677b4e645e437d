package repo

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/repo/refs"
)

// oldFiles are the files of testdata/repository, and the SHA-256 of each.
var oldFiles = map[string]string{
	"v1:base.safetensors":     "94c9cb0dcc21b2db822ebd739ec4efed2123ff1877ec6b526765425218e04a0c",
	"v1:config.json":          "89a668a4bac0d535512b6cc806e6810e9a563c67d79852e543505a5c0a86c7bb",
	"tuned:tuned.safetensors": "9bd5b1723fa7dca3a85ae060861cf3a2403d8acaf30b96443abed3a20fe2e676",
}

// oldRepository is a copy of a repository that an older dits made.
func oldRepository(t *testing.T) *fixture {
	t.Helper()
	root := t.TempDir()
	require.NoError(t, os.CopyFS(filepath.Join(root, ".dits"), os.DirFS("../testdata/repository")))
	require.NoError(t, os.Remove(filepath.Join(root, ".dits", "README.md")))
	r, err := Open(root, nil)
	require.NoError(t, err)
	t.Cleanup(func() { r.Close() })
	return &fixture{Repo: r, t: t}
}

func (f *fixture) requireOldFiles() {
	f.t.Helper()
	for spec, want := range oldFiles {
		rev, path, _ := strings.Cut(spec, ":")
		b, err := f.cat(rev, path, CatOptions{})
		require.NoError(f.t, err, spec)
		sum := sha256.Sum256(b)
		require.Equal(f.t, want, hex.EncodeToString(sum[:]), spec)
	}
}

// A repository that exists opens, reads, checks, repacks and is repaired, with its catalog and
// without.
func TestARepositoryOfAnOlderDits(t *testing.T) {
	f := oldRepository(t)
	f.requireOldFiles()
	require.Empty(t, f.fsck(false))
	require.NoError(t, Rebuild(f.Root))
	f.reopen()
	f.requireOldFiles()
	_, err := f.Repack(context.Background(), RepackOptions{})
	require.NoError(t, err)
	f.reopen()
	f.requireOldFiles()
	require.Empty(t, f.fsck(false))
}

// What nothing leads to of it is freed: that is the branch whose file is made of main's.
func TestGCOfAnOlderDits(t *testing.T) {
	f := oldRepository(t)
	f.gc(GCOptions{})
	f.reopen()
	f.requireOldFiles()
	require.Empty(t, f.fsck(false))
	tuned, err := f.Files("tuned")
	require.NoError(t, err)
	l, err := f.Lock()
	require.NoError(t, err)
	h, err := f.Head()
	require.NoError(t, err)
	require.NoError(t, f.WriteHead(h, refs.Head{Branch: "main"}))
	x, err := f.Index()
	require.NoError(t, err)
	x.Entries = nil
	require.NoError(t, f.WriteIndex(x))
	l.Unlock()
	_, err = f.DeleteBranch("tuned", true)
	require.NoError(t, err)
	f.dropLogs()
	require.NotZero(t, f.gc(GCOptions{}).Files)
	f.reopen()
	require.Empty(t, f.fsck(false))
	for _, file := range tuned {
		if file.Path == "tuned.safetensors" {
			has, err := f.HasFile(file.ID)
			require.NoError(t, err)
			require.False(t, has)
		}
	}
	b, err := f.cat("v1", "base.safetensors", CatOptions{})
	require.NoError(t, err)
	sum := sha256.Sum256(b)
	require.Equal(t, oldFiles["v1:base.safetensors"], hex.EncodeToString(sum[:]))
}

// Damage of it is found, and healed by its own files.
func TestDamageInARepositoryOfAnOlderDits(t *testing.T) {
	f := oldRepository(t)
	base, err := f.cat("v1", "base.safetensors", CatOptions{})
	require.NoError(t, err)
	chunks, err := f.Store.Chunks(f.blobOf("base.safetensors", "model.layers.0.q_proj.weight"))
	require.NoError(t, err)
	f.flipChunk(chunks[0].ID)
	require.NotEmpty(t, f.fsck(false))
	f.reopen()
	f.put("base.safetensors", string(base))
	f.add("base.safetensors")
	f.reopen()
	f.requireOldFiles()
}
