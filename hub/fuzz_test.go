package hub

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/repo"
	"dits/repo/object"
)

// secret is in the store, and no ref leads to it.
const secret = "what only a commit has that is gone"

// withSecret is a repository in whose store there is a commit that no ref leads to, and that commit's id.
func withSecret(t testing.TB) (*served, string) {
	s := open(t)
	require.NoError(t, os.WriteFile(filepath.Join(s.repo.Root, "secret.txt"), []byte(secret), 0o644))
	s.commit("secret")
	head, err := s.repo.Head()
	require.NoError(t, err)
	_, err = s.repo.Reset(t.Context(), "HEAD~1", repo.ResetHard, object.NoProgress)
	require.NoError(t, err)
	return s, head.Commit.String()
}

// FuzzPath wants of any address and range that a client asks for: no panic, no status of 500 and above, no bytes of
// what no ref leads to.
func FuzzPath(f *testing.F) {
	s, gone := withSecret(f)
	server, err := New([]*Model{{Name: "local/llama", Repo: s.repo}}, Options{})
	require.NoError(f, err)
	h := server.Handler()
	for _, path := range []string{
		"/", "/healthz", "/api/models", "/api/models?search=l&limit=3&filter=gguf&full=true&author=local", "/api/models?limit=0",
		"/api/models/local/llama", "/api/models/local/llama?blobs=true", "/api/models/local/llama/refs", "/api/models/local/llama/revision/main",
		"/api/models/local/llama/tree/main?recursive=true&limit=2&cursor=config.json", "/api/models/local/llama/tree/main/quants",
		"/api/models/local/llama/commits/main?p=1&limit=1", "/local/llama/resolve/main/config.json", "/local/llama/resolve/main/quants/model-Q8_0.gguf",
		"/local/llama/resolve/" + gone + "/secret.txt", "/local/llama/resolve/" + gone[:40] + "/secret.txt", "/local/llama/resolve/main@{1}/secret.txt",
		"/local/llama/resolve/HEAD@%7B1%7D/secret.txt", "/local/llama/resolve/%2e%2e/%2e%2e/.dits/HEAD", "/local/llama/resolve/main/%00",
		"/local/llama/resolve/refs%2Fheads%2Fmain/config.json", "/api/models/local/llama/commits/" + gone[:12], "/local/llama/resolve/main//config.json",
	} {
		f.Add("GET", path, "bytes=3-", "")
		f.Add("HEAD", path, "bytes=-1", "")
	}
	f.Add("POST", "/api/models/local/llama/paths-info/main", "", "paths=config.json&paths=..%2Fx&expand=true")
	f.Add("POST", "/api/models/local/llama/paths-info/"+gone, "", "paths=secret.txt")
	f.Fuzz(func(t *testing.T, method, path, ask, body string) {
		at, err := url.ParseRequestURI(path)
		if err != nil || at.IsAbs() {
			return
		}
		q := &http.Request{
			Method: method, URL: at, Host: "x", Header: http.Header{"Range": {ask}, "Content-Type": {"application/x-www-form-urlencoded"}},
			Body: http.NoBody, RequestURI: path,
		}
		if body != "" {
			q.Body = http.MaxBytesReader(nil, readCloser{strings.NewReader(body)}, bodyBytes)
		}
		a := httptest.NewRecorder()
		h.ServeHTTP(a, q.WithContext(t.Context()))
		if a.Code >= 500 {
			t.Errorf("%s %s: status %d: %s", method, path, a.Code, a.Body)
		}
		if bytes.Contains(a.Body.Bytes(), []byte(secret[5:])) || strings.Contains(a.Body.String(), "secret.txt") && !strings.Contains(path+body, "secret") {
			t.Errorf("%s %s: has what no ref leads to", method, path)
		}
	})
}

type readCloser struct{ *strings.Reader }

func (readCloser) Close() error { return nil }

// A commit that no ref leads to any more is nobody's to see, though the store still has it.
func TestUnreached(t *testing.T) {
	s, gone := withSecret(t)
	server, err := New([]*Model{{Name: "local/llama", Repo: s.repo}}, Options{})
	require.NoError(t, err)
	h := httptest.NewServer(server.Handler())
	t.Cleanup(h.Close)
	s.url = h.URL
	for _, rev := range []string{gone, gone[:40], gone[:12], "HEAD@%7B1%7D", "main@%7B1%7D"} {
		a, _ := s.do("GET", llama+rev+"/secret.txt")
		require.Equal(t, 404, a.StatusCode, rev)
		require.Equal(t, "RevisionNotFound", a.Header.Get("X-Error-Code"), rev)
	}
	_, err = s.repo.CreateBranch("back", gone, false)
	require.NoError(t, err)
	a, b := s.do("GET", llama+gone[:40]+"/secret.txt")
	require.Equal(t, 200, a.StatusCode)
	require.Equal(t, secret, string(b))
}
