package explore

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/repo"
)

// beside is the fixture of a repository with a secret, and an explorer of another one that has the same store.
func beside(t *testing.T) (secret *fixture, e *Explorer) {
	shown := familyFixture(t)
	r, err := repo.Init(t.TempDir(), repo.InitOptions{Store: shown.repo.StoreDir})
	require.NoError(t, err)
	t.Cleanup(func() { r.Close() })
	secret = &fixture{t, r}
	secret.put("base.safetensors", "secret.safetensors")
	secret.commit("secret base")
	secret.put("ft-customer.safetensors", "secret.safetensors")
	secret.commit("secret fine-tune")
	return secret, explorerOf(shown)
}

// said is what a page gets, with its status.
func said(e *Explorer, question string, about url.Values) (int, string) {
	w := httptest.NewRecorder()
	e.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/explore/"+question+"?"+about.Encode(), nil))
	return w.Code, w.Body.String()
}

// comparing asks all that compares two revisions.
func comparing(t *testing.T, e *Explorer, from, to string) {
	t.Helper()
	for _, question := range []string{"layers", "tensor", "rank"} {
		for _, about := range []url.Values{
			{"from": {from}, "to": {to}, "path": {"secret.safetensors"}, "name": {"model.norm.weight"}},
			{"from": {from}, "to": {to}, "from_path": {"model.safetensors"}, "to_path": {"secret.safetensors"}},
		} {
			status, body := said(e, question, about)
			require.Equal(t, 404, status, "%s?%s: %s", question, about.Encode(), body)
			require.NotContains(t, body, "secret", "%s?%s", question, about.Encode())
		}
	}
}

// What is compared is what branches, tags and HEAD lead to, though the store has more.
func TestComparisonReaches(t *testing.T) {
	secret, e := beside(t)
	head, err := secret.repo.Resolve("HEAD")
	require.NoError(t, err)
	for _, rev := range []string{head.String(), head.String()[:8], head.String()[:8] + "~1"} {
		comparing(t, e, "HEAD", rev)
		comparing(t, e, rev, "HEAD")
	}
}

// Commits that a reset dropped are not to be had through the log of the branch.
func TestComparisonForgets(t *testing.T) {
	f := familyFixture(t)
	f.put("ft-customer.safetensors", "secret.safetensors")
	f.commit("secret")
	_, err := f.repo.Reset(t.Context(), "HEAD~1", repo.ResetHard, nil)
	require.NoError(t, err)
	comparing(t, explorerOf(f), "@{1}", "HEAD")
}

// What is said of a revision is the same whether the store has such commits or not: nothing of them.
func TestRevisionsTellNothing(t *testing.T) {
	secret, e := beside(t)
	head, err := secret.repo.Resolve("HEAD")
	require.NoError(t, err)
	id := head.String()
	for _, rev := range []string{id, id[:6], id + "^9", id[:6] + "~50", id[:6] + "~1", "@{70}", "@{-7}", "mian", "^"} {
		for question, about := range map[string]url.Values{
			"history": {"rev": {rev}},
			"family":  {"rev": {rev}},
			"commit":  {"rev": {rev}},
			"file":    {"rev": {rev}, "path": {"secret.safetensors"}},
			"savings": {"rev": {rev}},
			"sharing": {"of": {"a/m0@" + rev}},
			"layers":  {"from": {rev}},
		} {
			status, body := said(e, question, about)
			require.Equal(t, 404, status, "%s %s: %s", question, rev, body)
			want, err := json.Marshal(map[string]string{"error": fmt.Sprintf("no revision %.80q", rev)})
			require.NoError(t, err)
			require.Equal(t, string(want), body, "%s %s", question, rev)
		}
	}
	_, body := said(e, "history", url.Values{"rev": {"main~9"}})
	require.Contains(t, body, "nothing is before it", "of a commit that is shown")
}

// Digits that two commits begin with are no revision, and say nothing of the two.
func TestAmbiguousRevision(t *testing.T) {
	secret, e := beside(t)
	digits := map[string]bool{}
	for i := 0; ; i++ {
		secret.write("n", []byte{byte(i), byte(i >> 8)})
		secret.commit("secret")
		head, err := secret.repo.Resolve("HEAD")
		require.NoError(t, err)
		if digits[head.String()[:4]] {
			status, body := said(e, "history", url.Values{"rev": {head.String()[:4]}})
			require.Equal(t, 404, status, body)
			require.NotContains(t, body, "secret")
			return
		}
		digits[head.String()[:4]] = true
	}
}
