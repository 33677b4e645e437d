package explore

import (
	"bytes"
	"context"
	"encoding/json"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// reportOf writes the report of fixtures.
func reportOf(t *testing.T, fixtures ...*fixture) string {
	t.Helper()
	e := explorerOf(fixtures...)
	r, err := e.Collect(context.Background())
	require.NoError(t, err)
	var b bytes.Buffer
	require.NoError(t, r.Write(&b, "<title>", `made "by" <me>`))
	return b.String()
}

// A report has the answers that a server gives, under the keys that the page asks with.
func TestReportHasAnswers(t *testing.T) {
	f := familyFixture(t)
	page := reportOf(t, f)
	text := regexp.MustCompile(`(?s)<script type="application/json"[^>]*>(.*?)</script>`).FindStringSubmatch(page)
	require.NotNil(t, text)
	var answers map[string]json.RawMessage
	require.NoError(t, json.Unmarshal([]byte(text[1]), &answers))
	require.Contains(t, answers, "models")
	var got Sharing
	require.NoError(t, json.Unmarshal(answers["sharing?limit=100"], &got))
	require.Equal(t, ask[Sharing](t, explorerOf(f), "sharing", nil), got)
}

// The page runs its own script and style and nothing else, whatever files are called.
func TestReportIsSafe(t *testing.T) {
	f := newFixture(t)
	const name = "</script><img src=x onerror=alert(1)>.bin"
	f.write(strings.ReplaceAll(name, "/", "_"), noise(1, 100))
	f.write("<!--.bin", noise(2, 100))
	f.commit("markup")
	page := reportOf(t, f)
	require.NotContains(t, page, "<img src=x")
	require.Contains(t, page, `made &#34;by&#34; &lt;me&gt;`)
	for _, element := range []string{"style", `script type="module"`} {
		name, _, _ := strings.Cut(element, " ")
		text := regexp.MustCompile(`(?s)<` + element + `>(.*?)</` + name + `>`).FindStringSubmatch(page)
		require.NotNil(t, text, element)
		require.Contains(t, page, sourceOf([]byte(text[1])), "the policy allows the %s that is there", element)
	}
}

// Keys are those of URLSearchParams.
func TestKeys(t *testing.T) {
	require.Equal(t, "models", key("models", nil))
	require.Equal(t, "a?b=1+2&c=*&c=%7E%26", key("a", url.Values{"c": {"*", "~&"}, "b": {"1 2"}}))
}
