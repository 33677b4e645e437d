package repo

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"dits/tensorstore/digest"
)

// The cases are those of git's t1402-check-ref-format.
func TestCheckRefName(t *testing.T) {
	good := []string{"refs/heads/main", "refs/heads/a/b/c", "refs/heads/a-b.c", "refs/tags/v1.0", "refs/heads/@",
		"refs/heads/ü", "refs/heads/a@b", "refs/heads/foo{bar", "refs/heads/.dits2"[:11] + "x"}
	bad := []string{"", "heads/main", "main", "refs/", "refs//a", "refs/heads/", "/refs/heads/a", "refs/heads/a/",
		"refs/heads/.a", "refs/heads/a.lock", "refs/a.lock/b", "refs/heads/a..b", "refs/heads/a b", "refs/heads/a~b",
		"refs/heads/a^", "refs/heads/a:b", "refs/heads/a?", "refs/heads/a*", "refs/heads/a[b", "refs/heads/a\\b",
		"refs/heads/a\x7f", "refs/heads/a\n", "refs/heads/a.", "refs/heads/a@{1}", "refs/heads/../../x", "refs/heads/\xff",
		"refs/heads/" + strings.Repeat("a", 300)}
	for _, name := range good {
		require.NoError(t, checkRefName(name), "%q", name)
	}
	for _, name := range bad {
		require.Error(t, checkRefName(name), "%q", name)
	}
	for _, name := range []string{"HEAD", "@", "-x", strings.Repeat("a", 64)} {
		_, err := branchRef(name)
		require.Error(t, err, name)
	}
}

func TestUpdateRef(t *testing.T) {
	f := newFixture(t)
	a, b := idOf("a"), idOf("b")
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
	f := newFixture(t)
	for _, name := range []string{"refs/heads/b", "refs/heads/a/x", "refs/tags/v1"} {
		require.NoError(t, f.UpdateRef(name, digest.ID{}, idOf(name), ""))
	}
	require.NoError(t, os.WriteFile(filepath.Join(f.Dir, "refs/heads/.tmp-123"), []byte("half"), 0o644))
	refs, err := f.Refs("")
	require.NoError(t, err)
	require.Equal(t, []Ref{
		{"refs/heads/a/x", idOf("refs/heads/a/x")}, {"refs/heads/b", idOf("refs/heads/b")}, {"refs/tags/v1", idOf("refs/tags/v1")},
	}, refs)
	require.Equal(t, "a/x", refs[0].Short())
	require.NoError(t, os.WriteFile(filepath.Join(f.Dir, "refs/heads/b"), []byte("half"), 0o644))
	_, err = f.Refs("")
	require.ErrorIs(t, err, ErrCorrupt)
}

// A move that was noted but never made does not count, and is not left in the
// middle of the log.
func TestReflogWithoutUnmade(t *testing.T) {
	f := newFixture(t)
	a, b, c := idOf("a"), idOf("b"), idOf("c")
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

func TestReflogDamage(t *testing.T) {
	line := string(formatLog([]LogEntry{{idOf("a"), idOf("b"), "Ada <a@b>", time.Unix(1, 0), "x"}}))
	_, err := parseLog("HEAD", []byte(line))
	require.NoError(t, err)
	for n := 1; n < strings.Index(line, "\t"); n++ {
		_, err := parseLog("HEAD", []byte(line[:n]))
		require.ErrorIs(t, err, ErrCorrupt, "prefix of %d bytes", n)
	}
}

func TestHeadDamage(t *testing.T) {
	f := newFixture(t)
	for _, s := range []string{"", "ref: refs/tags/x\n", "ref: refs/heads/../../x\n", "abc\n", "ref: \n"} {
		require.NoError(t, os.WriteFile(f.headPath(), []byte(s), 0o644))
		_, err := f.Head()
		require.ErrorIs(t, err, ErrCorrupt, "%q", s)
	}
}

func TestLockExcludes(t *testing.T) {
	f := newFixture(t)
	l, err := f.lock()
	require.NoError(t, err)
	other, err := Open(f.Root, nil)
	require.NoError(t, err)
	defer other.Close()
	_, err = other.tryLock()
	require.ErrorIs(t, err, ErrLocked)
	require.ErrorIs(t, other.UpdateRef("refs/heads/x", digest.ID{}, idOf("a"), ""), ErrLocked)
	l.unlock()
	require.NoError(t, other.UpdateRef("refs/heads/x", digest.ID{}, idOf("a"), ""))
}
