package repo

import (
	"context"
	"io/fs"

	"os"
	"path/filepath"

	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"dits/tensorstore/disk/faultfs"
)

// A change of the working folder, from the branch one, which is checked out, to two.
var worktreeChanges = map[string]func(r *Repo) error{
	"checkout": func(r *Repo) error {
		_, err := r.Checkout(context.Background(), "two", CheckoutOptions{})
		return err
	},
	"merge": func(r *Repo) error {
		_, err := r.Merge(context.Background(), "two", MergeOptions{Time: time.Unix(1_800_000_000, 0).UTC()})
		return err
	},
	"reset --hard": func(r *Repo) error {
		_, err := r.Reset(context.Background(), "two", ResetHard, nil)
		return err
	},
	"restore": func(r *Repo) error {
		_, err := r.Restore(context.Background(), RestoreOptions{Source: "two", Paths: []string{""}, Staged: true, Worktree: true})
		return err
	},
}

// twoFolders is a repository with one checked out, in which files have become folders,
// links and the other way round in two, and with files that are in neither.
func twoFolders(t *testing.T) *fixture {
	f := newFixture(t)
	f.put("changed", "one")
	f.put("d/changed", "one, longer")
	f.put("d/gone/x", "gone")
	f.put("file", "then a folder")
	f.put("folder/x", "then a file")
	f.put("kept", "kept")
	require.NoError(t, os.Symlink("changed", f.path("link")))
	f.save("one")
	_, err := f.checkout("", CheckoutOptions{NewBranch: "two"})
	require.NoError(t, err)
	for _, name := range []string{"d/gone", "file", "folder", "link"} {
		f.remove(name)
	}
	f.put("changed", "two, longer")
	f.put("d/changed", "two")
	f.put("d/new/x", "new")
	require.NoError(t, os.Symlink("../kept", f.path("d/link")))
	f.put("file/x", "a folder now")
	f.put("folder", "a file now")
	f.put("link", "run")
	require.NoError(t, os.Chmod(f.path("link"), 0o755))
	f.save("two")
	_, err = f.checkout("main", CheckoutOptions{NewBranch: "one"})
	require.NoError(t, err)
	f.put("mine", "untracked")
	f.put("d/mine", "untracked")
	f.put("kept", "not saved")
	require.NoError(t, f.Close())
	return f
}

// Stopped at any operation, on the working folder too, with any loss: each file is the
// old or the new one, whole, what no commit has is as it was, all that is stored is right,
// and the same command goes through and leaves no temporary file.
func TestWorktreeCrash(t *testing.T) {
	f := twoFolders(t)
	for name, do := range worktreeChanges {
		t.Run(name, func(t *testing.T) { sweepWorktree(t, f, do, "") })
	}
}

// The same where a folder is another file system, so that files are copied into it: what
// is left there is found again, be it of a crash before this one.
func TestWorktreeCrashAcross(t *testing.T) {
	for name, prepare := range map[string]func(f *fixture){
		"no folder for temporary files": func(f *fixture) { f.remove(tmpDir) },
		"after a crash": func(f *fixture) {
			f.put("d/"+nearPrefix+"9", "half")
			f.put(tmpDir+"/9"+noteSuffix, "d/"+nearPrefix+"9")
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			f.put("d/a", "one")
			f.save("one")
			_, err := f.checkout("", CheckoutOptions{NewBranch: "two"})
			require.NoError(t, err)
			f.put("d/a", "two, longer")
			require.NoError(t, os.Symlink("a", f.path("d/link")))
			f.save("two")
			f.mustCheckout("main")
			require.NoError(t, f.Close())
			prepare(f)
			sweepWorktree(t, f, worktreeChanges["checkout"], "d")
		})
	}
}

func sweepWorktree(t *testing.T, f *fixture, do func(*Repo) error, mount string) {
	old := f.snapshot()
	r := openCopy(t, f.Root)
	require.NoError(t, do(r))
	head, err := r.Head()
	require.NoError(t, err)
	require.NoError(t, r.Close())
	new := (&fixture{Repo: r, t: t}).snapshot()
	require.NotEqual(t, old, new)
	begin := sweepOf(do, func(t *testing.T, r *Repo, done bool) {
		f := &fixture{Repo: r, t: t}
		now := f.snapshot()
		for path := range mergeKeys(old, new, now) {
			near := strings.HasPrefix(filepath.Base(path), nearPrefix)
			require.True(t, now[path] == new[path] || now[path] == old[path] && !done || near, "%s: %q", path, now[path])
		}
		require.NoError(t, do(r))
		got, err := r.Head()
		require.NoError(t, err)
		require.Equal(t, head, got)
		require.Equal(t, new, f.snapshot())
		requireNoTemporaries(t, r)
		f.requireRight()
	})
	faultfs.Sweep(t, f.Root, 40, func(t *testing.T, fsys *faultfs.FS) (func() error, func(bool)) {
		if mount != "" {
			fsys.Mount(mount)
		}
		return begin(t, fsys)
	})
}

func mergeKeys(all ...map[string]string) map[string]bool {
	keys := map[string]bool{}
	for _, m := range all {
		for k := range m {
			keys[k] = true
		}
	}
	return keys
}

// requireNoTemporaries looks everywhere but among the packs, where they are kept for a day.
func requireNoTemporaries(t *testing.T, r *Repo) {
	t.Helper()
	require.Empty(t, namesBelow(t, r.workPath(tmpDir)))
	for _, name := range namesBelow(t, r.Root) {
		base := filepath.Base(name)
		temporary := strings.HasPrefix(base, nearPrefix) || strings.HasPrefix(base, ".tmp-")
		require.False(t, temporary && !strings.Contains(name, "store/packs/"), name)
	}
}

func namesBelow(t *testing.T, dir string) (names []string) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && path != dir {
			names = append(names, path)
		}
		return err
	}))
	return names
}

// What a process left goes with the next change, and not while one holds the lock: it is
// at work. What only looks like a note or a temporary file stays.
func TestTemporariesOfTheDead(t *testing.T) {
	f := newFixture(t)
	f.put("a", "one")
	f.put("d/x", "one")
	f.save("first")
	left := []string{tmpDir + "/1", tmpDir + "/.tmp-2", tmpDir + "/3" + noteSuffix, "d/" + nearPrefix + "3"}
	for _, name := range left {
		f.put(name, "d/"+nearPrefix+"3")
	}
	f.put(tmpDir+"/4"+noteSuffix, "d/x") // no name of ours
	f.put(tmpDir+"/5"+noteSuffix, "../"+nearPrefix+"5")
	f.put(tmpDir+"/6"+noteSuffix, "")
	f.put(nearPrefix+"7", "mine: no note names it")

	require.True(t, f.status().Clean())
	require.Empty(t, f.status().Untracked, "no file of ours is one of the user's")
	l, err := f.lock()
	require.NoError(t, err)
	require.Empty(t, namesBelow(t, f.path(tmpDir)))
	require.False(t, f.exists(left[3]))
	require.Equal(t, map[string]string{"a": "one", "d/x": "one"}, f.folder())
	require.True(t, f.exists(nearPrefix+"7"))

	for _, name := range left {
		f.put(name, "d/"+nearPrefix+"3")
	}
	_, err = f.tryLock()
	require.ErrorIs(t, err, ErrLocked)
	for _, name := range left {
		require.True(t, f.exists(name), name)
	}
	l.unlock()
	f.put("a", "two")
	f.save("second")
	f.remove(nearPrefix + "7")
	requireNoTemporaries(t, f.Repo)
}

// The order of these operations is what makes a checkout durable, and what leaves a trace
// of every temporary file until it is gone for good.
func TestWorktreeLog(t *testing.T) {
	f := newFixture(t)
	f.put("a", "one")
	f.put("d/x", "one")
	f.put("gone", "one")
	f.save("one")
	first, err := f.Head()
	require.NoError(t, err)
	f.put("a", "two!")
	f.put("d/x", "two!")
	f.remove("gone")
	f.save("two")
	f.mustCheckout(first.Commit.String())
	require.NoError(t, f.Close())
	f.remove(tmpDir)
	fsys, err := faultfs.New(f.Root)
	require.NoError(t, err)
	fsys.Mount("d")
	r, err := Open(f.Root, fsys)
	require.NoError(t, err)
	defer r.Close()
	_, err = r.Checkout(context.Background(), "main", CheckoutOptions{})
	require.NoError(t, err)
	_, log, _ := strings.Cut(fsys.Log(), "mkdir .dits/store\n")
	log, _, _ = strings.Cut(log, "create .dits/tmp/.tmp-2\n") // the index, then HEAD
	require.Equal(t, `mkdir .dits/tmp
syncdir .dits
remove gone
create .dits/tmp/1
write .dits/tmp/1 4
sync .dits/tmp/1
close .dits/tmp/1
rename .dits/tmp/1 a
create .dits/tmp/2
write .dits/tmp/2 4
sync .dits/tmp/2
close .dits/tmp/2
rename .dits/tmp/2 d/x
create .dits/tmp/.tmp-1
write .dits/tmp/.tmp-1 13
chmod .dits/tmp/.tmp-1 0644
sync .dits/tmp/.tmp-1
close .dits/tmp/.tmp-1
rename .dits/tmp/.tmp-1 .dits/tmp/2.near
syncdir .dits/tmp
create d/.dits-tmp-2
write d/.dits-tmp-2 4
sync d/.dits-tmp-2
close d/.dits-tmp-2
rename d/.dits-tmp-2 d/x
remove .dits/tmp/2
syncdir .
syncdir d
remove .dits/tmp/2.near
`, log)
}
