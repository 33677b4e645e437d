package repo

import (
	"context"
	"errors"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/repo/work"
	"dits/tensorstore/disk/faultfs"
)

// Where any operation fails, a move and a removal lose nothing that is not committed, and can be made again. (A sweep
// of crashes would say otherwise: it loses both names of a file that was renamed, which no file system does.)
func TestFailureSweepOfMoves(t *testing.T) {
	f, _ := base(t) // a has a change that is not added
	ctx := context.Background()
	change := func(r *Repo) error {
		if _, err := r.Move([]string{"a"}, "b", false); err != nil {
			return err
		}
		_, err := r.Remove(ctx, RemoveOptions{Paths: []string{"d"}, Recursive: true})
		return err
	}
	faultfs.SweepFailures(t, f.Root, 6, sweepOf(change, func(t *testing.T, r *Repo, done bool) {
		at := "a"
		if _, err := os.Lstat(r.WorkPath("a")); err != nil {
			at = "b"
		}
		got, err := os.ReadFile(r.WorkPath(at))
		require.NoError(t, err)
		require.Equal(t, "two", string(got))
		s, err := r.Status()
		require.NoError(t, err)
		if done {
			require.Equal(t, "b", at)
			require.Equal(t, []work.Change{{Path: "a", Status: work.ChangeDeleted}, {Path: "b", Status: work.ChangeAdded},
				{Path: "d/same", Status: work.ChangeDeleted}}, s.Staged)
		}
		require.NoError(t, r.Add(ctx, nil, AddOptions{All: true}))
		_, err = r.Commit(ctx, CommitOptions{Message: "again"})
		require.NoError(t, err)
	}))
}

// What was moved is not read again, unless it may have changed.
func TestMoveKeepsStat(t *testing.T) {
	f := newFixture(t)
	f.put("dir/clean", "one")
	f.put("dir/changed", "one")
	f.save("first")
	f.status() // so that nothing is racy
	f.put("dir/changed", "two")
	_, err := f.Move([]string{"dir"}, "new", false)
	require.NoError(t, err)
	x, err := f.Index()
	require.NoError(t, err)
	info, err := os.Lstat(f.path("new/clean"))
	require.NoError(t, err)
	require.Equal(t, work.StatOf(info), x.Find("new/clean").Stat)
	require.Zero(t, x.Find("new/changed").Stat)
	require.Equal(t, []work.Change{{Path: "new/changed", Status: work.ChangeModified}}, f.status().Changed)
}

func TestRemoveTellsWhatWouldBeLost(t *testing.T) {
	for name, c := range map[string]struct {
		staged, folder string // "" is as committed
		gone, cached   bool
		lost           bool
	}{
		"as committed":            {},
		"changed":                 {folder: "two", lost: true},
		"staged":                  {staged: "two", folder: "two", lost: true},
		"changed, stays":          {folder: "two", cached: true},
		"staged, stays":           {staged: "two", folder: "two", cached: true},
		"staged and changed":      {staged: "two", folder: "three", cached: true, lost: true},
		"staged, gone":            {staged: "two", gone: true},
		"as committed, gone":      {gone: true},
		"staged, then as before":  {staged: "two", folder: "one", lost: true},
		"the same with cached":    {staged: "two", folder: "one", cached: true, lost: true},
		"as committed, and stays": {cached: true},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			f.put("a", "one")
			f.save("first")
			if c.staged != "" {
				f.put("a", c.staged)
				f.add("a")
			}
			if c.folder != "" {
				f.put("a", c.folder)
			}
			if c.gone {
				f.remove("a")
			}
			removed, err := f.Remove(t.Context(), RemoveOptions{Paths: []string{"a"}, Cached: c.cached})
			if c.lost {
				var loss *LossError
				require.True(t, errors.As(err, &loss), "got %v", err)
				require.Equal(t, []string{"a"}, loss.Changed)
				require.True(t, f.exists("a"))
				return
			}
			require.NoError(t, err)
			require.Equal(t, []string{"a"}, removed)
			require.Equal(t, c.cached, f.exists("a"))
		})
	}
}
