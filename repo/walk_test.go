package repo

import (
	"os"
	"slices"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/repo/work"
)

func (f *fixture) walk(dir string, ignored bool) []string {
	f.t.Helper()
	var out []string
	visit := func(w work.WorkFile) error { out = append(out, w.Path); return nil }
	require.NoError(f.t, f.Walk(dir, work.WalkOptions{Ignored: ignored, Visit: visit}))
	return out
}

func TestWalk(t *testing.T) {
	f := newFixture(t)
	for _, name := range []string{"a/b", "a-b", "a0", "a/c/d", "x.tmp", "a/x.tmp", "z", "skip/in/file"} {
		f.put(name, name)
	}
	f.put(work.IgnoreFile, "*.tmp\nskip\n")
	require.NoError(t, os.Symlink("/etc", f.path("link")))
	require.NoError(t, syscall.Mkfifo(f.path("pipe"), 0o644))
	inner, err := Init(f.path("nested"), InitOptions{})
	require.NoError(t, err)
	defer inner.Close()
	f.put("nested/file", "not ours")
	require.NoError(t, os.Mkdir(f.path("a/.DITS"), 0o755))
	f.put("a/.DITS/config", "x")

	want := []string{work.IgnoreFile, "a-b", "a/b", "a/c/d", "a0", "link", "z"}
	require.Equal(t, want, f.walk("", false))
	all := f.walk("", true)
	require.True(t, slices.IsSorted(all))
	require.Equal(t, len(want)+3, len(all))
	require.Equal(t, []string{"a/b", "a/c/d"}, f.walk("a", false))
	require.Empty(t, f.walk("skip/in", false), "below an ignored folder")
	require.Equal(t, []string{"skip/in/file"}, f.walk("skip/in", true))
}

func TestRel(t *testing.T) {
	f := newFixture(t)
	f.put("a/b", "x")
	require.NoError(t, os.Symlink("a", f.path("link")))
	for _, c := range []struct{ cwd, path, want string }{
		{f.Root, "a/b", "a/b"}, {f.path("a"), "b", "a/b"}, {f.path("a"), "..", ""}, {f.Root, ".", ""},
		{f.Root, f.path("a/b"), "a/b"}, {f.Root, "link", "link"}, {f.path("a"), "../new", "new"},
	} {
		got, err := f.Rel(c.cwd, c.path)
		require.NoError(t, err, c.path)
		require.Equal(t, c.want, got, c.path)
	}
	for _, path := range []string{"..", "../x", "/etc/passwd", ".dits/HEAD", "a/.Dits"} {
		_, err := f.Rel(f.Root, path)
		require.Error(t, err, path)
	}
}
