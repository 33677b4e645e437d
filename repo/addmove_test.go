package repo

import (
	"bytes"
	"context"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/repo/object"
	"dits/repo/work"
	"dits/tensorstore/disk/faultfs"
)

// move is add with Move.
func (f *fixture) move(paths ...string) error {
	f.t.Helper()
	return f.Add(context.Background(), paths, AddOptions{Move: true})
}

// stored is what the store has for the entry of a path.
func stored(t *testing.T, r *Repo, path string) string {
	t.Helper()
	tf, err := r.FileAt("", path)
	require.NoError(t, err)
	file, err := r.ReadFile(tf.ID)
	require.NoError(t, err)
	var b bytes.Buffer
	require.NoError(t, r.CopyContent(context.Background(), &b, file, object.NoProgress))
	return b.String()
}

// movedFiles are working files, one of them as staged, one changed, one new.
var movedFiles = map[string]string{"d/same": "same", "a": "two", "d/new": "new", "d/.ditsignore": "*.tmp"}

// beforeMove is a folder with those files.
func beforeMove(t *testing.T) *fixture {
	f := newFixture(t)
	f.put("a", "one")
	f.put("d/same", "same")
	f.save("first")
	for path, content := range movedFiles {
		if path != "d/same" {
			f.put(path, content)
		}
	}
	require.NoError(t, f.Close())
	return f
}

func moveAll(r *Repo) error {
	return r.Add(context.Background(), []string{""}, AddOptions{Move: true})
}

// checkMoved: each file is in the folder, or the index says that the store has it, which gives it back. What was not
// done can be done again.
func checkMoved(t *testing.T, r *Repo, done bool) {
	t.Helper()
	x, err := r.Index()
	require.NoError(t, err)
	gone := 0
	for path, content := range movedFiles {
		got, err := os.ReadFile(r.WorkPath(path))
		if err == nil {
			require.Equal(t, content, string(got), path)
			continue
		}
		require.ErrorIs(t, err, os.ErrNotExist)
		gone++
		require.NotNil(t, x.Find(path), path)
		require.True(t, x.Find(path).Away, path)
		require.Equal(t, content, stored(t, r, path), path)
	}
	if done {
		require.Equal(t, 3, gone)
	}
	s, err := r.Status()
	require.NoError(t, err)
	require.Len(t, s.StoreOnly, gone)
	for _, c := range s.Changed {
		require.NotEqual(t, work.ChangeDeleted, c.Status, c.Path)
	}
	require.NoError(t, moveAll(r))
	s, err = r.Status()
	require.NoError(t, err)
	require.Empty(t, s.Changed)
	require.Len(t, s.StoreOnly, 3)
	require.FileExists(t, r.WorkPath("d/.ditsignore"))
}

// Stopped at any operation, with any loss: nothing of a file that is moved is lost.
func TestMoveCrashSweep(t *testing.T) {
	faultfs.Sweep(t, beforeMove(t).Root, 30, sweepOf(moveAll, checkMoved))
}

// An operation that fails alone leaves the same.
func TestMoveFailureSweep(t *testing.T) {
	t.Parallel()
	faultfs.SweepFailures(t, beforeMove(t).Root, 30, sweepOf(moveAll, checkMoved))
}

// What was read back wrong, or changed meanwhile, stays in the working folder.
func TestMoveOfDamaged(t *testing.T) {
	f := newFixture(t)
	f.put("a", "one")
	f.add("a")
	e := f.entry("a")
	w, err := f.OpenWorktree(false)
	require.NoError(t, err)
	defer w.Close()
	x, err := f.Index()
	require.NoError(t, err)

	f.put("a", "two")
	require.ErrorContains(t, w.PutAway(x, []work.IndexEntry{e}, object.NoProgress), "a: was changed meanwhile")
	require.Equal(t, "two", f.read("a"))
	require.False(t, f.entry("a").Away)

	names, err := f.Store.Index().Packs()
	require.NoError(t, err)
	f.damage(names[0], 40)
	f.put("a", "one")
	err = f.putAway(context.Background(), []work.IndexEntry{e}, AddOptions{Progress: object.NoProgress})
	require.ErrorContains(t, err, "a: stays in the working folder")
	require.Equal(t, "one", f.read("a"))
	require.False(t, f.entry("a").Away)
}

// What a process found out of a file that another put away meanwhile does not bring the file back into the index.
func TestMoveBesideAdd(t *testing.T) {
	f := newFixture(t)
	f.put("a", "one")
	f.add("a")
	before := f.entry("a")
	require.NoError(t, f.move("a"))
	require.NoError(t, f.stage([]work.IndexEntry{before}, nil, "add: a"))
	require.True(t, f.entry("a").Away)
	require.Empty(t, f.status().Changed)
	f.put("a", "one")
	require.NoError(t, f.stage([]work.IndexEntry{before}, nil, "add: a"))
	require.False(t, f.entry("a").Away)
}

// A file that is away and in no commit is not put out of the index by a switch to one in its place.
func TestMoveAndSwitch(t *testing.T) {
	f := newFixture(t)
	f.put("x", "x")
	f.save("first")
	_, err := f.checkout("", CheckoutOptions{NewBranch: "side"})
	require.NoError(t, err)
	f.put("a/b", "below")
	f.save("second")
	_, err = f.checkout("main", CheckoutOptions{})
	require.NoError(t, err)
	f.put("a", "one")
	require.NoError(t, f.move("a"))
	_, err = f.checkout("side", CheckoutOptions{})
	require.ErrorIs(t, err, work.ErrDirty)
	require.True(t, f.entry("a").Away)
	require.Equal(t, "one", stored(t, f.Repo, "a"))
	f.commit("third")
	_, err = f.checkout("side", CheckoutOptions{})
	require.NoError(t, err)
	require.Equal(t, "below", f.read("a/b"))
	_, err = f.checkout("main", CheckoutOptions{})
	require.NoError(t, err)
	require.Equal(t, "one", f.read("a"), "what the other branch did not have is written")
}
