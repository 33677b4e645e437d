package explore

import (
	"context"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/repo"
)

// What is kept of an answer is not what was, once branches have other names or bytes are in other packs: a new explorer
// says the same.
func TestSharingIsOfNow(t *testing.T) {
	f := familyFixture(t)
	ctx := context.Background()
	e := explorerOf(f)
	before := ask[Sharing](t, e, "sharing", nil)
	require.Same(t, sharingNow(t, e), sharingNow(t, e), "who pages is not answered anew")

	_, err := f.repo.CreateBranch("gt", "ft", false)
	require.NoError(t, err)
	_, err = f.repo.DeleteBranch("ft", true)
	require.NoError(t, err)
	renamed := ask[Sharing](t, e, "sharing", nil)
	require.Equal(t, []string{"gt"}, renamed.row(t, "model.safetensors", "gt").Refs)
	require.Equal(t, ask[Sharing](t, explorerOf(f), "sharing", nil), renamed)

	_, err = f.repo.DeleteBranch("gt", true)
	require.NoError(t, err)
	kept := ask[Sharing](t, e, "sharing", nil)
	old := sharingNow(t, e)
	_, err = f.repo.Repack(ctx, repo.RepackOptions{})
	require.NoError(t, err)
	_, err = f.repo.GC(ctx, repo.GCOptions{})
	require.NoError(t, err)
	require.NotSame(t, old, sharingNow(t, e))
	require.Equal(t, ask[Sharing](t, explorerOf(f), "sharing", nil), ask[Sharing](t, e, "sharing", nil))
	require.Less(t, len(kept.Rows), len(before.Rows))
}

func sharingNow(t *testing.T, e *Explorer) *sharing {
	t.Helper()
	s, err := e.sharingOf(t.Context(), nil)
	require.NoError(t, err)
	return s
}

// A page that does not go on from the one before is refused: a branch moved meanwhile.
func TestPagesOfOneAnswer(t *testing.T) {
	f := familyFixture(t)
	e := explorerOf(f)
	first := ask[Sharing](t, e, "sharing", url.Values{"limit": {"2"}})
	second := url.Values{"limit": {"2"}, "cursor": {first.Next}}
	require.Equal(t, 2, ask[Sharing](t, e, "sharing", second).FirstRow)
	f.write("a.bin", noise(3, 100))
	f.commit("one more")
	require.Equal(t, 409, status(e, "sharing?"+second.Encode()))
	require.Equal(t, 5, ask[Sharing](t, e, "sharing", url.Values{"limit": {"2"}}).Total)
}
