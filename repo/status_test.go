package repo

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"dits/repo/object"
	"dits/repo/work"
)

func TestStatus(t *testing.T) {
	f := newFixture(t)
	s := f.status()
	require.Equal(t, &work.Status{Branch: "main",
		Staged: []work.Change{}, Changed: []work.Change{}, Untracked: []string{}, Skipped: []work.Skipped{}, Renamed: []object.Renamed{},
		StoreOnly: []work.StoreOnly{}}, s)

	for _, name := range []string{"same", "edit", "gone", "mode", "kind", "folder", "unstaged-rm"} {
		f.put(name, name)
	}
	head := f.save("first")
	f.put("edit", "EDIT")
	f.put("staged", "new")
	f.add("staged")
	f.remove("gone")
	require.NoError(t, os.Chmod(f.path("mode"), 0o755))
	f.remove("kind")
	require.NoError(t, os.Symlink("same", f.path("kind")))
	f.remove("folder")
	f.put("folder/file", "x")
	f.put("extra", "x")
	x, err := f.Index()
	require.NoError(t, err)
	x.Remove("unstaged-rm")
	require.NoError(t, f.WriteIndex(x))

	s = f.status()
	require.Equal(t, head, s.Head)
	require.Equal(t, []work.Change{{Path: "staged", Status: "added"}, {Path: "unstaged-rm", Status: "deleted"}}, s.Staged)
	require.Equal(t, []work.Change{{Path: "edit", Status: "modified"}, {Path: "folder", Status: "deleted"}, {Path: "gone", Status: "deleted"}, {Path: "kind", Status: "typechange"}, {Path: "mode", Status: "modified"}}, s.Changed)
	require.Equal(t, []string{"extra", "folder/file", "unstaged-rm"}, s.Untracked)

	b, err := json.Marshal(f.status())
	require.NoError(t, err)
	var fields map[string]any
	require.NoError(t, json.Unmarshal(b, &fields))
	require.ElementsMatch(t, []string{"branch", "head", "staged", "changed", "untracked", "skipped", "renamed", "store_only"}, keys(fields))
}

func keys(m map[string]any) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	return out
}

// A file whose stat is as staged is not read: here its content differs without the
// stat showing it, which only reading would find out.
func TestStatusTrustsStat(t *testing.T) {
	f := newFixture(t)
	f.put("a", "one")
	f.save("first")
	x, err := f.Index()
	require.NoError(t, err)
	e := *x.Find("a")
	e.ID = idOf("something else")
	x.Put(e)
	require.NoError(t, f.WriteIndex(x))
	require.Empty(t, f.status().Changed)
}

// A change within the clock tick of the index, of the same size and with all times
// set back, is found nevertheless: the entry is racy.
func TestStatusRacy(t *testing.T) {
	f := newFixture(t)
	f.putNow("a", "one")
	f.add("a")
	info, err := os.Lstat(f.path("a"))
	require.NoError(t, err)
	x, err := f.Index()
	require.NoError(t, err)
	require.NoError(t, os.Chtimes(filepath.Join(f.Dir, "index"), info.ModTime(), info.ModTime()))
	racy := func(content string) {
		require.NoError(t, os.WriteFile(f.path("a"), []byte(content), 0o644))
		require.NoError(t, os.Chtimes(f.path("a"), info.ModTime(), info.ModTime()))
	}
	racy("two")
	// The inode's ctime cannot be set: the entry gets what it would be in one tick.
	now, ok, err := f.Lstat("a")
	require.True(t, ok)
	require.NoError(t, err)
	racyEntry := x.Entries[0]
	racyEntry.Stat = now.Stat
	x.Put(racyEntry)
	require.NoError(t, f.WriteIndex(x))
	require.NoError(t, os.Chtimes(filepath.Join(f.Dir, "index"), info.ModTime(), info.ModTime()))
	require.Equal(t, []work.Change{{Path: "a", Status: "modified"}}, f.status().Changed)

	// Writing the index again, later, must not hide it.
	x, err = f.Index()
	require.NoError(t, err)
	x.Put(work.IndexEntry{Path: "b", Mode: object.ModeFile, ID: idOf("b"), Size: 1})
	require.NoError(t, f.WriteIndex(x))
	later := time.Now().Add(time.Hour)
	require.NoError(t, os.Chtimes(filepath.Join(f.Dir, "index"), later, later))
	require.Contains(t, f.status().Changed, work.Change{Path: "a", Status: "modified"})

	racy("one")
	f.status() // reads a, finds it unchanged, notes its stat
	x, err = f.Index()
	require.NoError(t, err)
	require.NotEqual(t, work.Stat{}, x.Find("a").Stat)
}
