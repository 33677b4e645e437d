package explore

import (
	"bytes"
	"context"
	"encoding/json"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"dits/repo"
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
	answers := answersIn(t, reportOf(t, f))
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

// A report has what each view shows at first, under the keys that the page asks with.
func TestReportHasViews(t *testing.T) {
	one, two := tell(t), familyFixture(t)
	alone := answersIn(t, reportOf(t, one.fixture))
	for _, c := range one.logged() {
		require.Contains(t, alone, "commit?rev="+c.ID.String())
	}
	for _, k := range []string{"family", "savings", "history?p=0", "file?path=model.safetensors&rev=main", "file?path=q%2Fmodel-Q8_0.gguf&rev=main"} {
		require.Contains(t, alone, k)
	}
	var got Family
	require.NoError(t, json.Unmarshal(alone["family"], &got))
	require.Equal(t, answer[Family](one, "family", ""), got)
	both := answersIn(t, reportOf(t, one.fixture, two))
	for _, k := range []string{"family", "family?model=a%2Fm1", "savings?model=a%2Fm0", "history?model=a%2Fm1&p=0", "file?model=a%2Fm1&path=model.safetensors&rev=ft"} {
		require.Contains(t, both, k)
	}
}

// A report of some revisions has no other commits and files.
func TestReportOfRevisions(t *testing.T) {
	s := tell(t)
	e := New([]*Model{{Name: "a/m0", Repo: s.repo}}, "ft", "v1")
	r, err := e.Collect(t.Context())
	require.NoError(t, err)
	var h History
	require.NoError(t, json.Unmarshal(r.answers["history?p=0"], &h))
	require.Equal(t, 2, h.Total)
	var f Family
	require.NoError(t, json.Unmarshal(r.answers["family"], &f))
	require.Len(t, f.Nodes, 2)
	for _, n := range f.Nodes {
		require.Subset(t, []string{"ft", "v1"}, n.Refs) // what else has them is not told
	}
	var names []ModelNames
	require.NoError(t, json.Unmarshal(r.answers["models"], &names))
	require.Len(t, names[0].Branches, 1)
	require.Len(t, names[0].Tags, 1)
	var saved Savings
	require.NoError(t, json.Unmarshal(r.answers["savings"], &saved))
	require.Len(t, saved.Points, 2)
}

// answersIn are the answers of a report.
func answersIn(t *testing.T, page string) (answers map[string]json.RawMessage) {
	t.Helper()
	text := regexp.MustCompile(`(?s)<script type="application/json"[^>]*>(.*?)</script>`).FindStringSubmatch(page)
	require.NotNil(t, text)
	require.NoError(t, json.Unmarshal([]byte(text[1]), &answers))
	return answers
}

// hiding has a branch, a tag and HEAD at what is called HIDDENMARK: before main has what was made of it, and after that
// what was made of main.
func hiding(t *testing.T) *told {
	f := newFixture(t)
	s := &told{f, f.repo, explorerOf(f)}
	s.save("start", "config.json=config.json")
	s.branch("HIDDENMARK")
	s.save("HIDDENMARK base", "base.safetensors=HIDDENMARK/model.safetensors", "base.safetensors=other.safetensors")
	s.checkout("main")
	s.save("quant", "base-Q8_0.gguf=model-Q8_0.gguf")
	s.save("fine-tune", "ft-customer.safetensors=model.safetensors")
	s.save("copy", "base.safetensors=copy.safetensors")
	s.checkout("HIDDENMARK")
	s.save("HIDDENMARK merged", "merged-lora.safetensors=model.safetensors")
	_, err := s.CreateTag("HIDDENMARK-1", "main", repo.TagOptions{})
	require.NoError(t, err)
	return s
}

// A report of some revisions tells nothing of others, though bytes are shared with them.
func TestReportHidesTheRest(t *testing.T) {
	s := hiding(t)
	require.Contains(t, reportOf(t, s.fixture), "HIDDENMARK")
	id, err := s.Resolve("main")
	require.NoError(t, err)
	for _, revs := range [][]string{{"main"}, {"main~1", "main"}, {"main", "main~2", "main"}, {id.String()[:10]}} {
		e := New([]*Model{{Name: "a/m0", Repo: s.repo}}, revs...)
		r, err := e.Collect(t.Context())
		require.NoError(t, err, "%v", revs)
		var b bytes.Buffer
		require.NoError(t, r.Write(&b, "dits", e.Made(time.Now())))
		require.NotContains(t, b.String(), "HIDDENMARK", "%v", revs)
		require.Contains(t, b.String(), "model-Q8_0.gguf", "%v", revs)
		for question, about := range map[string]url.Values{
			"file": {"path": {"other.safetensors"}, "rev": {"HIDDENMARK"}}, "commit": {"rev": {"HIDDENMARK-1~4"}},
			"layers": {"from": {"HIDDENMARK"}}, "history": {"rev": {"HIDDENMARK"}},
			"sharing": {"of": {"a/m0@HIDDENMARK"}},
		} {
			status, body := said(e, question, about)
			require.Equal(t, 404, status, "%s: %s", question, body)
		}
	}
}

// The revisions of a report are its branches and tags.
func TestReportNamesRevisions(t *testing.T) {
	s := tell(t)
	e := New([]*Model{{Name: "a/m0", Repo: s.repo}}, "v1", "main~1", "ft", "v1")
	n := ask[[]ModelNames](t, e, "models", nil)[0]
	require.Equal(t, "v1", n.Head)
	require.Equal(t, []string{"ft", "main~1"}, []string{n.Branches[0].Name, n.Branches[1].Name})
	require.Equal(t, []string{"v1", "base"}, []string{n.Tags[0].Name, n.Tags[0].Subject})
	require.Len(t, n.Tags, 1)
	for _, r := range ask[Sharing](t, e, "sharing", nil).Rows {
		require.Subset(t, []string{"v1", "main~1", "ft"}, r.Refs)
	}
	pairs := ask[[]Pair](t, e, "pairs", nil)
	require.NotEmpty(t, pairs)
	for _, p := range pairs {
		require.Contains(t, []string{"v1", "main~1", "ft"}, p.To)
		ask[Layers](t, e, "layers", p.about("a/m0"))
	}
}
