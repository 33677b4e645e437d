package main

import (
	"database/sql"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// looks are commands that only look.
var looks = [][]string{
	{"log", "--stat"}, {"ls", "-r"}, {"diff", "HEAD~1", "HEAD"}, {"cat", "HEAD~1:model.safetensors"}, {"status"}, {"status", "--json"},
	{"export", "model.safetensors", "-o", "-"}, {"sql", "SELECT * FROM files ORDER BY file"}, {"fsck"}, {"stats"}, {"show"}, {"show", "v1"},
	{"blame", "model.safetensors"}, {"lineage", "model.safetensors"}, {"branch"}, {"branch", "-v"}, {"tag"}, {"tag", "-v"}, {"config"},
}

// A lookout is a repository whose readers may not write.
type lookout struct {
	t     *testing.T
	dits  string // that any user may run
	repo  string
	cache string            // DITS_CACHE of readers
	want  map[string]string // by command, what its owner is told
}

// newEmptyLookout has no repository yet.
func newEmptyLookout(t *testing.T) *lookout {
	dir := t.TempDir()
	for _, d := range []string{dir, filepath.Dir(dir)} {
		require.NoError(t, os.Chmod(d, 0o755))
	}
	l := &lookout{t: t, dits: filepath.Join(dir, "dits"), repo: filepath.Join(dir, "repo"), cache: filepath.Join(dir, "cache"), want: map[string]string{}}
	program, err := exec.LookPath("dits") // TestMain put the test binary there
	require.NoError(t, err)
	b, err := os.ReadFile(program)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(l.dits, b, 0o755))
	require.NoError(t, os.Mkdir(l.repo, 0o755))
	return l
}

func newLookout(t *testing.T) *lookout {
	l := newEmptyLookout(t)
	for _, file := range []string{"base", "ft-customer"} {
		l.copyModel(file)
		l.owner("init", "-q")
		l.owner("add", "-q", ".")
		l.owner("commit", "-q", "-m", file)
	}
	l.owner("tag", "-m", "note", "v1")
	time.Sleep(200 * time.Millisecond)
	l.owner("status")
	for _, look := range looks {
		l.want[strings.Join(look, " ")] = l.owner(look...)
	}
	return l
}

func (l *lookout) copyModel(name string) {
	b, err := os.ReadFile(filepath.Join(family(l.t), name+".safetensors"))
	require.NoError(l.t, err)
	require.NoError(l.t, os.WriteFile(filepath.Join(l.repo, "model.safetensors"), b, 0o644))
}

func (l *lookout) command(args ...string) *exec.Cmd {
	cmd := exec.Command(l.dits, args...)
	cmd.Dir = l.repo
	cmd.Env = append(os.Environ(), "HOME="+l.cache, "TZ=UTC", "DITS_CACHE="+l.cache)
	return cmd
}

func (l *lookout) owner(args ...string) string {
	l.t.Helper()
	out, err := l.command(args...).Output()
	require.NoError(l.t, err, "%v: %s", args, stderr(err))
	return string(out)
}

func stderr(err error) string {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return string(exit.Stderr)
	}
	return ""
}

// catalog changes the catalog as no dits does.
func (l *lookout) catalog(query string) {
	db, err := sql.Open("sqlite3", filepath.Join(l.repo, ".dits/store/catalog.db"))
	require.NoError(l.t, err)
	_, err = db.Exec("PRAGMA foreign_keys = 1; " + query)
	require.NoError(l.t, errors.Join(err, db.Close()))
}

// remove takes files of the store away.
func (l *lookout) remove(pattern string) {
	found, err := filepath.Glob(filepath.Join(l.repo, ".dits/store", pattern))
	require.NoError(l.t, err)
	for _, f := range found {
		require.NoError(l.t, os.Remove(f))
	}
}

// check runs all looks by run, and wants what the owner was told.
func (l *lookout) check(run func(*exec.Cmd)) {
	l.t.Helper()
	for _, look := range looks {
		want, wanted := l.want[strings.Join(look, " ")]
		if !wanted {
			continue
		}
		cmd := l.command(look...)
		run(cmd)
		out, err := cmd.Output()
		if err != nil {
			l.t.Errorf("%v: %v\n%s", look, err, stderr(err))
			continue
		}
		if string(out) != want && look[0] != "stats" {
			l.t.Errorf("%v: got\n%.2000s\nwant\n%.2000s", look, out, want)
		}
	}
}

// Every command that looks works for who may not write anything, with whatever is left of
// the catalog, and tells them what it tells the owner.
func TestReadersNeedNotWrite(t *testing.T) {
	for _, test := range []struct {
		name    string
		change  func(*lookout)
		private bool // whether the reader has a cache
	}{
		{"as it was closed", func(*lookout) {}, false},
		{"without a log beside the catalog", func(l *lookout) { l.remove("catalog.db-*") }, false},
		{"without a catalog", func(l *lookout) { l.remove("catalog.db*") }, false},
		{"without a catalog, with a cache", func(l *lookout) { l.remove("catalog.db*") }, true},
		{"with an old catalog", func(l *lookout) { l.catalog("PRAGMA user_version = 1") }, true},
		{"with a pack that the catalog does not know", func(l *lookout) { l.catalog("DELETE FROM packs WHERE p = 1") }, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			l := newLookout(t)
			test.change(l)
			time.Sleep(200 * time.Millisecond)
			if test.private {
				require.NoError(t, os.Mkdir(l.cache, 0o777))
				require.NoError(t, os.Chmod(l.cache, 0o777))
			}
			reader := l.asReader()
			l.check(func(cmd *exec.Cmd) {
				if !test.private {
					cmd.Env = append(cmd.Env, "TMPDIR="+filepath.Join(l.cache, "none"))
				}
				reader(cmd)
			})
			made, _ := os.ReadDir(l.cache)
			require.Equal(t, test.private, len(made) > 0, "%v", made)
		})
	}
}

// asReader makes a command one of a user who may not write below the repository: another
// one where this is root, for whom permissions mean nothing.
func (l *lookout) asReader() func(*exec.Cmd) {
	if os.Getuid() == 0 {
		return asNobody
	}
	var paths []string
	err := filepath.WalkDir(filepath.Dir(l.repo), func(path string, _ os.DirEntry, err error) error {
		if path != l.cache {
			paths = append(paths, path)
		}
		return err
	})
	require.NoError(l.t, err)
	for _, p := range paths {
		info, err := os.Lstat(p)
		require.NoError(l.t, err)
		require.NoError(l.t, os.Chmod(p, info.Mode().Perm()&^0o222))
		l.t.Cleanup(func() { os.Chmod(p, info.Mode().Perm()) })
	}
	return func(*exec.Cmd) {}
}
