package repo

import (
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"dits/tensorstore/digest"
)

func TestStatus(t *testing.T) {
	f := newFixture(t)
	s := f.status()
	require.Equal(t, &Status{Branch: "main", Staged: []Change{}, Changed: []Change{}, Untracked: []string{}}, s)

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
	require.NoError(t, f.writeIndex(x))

	s = f.status()
	require.Equal(t, head, s.Head)
	require.Equal(t, []Change{{"staged", "added"}, {"unstaged-rm", "deleted"}}, s.Staged)
	require.Equal(t, []Change{{"edit", "modified"}, {"folder", "deleted"}, {"gone", "deleted"}, {"kind", "typechange"}, {"mode", "modified"}}, s.Changed)
	require.Equal(t, []string{"extra", "folder/file", "unstaged-rm"}, s.Untracked)

	b, err := json.Marshal(f.status())
	require.NoError(t, err)
	var fields map[string]any
	require.NoError(t, json.Unmarshal(b, &fields))
	require.ElementsMatch(t, []string{"branch", "head", "staged", "changed", "untracked"}, keys(fields))
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
	require.NoError(t, f.writeIndex(x))
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
	require.NoError(t, os.Chtimes(f.indexPath(), info.ModTime(), info.ModTime()))
	racy := func(content string) {
		require.NoError(t, os.WriteFile(f.path("a"), []byte(content), 0o644))
		require.NoError(t, os.Chtimes(f.path("a"), info.ModTime(), info.ModTime()))
	}
	racy("two")
	// The inode's ctime cannot be set: the entry gets what it would be in one tick.
	now, ok, err := f.lstat("a")
	require.True(t, ok)
	require.NoError(t, err)
	x.Entries[0].Stat = now.Stat
	x.Entries[0].fresh = true
	require.NoError(t, f.writeIndex(x))
	require.NoError(t, os.Chtimes(f.indexPath(), info.ModTime(), info.ModTime()))
	require.Equal(t, []Change{{"a", "modified"}}, f.status().Changed)

	// Writing the index again, later, must not hide it.
	x, err = f.Index()
	require.NoError(t, err)
	x.Put(IndexEntry{Path: "b", Mode: ModeFile, ID: idOf("b"), Size: 1})
	require.NoError(t, f.writeIndex(x))
	later := time.Now().Add(time.Hour)
	require.NoError(t, os.Chtimes(f.indexPath(), later, later))
	require.Contains(t, f.status().Changed, Change{"a", "modified"})

	racy("one")
	f.status() // reads a, finds it unchanged, notes its stat
	x, err = f.Index()
	require.NoError(t, err)
	require.NotEqual(t, Stat{}, x.Find("a").Stat)
}

func TestIndexPutAndUnder(t *testing.T) {
	x := &Index{}
	for _, p := range []string{"a/b", "a-b", "a/c/d", "a0", "b"} {
		x.Put(IndexEntry{Path: p, Mode: ModeFile, ID: digest.ID{1}})
	}
	names := func(es []IndexEntry) (out []string) {
		for _, e := range es {
			out = append(out, e.Path)
		}
		return out
	}
	require.Equal(t, []string{"a-b", "a/b", "a/c/d", "a0", "b"}, names(x.Entries))
	require.Equal(t, []string{"a/b", "a/c/d"}, names(x.Under("a")))
	x.Put(IndexEntry{Path: "a/c", Mode: ModeFile})
	require.Equal(t, []string{"a-b", "a/b", "a/c", "a0", "b"}, names(x.Entries), "a folder gives way to a file")
	x.Put(IndexEntry{Path: "b/x/y", Mode: ModeFile})
	require.Equal(t, []string{"a-b", "a/b", "a/c", "a0", "b/x/y"}, names(x.Entries), "a file gives way to a folder")
	x.Put(IndexEntry{Path: "a", Mode: ModeFile})
	require.Equal(t, []string{"a", "a-b", "a0", "b/x/y"}, names(x.Entries))
	require.NoError(t, x.checkFolders())
	x.Entries = append(x.Entries[:1], append([]IndexEntry{{Path: "a-b"}, {Path: "a/x"}}, x.Entries[2:]...)...)
	require.ErrorIs(t, x.checkFolders(), ErrCorrupt)
}
