package explore

import (
	"context"
	"fmt"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/repo"
)

// counted ends a context after it was asked for its error so often.
type counted struct {
	context.Context
	left int
}

func (c *counted) Err() error {
	if c.left--; c.left < 0 {
		return context.Canceled
	}
	return nil
}

// What is named again is looked at once, and too much of it not at all.
func TestNamedAgain(t *testing.T) {
	e := explorerOf(tell(t).fixture)
	once, again := url.Values{"of": {"a/m0", "a/m0@v1"}}, url.Values{}
	for range 3 * mostOf {
		again.Add("of", "a/m0")
		again.Add("of", "a/m0@v1")
	}
	want, err := e.selectFiles(t.Context(), once)
	require.NoError(t, err)
	got, err := e.selectFiles(t.Context(), again)
	require.NoError(t, err)
	require.Equal(t, want, got)
	require.Equal(t, ask[Family](t, e, "family", nil),
		ask[Family](t, e, "family", url.Values{"model": {"a/m0", "", "a/m0"}}))

	many := url.Values{}
	for i := range mostOf + 1 {
		many.Add("of", fmt.Sprintf("a/m0@v1~%d", i))
	}
	for _, question := range []string{"sharing", "chunks", "sharers"} {
		status, body := said(e, question, many)
		require.Equal(t, 400, status, body)
		require.Contains(t, body, "want at most 200")
	}
}

// Rows are not looked for any further once nobody waits for them.
func TestSelectionEnds(t *testing.T) {
	f := familyFixture(t)
	e := explorerOf(f)
	for _, about := range []url.Values{nil, {"of": {"a/m0@main", "a/m0@ft"}}} {
		_, err := e.selectFiles(&counted{t.Context(), 1}, about)
		require.ErrorIs(t, err, context.Canceled)
		_, err = e.selectFiles(&counted{t.Context(), 2}, about)
		require.NoError(t, err)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err = e.Ask(ctx, "sharing", about)
		require.ErrorIs(t, err, context.Canceled)
	}
}

// A branch is shown, though a tag has its name.
func TestBranchLikeTag(t *testing.T) {
	f := familyFixture(t)
	_, err := f.repo.CreateTag("ft", "main", repo.TagOptions{})
	require.NoError(t, err)
	for _, about := range []url.Values{nil, {"of": {"a/m0"}}} {
		s := ask[Sharing](t, explorerOf(f), "sharing", about)
		refs := map[string][][]string{}
		for _, r := range s.Rows {
			refs[r.Path] = append(refs[r.Path], r.Refs)
		}
		require.Equal(t, map[string][][]string{
			"config.json":            {{"main", "ft"}},
			"model.safetensors":      {{"main"}, {"ft"}},
			"quants/model-Q8_0.gguf": {{"main"}},
		}, refs)
	}
}

// Nothing is shown of a repository without commits, and all of one without branches.
func TestRowsWithoutBranches(t *testing.T) {
	full, empty := familyFixture(t), newFixture(t)
	require.Len(t, ask[Sharing](t, explorerOf(full, empty), "sharing", nil).Rows, 4)
	require.Empty(t, ask[Sharing](t, explorerOf(empty), "sharing", nil).Rows)
	full.checkout("v1")
	for _, branch := range []string{"main", "ft"} {
		_, err := full.repo.DeleteBranch(branch, true)
		require.NoError(t, err)
	}
	s := ask[Sharing](t, explorerOf(full), "sharing", nil)
	require.Len(t, s.Rows, 2)
	require.Equal(t, []string{"HEAD"}, s.Rows[0].Refs)
}
