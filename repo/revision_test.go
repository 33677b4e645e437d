package repo

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"dits/catalog"
	"dits/repo/object"
	"dits/repo/refs"
	"dits/tensorstore/digest"
)

// commitOn makes a commit object on the parents and returns its ID; no ref moves.
func (f *fixture) commitOn(message string, seconds int64, parents ...digest.ID) digest.ID {
	f.t.Helper()
	c := catalog.Commit{Parents: parents, Author: "Ada <a@b>", Time: time.Unix(seconds, 0).UTC(), Message: message + "\n"}
	x, err := f.Index()
	require.NoError(f.t, err)
	require.NoError(f.t, f.storeCommit(&c, x.Files()))
	return c.ID
}

func TestResolve(t *testing.T) {
	f := newFixture(t)
	root := f.commitOn("root", 1000)
	left := f.commitOn("left", 2000, root)
	right := f.commitOn("right", 3000, root)
	merge := f.commitOn("merge", 4000, left, right)
	none := digest.ID{}
	require.NoError(t, f.UpdateRef("refs/heads/main", none, left, "one"))
	require.NoError(t, f.UpdateRef("refs/heads/main", left, merge, "two"))
	require.NoError(t, f.UpdateRef("refs/heads/ft/a", none, right, ""))
	_, err := f.CreateTag("v1", "main^2", TagOptions{})
	require.NoError(t, err)
	_, err = f.CreateTag("v2", "main~2", TagOptions{Message: "annotated"})
	require.NoError(t, err)
	_, err = f.CreateTag("both", "main", TagOptions{})
	require.NoError(t, err)
	require.NoError(t, f.UpdateRef("refs/heads/both", none, root, ""))

	for rev, want := range map[string]digest.ID{
		"HEAD": merge, "@": merge, "main": merge, "refs/heads/main": merge, "heads/main": merge,
		"ft/a": right, "v1": right, "tags/v1": right, "v2": root, "both": merge, "heads/both": root,
		"HEAD~": left, "HEAD~1": left, "HEAD~2": root, "@~0": merge, "HEAD^": left, "HEAD^1": left, "HEAD^2": right,
		"HEAD^^": root, "HEAD^2^": root, "HEAD^2~1": root, "v2^0": root, "HEAD^0": merge,
		"@{0}": merge, "@{1}": left, "HEAD@{1}": left, "main@{1}": left, "main@{1}~": root, "@{1}^": root,
		merge.String(): merge, strings.ToUpper(merge.String()): merge, merge.Short(): merge, right.String()[:7] + "^": root,
	} {
		got, err := f.Resolve(rev)
		require.NoError(t, err, rev)
		require.Equal(t, want, got, rev)
	}
	for rev, message := range map[string]string{
		"": "empty", "~1": "empty", "nope": "unknown revision", "HEAD~9": "is the first commit", "HEAD^3": "has 2 parents",
		"@{5}": "no further than @{1}", "main@{x}": "number", "main@{1": "number", "HEAD~99999999999999999999": "out of range",
		"HEAD~1x": "after the name", "HEAD^{}": "after the name", idOf("none").String(): "no such commit",
		"mian": "did you mean main", "ft": "did you mean ft/a", "v3": "did you mean v1, v2",
		merge.String()[:3]: "unknown revision", "refs/heads/nope": "unknown revision",
	} {
		_, err := f.Resolve(rev)
		require.ErrorIs(t, err, refs.ErrUnknownRevision, rev)
		require.ErrorContains(t, err, message, rev)
	}
}

// Many commits, so that two of them share four digits; their error lists both.
func TestResolveAmbiguous(t *testing.T) {
	f := newFixture(t)
	seen := map[string]digest.ID{}
	for n := int64(0); n < 5000; n++ {
		c := catalog.Commit{Author: "Ada <a@b>", Time: time.Unix(n, 0).UTC(), Message: "m\n", Tree: emptyTree}
		id := digest.Sum(object.EncodeCommit(c))
		prefix := id.String()[:4]
		other, clash := seen[prefix]
		seen[prefix] = id
		if !clash {
			continue
		}
		a := f.commitOn("m", n)
		require.Equal(t, id, a)
		got, err := f.Resolve(prefix)
		require.NoError(t, err, "only one of them is stored yet")
		require.Equal(t, a, got)
		for n := int64(0); ; n++ {
			if b := f.commitOn("m", n); b == other {
				break
			}
		}
		_, err = f.Resolve(prefix)
		require.ErrorIs(t, err, refs.ErrAmbiguous)
		require.ErrorContains(t, err, a.String()[:10])
		require.ErrorContains(t, err, other.String()[:10])
		return
	}
	t.Fatal("no two of 5000 commits share four digits")
}

var emptyTree = digest.Sum(object.EncodeTree(nil))
