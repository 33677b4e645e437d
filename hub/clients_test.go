package hub

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/repo"
)

// withFineTune adds a branch ft/customer with another model, and the tag v1 of main.
func withFineTune(t testing.TB, s *served) {
	_, err := s.repo.CreateTag("v1", "", repo.TagOptions{})
	require.NoError(t, err)
	_, err = s.repo.CreateBranch("ft/customer", "", false)
	require.NoError(t, err)
	_, err = s.repo.Checkout(t.Context(), "ft/customer", repo.CheckoutOptions{})
	require.NoError(t, err)
	s.put("ft-customer.safetensors", "model.safetensors")
	s.commit("fine-tune")
	_, err = s.repo.Checkout(t.Context(), "main", repo.CheckoutOptions{})
	require.NoError(t, err)
}

// sums are the SHA-256 of what is served, by path.
func sums(t testing.TB, model string) map[string]string {
	out := map[string]string{}
	for path, name := range map[string]string{"model.safetensors": model, "config.json": "config.json", "quants/model-Q8_0.gguf": "base-Q8_0.gguf"} {
		b, err := os.ReadFile(family + name)
		require.NoError(t, err)
		out[path] = fmt.Sprintf("%x", sha256.Sum256(b))
	}
	return out
}

// cutting is a proxy that ends each connection when it has sent so many bytes.
func cutting(t testing.TB, to string, bytes int64) (url string, cuts *atomic.Int64) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	cuts = new(atomic.Int64)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				up, err := net.Dial("tcp", strings.TrimPrefix(to, "http://"))
				if err != nil {
					return
				}
				defer up.Close()
				go io.Copy(up, c)
				if n, _ := io.CopyN(c, up, bytes); n == bytes {
					cuts.Add(1)
				}
			}()
		}
	}()
	return "http://" + l.Addr().String(), cuts
}

// recorded notes the ranges that are asked for.
func recorded(h http.Handler) (http.Handler, func() []string) {
	var mu sync.Mutex
	var asked []string
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if ask := r.Header.Get("Range"); ask != "" {
				mu.Lock()
				asked = append(asked, ask)
				mu.Unlock()
			}
			h.ServeHTTP(w, r)
		}), func() []string {
			mu.Lock()
			defer mu.Unlock()
			return asked
		}
}

// The client that everybody has gets all that there is, goes on where a connection was cut, and knows what is not
// there.
func TestHuggingFaceHub(t *testing.T) {
	python := os.Getenv("DITS_ORACLE_PYTHON")
	if python == "" {
		t.Skip("DITS_ORACLE_PYTHON is unset: no Python with scripts/oracle/requirements.txt to serve")
	}
	s := open(t)
	withFineTune(t, s)
	at := func(o Options) (string, func() []string) {
		server, err := New([]*Model{{Name: "local/llama", Repo: s.repo}}, o)
		require.NoError(t, err)
		handler, asked := recorded(server.Handler())
		h := httptest.NewServer(handler)
		t.Cleanup(h.Close)
		t.Cleanup(server.Close)
		return h.URL, asked
	}
	plain, _ := at(Options{Limits: Limits{Entries: 2}}) // so that there are pages
	behind, asked := at(Options{})
	cut, cuts := cutting(t, behind, 700_000)
	guarded, _ := at(Options{Token: "secret"})
	cmd := exec.Command(python, "../scripts/oracle/hub_client.py", plain, cut, guarded, t.TempDir())
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.Output()
	require.NoError(t, err, "%s", &said)
	var got map[string]any
	require.NoError(t, json.Unmarshal(out, &got), "%s", out)
	delete(got, "version")
	base, tuned, all := sums(t, "base.safetensors"), sums(t, "ft-customer.safetensors"), []string{"config.json", "model.safetensors", "quants/model-Q8_0.gguf"}
	content, err := os.ReadFile(family + "base.safetensors")
	require.NoError(t, err)
	part := func(from, to int) string { return fmt.Sprintf("%x", sha256.Sum256(content[from:to])) }
	n, main, customer := len(content), s.tip("main"), s.tip("ft/customer")
	info := map[string]any{}
	for path, sum := range base {
		e, err := s.repo.Lookup(s.tree("main"), path)
		require.NoError(t, err)
		info[path] = []any{e.Size, sum}
	}
	want, err := json.Marshal(map[string]any{
		"models": []string{"local/llama"}, "none": []string{}, "info": info, "sha": main,
		"branches": map[string]string{"main": main, "ft/customer": customer}, "tags": map[string]string{"v1": main},
		"commits": []string{"fine-tune", "base"},
		"tree":    []string{"config.json", "model.safetensors", "quants", "quants/model-Q8_0.gguf"}, "files": all,
		"paths": []string{"config.json", "quants"}, "exists": []bool{true, false, false, true, false},
		"main": base, "branch": tuned, "tag": base, "commit": base, "cut": tuned["model.safetensors"],
		"lazy": map[string][]int{"model.embed_tokens.weight": {512, 256}, "model.norm.weight": {256}},
		"ranges": map[string]any{
			"ls": []string{"config.json", "model.safetensors", "quants"}, "glob": []string{"local/llama/quants/model-Q8_0.gguf"},
			"middle": part(1_000_000, 1_100_000), "end": part(n-1000, n), "start": part(0, 5000), "whole": base["config.json"],
		},
		"errors": map[string]string{"repository": "RepositoryNotFoundError", "revision": "RevisionNotFoundError",
			"entry": "RemoteEntryNotFoundError", "token": "GatedRepoError", "other token": "GatedRepoError"},
		"with token": base["config.json"],
	})
	require.NoError(t, err)
	is, err := json.Marshal(got)
	require.NoError(t, err)
	require.JSONEq(t, string(want), string(is))
	require.GreaterOrEqual(t, cuts.Load(), int64(2))
	require.NotEmpty(t, asked(), "it began anew after each cut")
}

// tip is the commit that clients are told of a branch.
func (s *served) tip(branch string) string {
	id, err := s.repo.Resolve(branch)
	require.NoError(s.t, err)
	return sha(id)
}

// tree is the tree of a branch.
func (s *served) tree(branch string) treeID {
	id, err := s.repo.Resolve(branch)
	require.NoError(s.t, err)
	c, err := s.repo.ReadCommit(id)
	require.NoError(s.t, err)
	return c.Tree
}

// llama.cpp asks for the refs, one page of the tree of the commit, and for each file HEAD, then GET, which it goes on
// with by Range; it takes exactly 200, then exactly 206.
func TestLlamaCpp(t *testing.T) {
	s := serve(t, Options{})
	var refs struct{ Branches []refInfo }
	s.json("/api/models/local/llama/refs", &refs)
	commit := refs.Branches[0].Commit
	require.Regexp(t, "^[0-9a-f]{40}$", commit)
	var tree []entry
	s.json("/api/models/local/llama/tree/"+commit+"?recursive=true", &tree)
	want := sums(t, "base.safetensors")
	files := 0
	for _, e := range tree {
		if e.Type != "file" {
			continue
		}
		files++
		require.Equal(t, want[e.Path], e.LFS.OID)
		require.Regexp(t, "^[0-9a-f]{40}$", e.OID)
		path := llama + commit + "/" + e.Path
		head, _ := s.do("HEAD", path)
		require.Equal(t, 200, head.StatusCode)
		require.Equal(t, `"`+want[e.Path]+`"`, head.Header.Get("ETag"))
		require.Equal(t, e.Size, head.ContentLength)
		require.Equal(t, "bytes", head.Header.Get("Accept-Ranges"))
		whole, b := s.do("GET", path)
		require.Equal(t, 200, whole.StatusCode)
		require.Equal(t, want[e.Path], fmt.Sprintf("%x", sha256.Sum256(b)))
		half := len(b) / 2
		rest, c := s.do("GET", path, fmt.Sprintf("Range: bytes=%d-", half))
		require.Equal(t, 206, rest.StatusCode)
		require.Equal(t, want[e.Path], fmt.Sprintf("%x", sha256.Sum256(append(b[:half:half], c...))))
	}
	require.Equal(t, 3, files)
}
