package explore

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/catalog"
	"dits/repo/history"
	"dits/repo/object"
)

// logged are all commits, the newest first.
func (s *told) logged() (all []catalog.Commit) {
	s.t.Helper()
	tips, err := s.Tips()
	require.NoError(s.t, err)
	for c, err := range s.Log(tips, history.LogOptions{}) {
		require.NoError(s.t, err)
		all = append(all, c)
	}
	return all
}

// Commits come in the order of the log of all refs, with the figures of log --stat.
func TestHistory(t *testing.T) {
	s := tell(t)
	got := answer[History](s, "history", "")
	want := s.logged()
	require.Equal(t, []int{len(want), 0, 1}, []int{got.Total, got.Page, got.Pages})
	require.Len(t, got.Commits, len(want))
	bySubject := map[string]CommitRow{}
	for i, c := range got.Commits {
		stat, err := s.CommitStat(want[i])
		require.NoError(t, err)
		require.Equal(t, want[i].ID, c.ID)
		require.Equal(t, object.Subject(want[i].Message), c.Subject)
		require.Equal(t, len(stat.Files), c.Files)
		require.Equal(t, stat.TensorsChanged, c.Tensors)
		require.Equal(t, stat.StoredBytes, c.Stored)
		bySubject[c.Subject] = c
	}
	require.Equal(t, []string{"v1"}, bySubject["base"].Refs)
	require.Empty(t, bySubject["base"].Parents)
	require.Equal(t, []string{"main"}, bySubject["merge lora"].Refs)
	require.Len(t, bySubject["merge lora"].Parents, 2)
	of := answer[History](s, "history", "rev=ft")
	require.Equal(t, 2, of.Total)
	beyond := answer[History](s, "history", "p=7")
	require.Empty(t, beyond.Commits)
	for about, status := range map[string]int{"p=-1": 400, "p=x": 400, "limit=0": 400, "rev=nowhere": 404, "model=nobody": 404} {
		require.Equal(t, status, s.refused("history", about), about)
	}
}

// A history comes in pages, which have each commit once.
func TestHistoryPages(t *testing.T) {
	s := tell(t)
	var all []CommitRow
	for page := range 3 {
		h := answer[History](s, "history", fmt.Sprintf("limit=2&p=%d", page))
		require.Equal(t, 3, h.Pages)
		require.Equal(t, page, h.Page)
		require.Len(t, h.Commits, 2)
		all = append(all, h.Commits...)
	}
	for i, c := range s.logged() {
		require.Equal(t, c.ID, all[i].ID)
	}
}

// A commit says what it changed, and what that is stored from.
func TestCommit(t *testing.T) {
	s := tell(t)
	ft := answer[CommitFiles](s, "commit", "rev=ft")
	require.Equal(t, "fine-tune", ft.Subject)
	require.Len(t, ft.Changes, 1)
	c := ft.Changes[0]
	require.Equal(t, "model.safetensors", c.Path)
	require.Equal(t, "modified", c.Status)
	require.Equal(t, c.Size, c.Before)
	require.Equal(t, "model.safetensors", c.Sources[0].Path)
	require.Equal(t, "v1", c.Sources[0].Rev)
	require.Equal(t, "delta", c.Sources[0].Kinds[0].Kind)
	base := answer[CommitFiles](s, "commit", "rev=v1")
	require.Len(t, base.Changes, 3)
	for _, c := range base.Changes {
		require.Equal(t, "added", c.Status)
		require.Zero(t, c.Before)
		require.Positive(t, c.Size)
	}
	require.Equal(t, 404, s.refused("commit", "rev=nowhere"))
	require.Equal(t, 404, s.refused("commit", ""))
}
