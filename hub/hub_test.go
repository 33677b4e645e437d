package hub

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/repo"
)

const family = "../testdata/family/"

// A served repository is one that a test asks about.
type served struct {
	t    testing.TB
	repo *repo.Repo
	url  string
}

// open makes a repository with some files of testdata on main.
func open(t testing.TB) *served {
	t.Helper()
	r, err := repo.Init(t.TempDir(), repo.InitOptions{})
	require.NoError(t, err)
	t.Cleanup(func() { r.Close() })
	s := &served{t: t, repo: r}
	s.put("base.safetensors", "model.safetensors")
	s.put("config.json", "config.json")
	s.put("base-Q8_0.gguf", "quants/model-Q8_0.gguf")
	s.commit("base")
	return s
}

// serve serves it as local/llama.
func serve(t testing.TB, o Options) *served {
	t.Helper()
	s := open(t)
	server, err := New([]*Model{{Name: "local/llama", Repo: s.repo}}, o)
	require.NoError(t, err)
	h := httptest.NewServer(server.Handler())
	t.Cleanup(h.Close)
	t.Cleanup(server.Close)
	s.url = h.URL
	return s
}

func (s *served) put(from, to string) {
	b, err := os.ReadFile(family + from)
	require.NoError(s.t, err)
	path := filepath.Join(s.repo.Root, to)
	require.NoError(s.t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(s.t, os.WriteFile(path, b, 0o644))
}

func (s *served) commit(message string) {
	require.NoError(s.t, s.repo.Add(context.Background(), []string{""}, repo.AddOptions{}))
	_, err := s.repo.Commit(context.Background(), repo.CommitOptions{Message: message})
	require.NoError(s.t, err)
}

// get asks, with headers as "Name: value".
func (s *served) do(method, path string, headers ...string) (*http.Response, []byte) {
	s.t.Helper()
	q, err := http.NewRequest(method, s.url+path, nil)
	require.NoError(s.t, err)
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		q.Header.Set(name, value)
	}
	a, err := http.DefaultClient.Do(q)
	require.NoError(s.t, err)
	defer a.Body.Close()
	b, err := io.ReadAll(a.Body)
	require.NoError(s.t, err)
	return a, b
}

func (s *served) json(path string, v any) {
	s.t.Helper()
	a, b := s.do("GET", path)
	require.Equal(s.t, 200, a.StatusCode, "%s: %s", path, b)
	require.NoError(s.t, json.Unmarshal(b, v), "%s", b)
}

const llama = "/local/llama/resolve/"

// Files come whole and by range, with the headers that clients go by.
func TestResolve(t *testing.T) {
	s := serve(t, Options{})
	want, err := os.ReadFile(family + "base.safetensors")
	require.NoError(t, err)
	tag := fmt.Sprintf(`"%x"`, sha256.Sum256(want))
	for _, rev := range []string{"main", "HEAD"} {
		a, b := s.do("GET", llama+rev+"/model.safetensors")
		require.Equal(t, 200, a.StatusCode)
		require.True(t, bytes.Equal(want, b), rev)
		require.Equal(t, tag, a.Header.Get("ETag"))
		require.Equal(t, tag, a.Header.Get("X-Linked-Etag"))
		require.Equal(t, fmt.Sprint(len(want)), a.Header.Get("X-Linked-Size"))
		require.Equal(t, "bytes", a.Header.Get("Accept-Ranges"))
		require.Regexp(t, "^[0-9a-f]{40}$", a.Header.Get("X-Repo-Commit"))
	}
	a, b := s.do("HEAD", llama+"main/model.safetensors", "Accept-Encoding: identity")
	require.Equal(t, 200, a.StatusCode)
	require.Empty(t, b)
	require.Equal(t, int64(len(want)), a.ContentLength)
	byCommit, _ := s.do("HEAD", llama+a.Header.Get("X-Repo-Commit")+"/model.safetensors")
	require.Equal(t, 200, byCommit.StatusCode)
	n := len(want)
	for _, c := range []struct {
		ask      string
		from, to int
		status   int
	}{
		{"bytes=0-7", 0, 8, 206},
		{"bytes=1000-", 1000, n, 206},
		{"bytes=-100", n - 100, n, 206},
		{fmt.Sprintf("bytes=%d-%d", n/2, n/2+300_000), n / 2, n/2 + 300_001, 206},
		{fmt.Sprintf("bytes=%d-", n-1), n - 1, n, 206},
		{fmt.Sprintf("bytes=%d-", n), 0, 0, 416},
		{"bytes=x", 0, 0, 416},
		{"lines=1-2", 0, 0, 416},
	} {
		a, b := s.do("GET", llama+"main/model.safetensors", "Range: "+c.ask)
		require.Equal(t, c.status, a.StatusCode, c.ask)
		if c.status == 206 {
			require.True(t, bytes.Equal(want[c.from:c.to], b), c.ask)
			require.Equal(t, fmt.Sprintf("bytes %d-%d/%d", c.from, c.to-1, n), a.Header.Get("Content-Range"))
		}
	}
	a, _ = s.do("GET", llama+"main/model.safetensors", "If-None-Match: "+tag)
	require.Equal(t, 304, a.StatusCode)
	a, b = s.do("GET", llama+"main/model.safetensors", "Range: bytes=5-9", `If-Range: "other"`)
	require.Equal(t, 200, a.StatusCode)
	require.Len(t, b, n)
}

// What is not there is told as clients expect it.
func TestNotFound(t *testing.T) {
	s := serve(t, Options{})
	for path, code := range map[string]string{
		"/api/models/local/none":                        "RepoNotFound",
		"/none/llama/resolve/main/model.safetensors":    "RepoNotFound",
		"/api/models/local/llama/revision/none":         "RevisionNotFound",
		llama + "none/model.safetensors":                "RevisionNotFound",
		llama + "main~1/model.safetensors":              "RevisionNotFound",
		llama + "@{-1}/model.safetensors":               "RevisionNotFound",
		llama + "main/none.safetensors":                 "EntryNotFound",
		llama + "main/quants":                           "EntryNotFound",
		llama + "main/%2e%2e/%2e%2e/etc/passwd":         "EntryNotFound",
		llama + "main/..%2f..%2fetc%2fpasswd":           "EntryNotFound",
		llama + "main/.dits/HEAD":                       "EntryNotFound",
		"/api/models/local/llama/tree/main/none":        "EntryNotFound",
		"/api/models/local/llama/tree/main/config.json": "EntryNotFound",
	} {
		a, b := s.do("GET", path)
		require.Equal(t, 404, a.StatusCode, "%s: %s", path, b)
		require.Equal(t, code, a.Header.Get("X-Error-Code"), path)
		if code == "EntryNotFound" {
			require.NotEmpty(t, a.Header.Get("X-Repo-Commit"), path)
		}
		require.True(t, json.Valid(b), path)
	}
}

// The lists that clients ask for.
func TestLists(t *testing.T) {
	s := serve(t, Options{})
	var models []modelInfo
	s.json("/api/models?search=LLAMA", &models)
	require.Len(t, models, 1)
	s.json("/api/models?search=other", &models)
	require.Empty(t, models)
	s.json("/api/models?filter=gguf&limit=1", &models)
	require.Len(t, models, 1)
	var info modelInfo
	s.json("/api/models/local/llama?blobs=true", &info)
	require.Equal(t, "local/llama", info.ID)
	require.Len(t, info.Siblings, 3)
	require.Equal(t, int64(2101848), *info.Siblings[1].Size)
	require.ElementsMatch(t, []string{"safetensors", "gguf"}, info.Tags)
	var refs struct{ Branches, Tags []refInfo }
	s.json("/api/models/local/llama/refs", &refs)
	require.Equal(t, []refInfo{{"main", "refs/heads/main", info.SHA}}, refs.Branches)
	var tree []entry
	s.json("/api/models/local/llama/tree/main", &tree)
	require.Equal(t, []string{"config.json", "model.safetensors", "quants"}, pathsOf(tree))
	require.Equal(t, "directory", tree[2].Type)
	require.Len(t, tree[1].LFS.SHA256, 64)
	s.json("/api/models/local/llama/tree/"+info.SHA+"?recursive=true", &tree)
	require.Equal(t, []string{"config.json", "model.safetensors", "quants", "quants/model-Q8_0.gguf"}, pathsOf(tree))
	s.json("/api/models/local/llama/tree/main/quants", &tree)
	require.Equal(t, []string{"quants/model-Q8_0.gguf"}, pathsOf(tree))
	var commits []commitInfo
	s.json("/api/models/local/llama/commits/main", &commits)
	require.Len(t, commits, 1)
	require.Equal(t, "base", commits[0].Title)
	require.Equal(t, info.SHA, commits[0].ID)
}

func pathsOf(entries []entry) (paths []string) {
	for _, e := range entries {
		paths = append(paths, e.Path)
	}
	return paths
}

// A long list comes in pages, each of which names the next.
func TestPages(t *testing.T) {
	s := serve(t, Options{})
	next, paths := s.url+"/api/models/local/llama/tree/main?recursive=true&limit=2", []string(nil)
	for next != "" {
		a, b := s.do("GET", strings.TrimPrefix(next, s.url))
		var page []entry
		require.NoError(t, json.Unmarshal(b, &page))
		require.LessOrEqual(t, len(page), 2)
		paths = append(paths, pathsOf(page)...)
		link, _, _ := strings.Cut(strings.TrimPrefix(a.Header.Get("Link"), "<"), ">")
		next = link
	}
	require.Equal(t, []string{"config.json", "model.safetensors", "quants", "quants/model-Q8_0.gguf"}, paths)
}

// Pages are of the commit that the first one was of, though its branch goes on; what is no entry is no beginning.
func TestPagesStayAtTheirCommit(t *testing.T) {
	s := serve(t, Options{})
	a, _ := s.do("GET", "/api/models/local/llama/tree/main?recursive=true&limit=1")
	link, _, _ := strings.Cut(strings.TrimPrefix(a.Header.Get("Link"), "<"), ">")
	next := strings.TrimPrefix(link, s.url)
	require.Regexp(t, `^/api/models/local/llama/tree/[0-9a-f]{40}\?`, next)
	require.NoError(t, os.WriteFile(filepath.Join(s.repo.Root, "config.jso"), []byte("new"), 0o666))
	require.NoError(t, os.Remove(filepath.Join(s.repo.Root, "config.json")))
	s.commit("another first file")
	var rows []entry
	s.json(next, &rows)
	require.Equal(t, "model.safetensors", rows[0].Path)
	a, _ = s.do("GET", "/api/models/local/llama/tree/main?cursor=none")
	require.Equal(t, 400, a.StatusCode)
	a, _ = s.do("GET", "/api/models/local/llama/commits/main?limit=1&p=9223372036854775807")
	require.Equal(t, 400, a.StatusCode)
	a, _ = s.do("GET", "/api/models/local/llama/commits/main?limit=1")
	require.Contains(t, a.Header.Get("Link"), "p=1")
	a, _ = s.do("GET", "/api/models/local/llama/commits/main?limit=1", "X-Forwarded-Proto: https")
	require.Contains(t, a.Header.Get("Link"), "<https://")
}

// Without the token there is nothing but the news that the server is there.
func TestToken(t *testing.T) {
	s := serve(t, Options{Token: "secret"})
	for _, h := range []string{"X: y", "Authorization: Bearer", "Authorization: Bearer secre", "Authorization: secret"} {
		a, _ := s.do("GET", "/api/models", h)
		require.Equal(t, 401, a.StatusCode, h)
	}
	basic := func(password string) string {
		return "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte("anybody:"+password))
	}
	a, _ := s.do("GET", "/", basic("secre"), "Accept: text/html,*/*")
	require.Equal(t, 401, a.StatusCode)
	require.Contains(t, a.Header.Get("WWW-Authenticate"), "Basic ", "a browser asks for the token")
	for _, h := range []string{"Authorization: Bearer secret", basic("secret")} {
		a, _ = s.do("GET", "/api/models", h)
		require.Equal(t, 200, a.StatusCode, h)
	}
	a, _ = s.do("GET", "/healthz")
	require.Equal(t, 200, a.StatusCode)
	for _, method := range []string{"PUT", "POST", "DELETE"} {
		a, _ := s.do(method, llama+"main/config.json", "Authorization: Bearer secret")
		require.Equal(t, 405, a.StatusCode, method)
	}
}

// Who opens the address is told what it is, or sees the page that the server was given.
func TestPage(t *testing.T) {
	s := serve(t, Options{})
	a, b := s.do("GET", "/")
	require.Equal(t, 200, a.StatusCode)
	require.Contains(t, string(b), "local/llama\n")
	require.Contains(t, string(b), "Set HF_ENDPOINT="+s.url+",")
	page := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "page at ", r.URL.Path) })
	s = serve(t, Options{Page: page})
	for _, path := range []string{"/", "/assets/app.js", "/explore/files"} {
		_, b = s.do("GET", path)
		require.Equal(t, "page at "+path, string(b))
	}
	a, _ = s.do("GET", "/api/models")
	require.Equal(t, 200, a.StatusCode)
}

func TestNames(t *testing.T) {
	for name, ok := range map[string]bool{
		"a/b": true, "A-1/b_2.x": true, "a": false, "a/": false, "/b": false, "a/b/c": false, "a/..": false, "a/b c": false, "ä/b": false,
	} {
		require.Equal(t, ok, CheckName(name) == nil, name)
	}
}
