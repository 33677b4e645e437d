package explore

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"math/rand/v2"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/repo"
)

const family = "../testdata/family/"

// A fixture is a repository that a test asks about.
type fixture struct {
	t    *testing.T
	repo *repo.Repo
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	r, err := repo.Init(t.TempDir(), repo.InitOptions{})
	require.NoError(t, err)
	t.Cleanup(func() { r.Close() })
	return &fixture{t, r}
}

// familyFixture has the base on main and v1, quants of it on main, and a fine-tune at the path of the base on ft.
func familyFixture(t *testing.T) *fixture {
	f := newFixture(t)
	f.put("base.safetensors", "model.safetensors")
	f.put("config.json", "config.json")
	f.commit("base")
	_, err := f.repo.CreateTag("v1", "HEAD", repo.TagOptions{})
	require.NoError(t, err)
	_, err = f.repo.CreateBranch("ft", "HEAD", false)
	require.NoError(t, err)
	f.put("base-Q8_0.gguf", "quants/model-Q8_0.gguf")
	f.commit("a quant")
	f.checkout("ft")
	f.put("ft-customer.safetensors", "model.safetensors")
	f.commit("a fine-tune")
	f.checkout("main")
	return f
}

func (f *fixture) put(from, to string) {
	f.t.Helper()
	b, err := os.ReadFile(family + from)
	require.NoError(f.t, err)
	f.write(to, b)
}

func (f *fixture) write(to string, b []byte) {
	f.t.Helper()
	path := filepath.Join(f.repo.Root, to)
	require.NoError(f.t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(f.t, os.RemoveAll(path))
	require.NoError(f.t, os.WriteFile(path, b, 0o644))
}

func (f *fixture) commit(message string) {
	f.t.Helper()
	require.NoError(f.t, f.repo.Add(context.Background(), []string{""}, repo.AddOptions{}))
	_, err := f.repo.Commit(context.Background(), repo.CommitOptions{Message: message})
	require.NoError(f.t, err)
}

func (f *fixture) checkout(rev string) {
	f.t.Helper()
	_, err := f.repo.Checkout(context.Background(), rev, repo.CheckoutOptions{})
	require.NoError(f.t, err)
}

// models is an explorer of fixtures: a/m0, a/m1, ….
func explorerOf(fixtures ...*fixture) *Explorer {
	var models []*Model
	for i, f := range fixtures {
		models = append(models, &Model{Name: "a/m" + string(rune('0'+i)), Repo: f.repo})
	}
	return New(models)
}

// ask answers a question, through JSON as a page gets it.
func ask[T any](t *testing.T, e *Explorer, question string, about url.Values) T {
	t.Helper()
	w := httptest.NewRecorder()
	e.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/explore/"+question+"?"+about.Encode(), nil))
	require.Equal(t, 200, w.Code, "%s?%s: %s", question, about.Encode(), w.Body)
	var answer T
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &answer))
	return answer
}

// status is that of the answer to a question, given as QUESTION?name=value&…
func status(e *Explorer, question string) int {
	w := httptest.NewRecorder()
	e.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/explore/"+question, nil))
	return w.Code
}

// safetensors is a file with that header.
func safetensors(header string, values []byte) []byte {
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(b, header...), values...)
}

// noise is bytes that nothing compresses.
func noise(seed uint64, n int) []byte {
	r := rand.New(rand.NewPCG(seed, 1))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

func itoa(n int) string { return strconv.Itoa(n) }
