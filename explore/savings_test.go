package explore

import (
	"testing"

	"github.com/stretchr/testify/require"

	"dits/repo"
	"dits/repo/object"
	"dits/tensorstore/digest"
)

// Each point has the sums of stats for the commits until then, and files what stats says of them.
func TestSavings(t *testing.T) {
	s := tell(t)
	got := answer[Savings](s, "savings", "")
	logged := s.logged()
	require.Len(t, got.Points, len(logged))
	var files []object.TreeFile
	for i, p := range got.Points {
		c := logged[len(logged)-1-i]
		require.Equal(t, c.ID, p.Commit)
		of, err := s.TreeFiles(c.Tree)
		require.NoError(t, err)
		files = append(files, of...)
		want, err := s.StatsOf(t.Context(), files)
		require.NoError(t, err)
		require.EqualValues(t, want.Files, p.Files)
		require.Equal(t, want.LogicalBytes, p.Logical)
		require.Equal(t, want.StoredBytes, p.Own+p.Difference+p.Recomputed+p.Lists)
		require.Equal(t, want.ByEncoding["delta"].Plus(want.OnlyLike).StoredBytes, p.Difference)
		require.Equal(t, want.ByEncoding["derived"].Minus(want.OnlyLike).StoredBytes, p.Recomputed)
	}
	whole, err := s.Stats(t.Context())
	require.NoError(t, err)
	require.Equal(t, whole.StoredBytes, got.Packs)
	last := got.Points[len(got.Points)-1]
	require.Equal(t, []string{"main"}, last.Refs)
	require.Positive(t, last.Difference)
	require.Positive(t, last.Recomputed)
	space := map[digest.ID]repo.FileSpace{}
	for _, f := range whole.ByFile {
		space[f.Digest] = f
	}
	require.Len(t, got.Files, len(space))
	for i, f := range got.Files {
		want := space[f.File]
		require.Equal(t, want.Path, f.Path)
		require.Equal(t, [3]int64{want.Logical, want.Stored, want.Freed}, [3]int64{f.Logical, f.Stored, f.Freed}, f.Path)
		require.True(t, i == 0 || got.Files[i-1].Freed >= f.Freed)
		at, err := s.FileAt(f.Rev, f.Path)
		require.NoError(t, err)
		require.Equal(t, f.File, at.ID)
	}
	require.Zero(t, got.Left)
	require.Equal(t, 404, s.refused("savings", "model=nobody"))
}

// Nothing is committed yet: nothing is saved.
func TestSavingsOfNothing(t *testing.T) {
	f := newFixture(t)
	got := ask[Savings](t, explorerOf(f), "savings", nil)
	require.Empty(t, got.Points)
	require.Empty(t, got.Files)
	require.Empty(t, ask[Family](t, explorerOf(f), "family", nil).Nodes)
	require.Empty(t, ask[History](t, explorerOf(f), "history", nil).Commits)
}

// Of a long history points are left out, but not the last, nor those with a name.
func TestThinned(t *testing.T) {
	points := make([]SavedPoint, 3*mostPoints+1)
	for i := range points {
		points[i].Files = i
	}
	points[7].Refs = []string{"v1"}
	got := thinned(points)
	require.LessOrEqual(t, len(got), mostPoints+2)
	require.Equal(t, 3*mostPoints, got[len(got)-1].Files)
	require.Contains(t, got, points[7])
	require.Equal(t, points[:5], thinned(points[:5]))
}
