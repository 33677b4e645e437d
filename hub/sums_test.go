package hub

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/repo"
	"dits/repo/merge"
)

// hasSums wants of each file of each branch and tag that what clients are told is its SHA-256 and size, and counts
// them.
func (s *served) hasSums() (files int) {
	s.t.Helper()
	var refs struct{ Branches, Tags []refInfo }
	s.json("/api/models/local/llama/refs", &refs)
	for _, ref := range append(refs.Branches, refs.Tags...) {
		var tree []entry
		s.json("/api/models/local/llama/tree/"+ref.Commit+"?recursive=true", &tree)
		for _, e := range tree {
			if e.Type != "file" {
				continue
			}
			a, b := s.do("GET", llama+ref.Commit+"/"+e.Path)
			require.Equal(s.t, 200, a.StatusCode)
			sum := fmt.Sprintf("%x", sha256.Sum256(b))
			require.Equal(s.t, `"`+sum+`"`, a.Header.Get("ETag"), e.Path)
			require.Equal(s.t, sum, e.LFS.OID, e.Path)
			require.Equal(s.t, int64(len(b)), e.Size, e.Path)
			files++
		}
	}
	return files
}

// Every file has its SHA-256 from when it was added: as it was by an older dits, or made by a merge.
func TestSums(t *testing.T) {
	root := t.TempDir()
	require.NoError(t, os.CopyFS(filepath.Join(root, ".dits"), os.DirFS("../testdata/repository")))
	r, err := repo.Open(root, nil)
	require.NoError(t, err)
	t.Cleanup(func() { r.Close() })
	server, err := New([]*Model{{Name: "local/llama", Repo: r}}, Options{})
	require.NoError(t, err)
	h := httptest.NewServer(server.Handler())
	t.Cleanup(h.Close)
	old := &served{t: t, repo: r, url: h.URL}
	require.GreaterOrEqual(t, old.hasSums(), 3)

	s := serve(t, Options{})
	withFineTune(t, s)
	s.put("merged-lora.safetensors", "model.safetensors")
	s.commit("merged")
	_, err = s.repo.Merge(t.Context(), "ft/customer", repo.MergeOptions{Strategy: merge.Average})
	require.NoError(t, err)
	require.Equal(t, 9, s.hasSums())
	var listed []modelInfo
	s.json("/api/models?full=true", &listed)
	require.Len(t, listed[0].Siblings, 3)
	b, err := json.Marshal(listed)
	require.NoError(t, err)
	require.NotContains(t, string(b), fmt.Sprintf("%064d", 0))
}
