package refs

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"dits/repo/object"
	"dits/repo/repotest"
	"dits/tensorstore/digest"
	"dits/tensorstore/disk"
)

func newRefs(t *testing.T) *Refs {
	dir := t.TempDir()
	for _, folder := range []string{"refs/heads", "refs/tags", "logs", "tmp"} {
		require.NoError(t, os.MkdirAll(filepath.Join(dir, folder), 0o777))
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, object.HeadName), []byte("ref: refs/heads/main\n"), 0o666))
	return &Refs{Dir: dir, FS: disk.OS, Author: func() Author { return Author{Name: "Ada", Mail: "ada@example.org"} }}
}

func TestUpdateRef(t *testing.T) {
	f := newRefs(t)
	a, b := repotest.ID("a"), repotest.ID("b")
	const name = "refs/heads/x/y"
	require.ErrorIs(t, f.UpdateRef(name, a, b, ""), ErrRefMoved, "absent, want a")
	require.NoError(t, f.UpdateRef(name, digest.ID{}, a, "make"))
	require.ErrorIs(t, f.UpdateRef(name, digest.ID{}, b, ""), ErrRefMoved, "is a, want absent")
	require.ErrorIs(t, f.UpdateRef(name, b, a, ""), ErrRefMoved)
	require.NoError(t, f.UpdateRef(name, a, b, "move  on\nnow"))
	got, err := f.ReadRef(name)
	require.NoError(t, err)
	require.Equal(t, b, got)

	log, err := f.Reflog(name)
	require.NoError(t, err)
	require.Len(t, log, 2)
	require.Equal(t, []any{a, b, "move on now"}, []any{log[0].Old, log[0].New, log[0].Reason})
	require.Equal(t, []any{digest.ID{}, a, "make"}, []any{log[1].Old, log[1].New, log[1].Reason})

	require.ErrorIs(t, f.UpdateRef("refs/heads/x", digest.ID{}, a, ""), ErrExists, "x/y is there")
	require.ErrorIs(t, f.UpdateRef("refs/heads/x/y/z", digest.ID{}, a, ""), ErrExists)
	require.NoError(t, f.UpdateRef(name, b, digest.ID{}, ""))
	require.NoError(t, f.UpdateRef("refs/heads/x", digest.ID{}, a, ""), "the empty folder x gives way")
	log, err = f.Reflog(name)
	require.NoError(t, err)
	require.Empty(t, log)
	require.ErrorContains(t, f.UpdateRef("refs/heads/../../config.toml", digest.ID{}, a, ""), "ref name")
}

func TestRefsList(t *testing.T) {
	f := newRefs(t)
	for _, name := range []string{"refs/heads/b", "refs/heads/a/x", "refs/tags/v1"} {
		require.NoError(t, f.UpdateRef(name, digest.ID{}, repotest.ID(name), ""))
	}
	require.NoError(t, os.WriteFile(filepath.Join(f.Dir, "refs/heads/.tmp-123"), []byte("half"), 0o644))
	refs, err := f.ListRefs("")
	require.NoError(t, err)
	require.Equal(t, []Ref{
		{Name: "refs/heads/a/x", ID: repotest.ID("refs/heads/a/x")}, {Name: "refs/heads/b", ID: repotest.ID("refs/heads/b")}, {Name: "refs/tags/v1", ID: repotest.ID("refs/tags/v1")},
	}, refs)
	require.Equal(t, "a/x", refs[0].Short())
	require.NoError(t, os.WriteFile(filepath.Join(f.Dir, "refs/heads/b"), []byte("half"), 0o644))
	_, err = f.ListRefs("")
	require.ErrorIs(t, err, object.ErrCorrupt)
}

// A move that was noted but never made does not count, and is not left in the
// middle of the log.
func TestReflogWithoutUnmade(t *testing.T) {
	f := newRefs(t)
	a, b, c := repotest.ID("a"), repotest.ID("b"), repotest.ID("c")
	const name = "refs/heads/main"
	require.NoError(t, f.UpdateRef(name, digest.ID{}, a, "one"))
	require.NoError(t, f.appendLog(name, a, b, "died before the ref was written"))
	log, err := f.Reflog(name)
	require.NoError(t, err)
	require.Len(t, log, 1)
	require.NoError(t, f.UpdateRef(name, a, c, "two"))
	log, err = f.Reflog(name)
	require.NoError(t, err)
	require.Len(t, log, 2)
	require.Equal(t, []any{a, c}, []any{log[0].Old, log[0].New})
}

// The newest move that fits is what the whole log says, past lines that cannot be read and a move that was never made.
func TestLastOf(t *testing.T) {
	f := newRefs(t)
	a, b, c := repotest.ID("a"), repotest.ID("b"), repotest.ID("c")
	const name = "refs/heads/main"
	require.NoError(t, f.UpdateRef(name, digest.ID{}, a, "one"))
	require.NoError(t, f.UpdateRef(name, a, b, "two"))
	path := f.logPath(name)
	log, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, append(log, "no line of a log\n"...), 0o644))
	require.NoError(t, f.appendLog(name, b, c, "died before the ref was written"))
	for reason, want := range map[string]digest.ID{"one": a, "two": b} {
		got, ok, err := f.LastOf(name, func(e LogEntry) bool { return e.Reason == reason })
		require.NoError(t, err)
		require.True(t, ok, reason)
		require.Equal(t, want, got.New)
	}
	for _, of := range []string{name, "refs/heads/none"} {
		_, ok, err := f.LastOf(of, func(e LogEntry) bool { return e.New == c })
		require.NoError(t, err)
		require.False(t, ok, of)
	}
}

func TestReflogDamage(t *testing.T) {
	e := LogEntry{Old: repotest.ID("a"), New: repotest.ID("b"), Author: "Ada <a@b>", Time: time.Unix(1, 0), Reason: "x"}
	line := string(formatLog([]logLine{{entry: e}}))
	require.NoError(t, parseLog([]byte(line))[0].err)
	for n := 1; n < strings.Index(line, "\t"); n++ {
		lines := parseLog([]byte(line[:n]))
		require.Len(t, lines, 1)
		require.Error(t, lines[0].err, "prefix of %d bytes", n)
		require.Equal(t, line[:n]+"\n", string(formatLog(lines)))
	}
}

func TestHeadDamage(t *testing.T) {
	f := newRefs(t)
	for _, s := range []string{"", "ref: refs/tags/x\n", "ref: refs/heads/../../x\n", "abc\n", "ref: \n"} {
		require.NoError(t, os.WriteFile(f.headPath(), []byte(s), 0o644))
		_, err := f.Head()
		require.ErrorIs(t, err, object.ErrCorrupt, "%q", s)
	}
}
