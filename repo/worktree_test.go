package repo

import (
	"context"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"dits/repo/object"
	"dits/repo/refs"
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
		"no folder for temporary files": func(f *fixture) { f.remove(object.Dir + "/tmp") },
		"after a crash": func(f *fixture) {
			f.put("d/"+nearPrefix+"9", "half")
			f.put(object.Dir+"/tmp"+"/9"+noteSuffix, "d/"+nearPrefix+"9")
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

// requireNoTemporaries looks everywhere but among the packs and the repositories of a store, where they are
// kept for a day.
func requireNoTemporaries(t *testing.T, r *Repo) {
	t.Helper()
	require.Empty(t, namesBelow(t, r.WorkPath(object.Dir+"/tmp")))
	for _, name := range namesBelow(t, r.Root) {
		base := filepath.Base(name)
		temporary := strings.HasPrefix(base, nearPrefix) || strings.HasPrefix(base, ".tmp-")
		kept := strings.Contains(name, "store/packs/") || strings.Contains(name, "store/repos/")
		require.False(t, temporary && !kept, name)
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
	left := []string{object.Dir + "/tmp" + "/1", object.Dir + "/tmp" + "/.tmp-2", object.Dir + "/tmp" + "/3" + noteSuffix, "d/" + nearPrefix + "3"}
	for _, name := range left {
		f.put(name, "d/"+nearPrefix+"3")
	}
	f.put(object.Dir+"/tmp"+"/4"+noteSuffix, "d/x") // no name of ours
	f.put(object.Dir+"/tmp"+"/5"+noteSuffix, "../"+nearPrefix+"5")
	f.put(object.Dir+"/tmp"+"/6"+noteSuffix, "")
	f.put(nearPrefix+"7", "mine: no note names it")

	require.True(t, f.status().Clean())
	require.Empty(t, f.status().Untracked, "no file of ours is one of the user's")
	l, err := f.Lock()
	require.NoError(t, err)
	require.Empty(t, namesBelow(t, f.path(object.Dir+"/tmp")))
	require.False(t, f.exists(left[3]))
	require.Equal(t, map[string]string{"a": "one", "d/x": "one"}, f.folder())
	require.True(t, f.exists(nearPrefix+"7"))

	for _, name := range left {
		f.put(name, "d/"+nearPrefix+"3")
	}
	_, err = f.Lock()
	require.ErrorIs(t, err, refs.ErrLocked)
	for _, name := range left {
		require.True(t, f.exists(name), name)
	}
	l.Unlock()
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
	f.remove(object.Dir + "/tmp")
	fsys, err := faultfs.New(f.Root)
	require.NoError(t, err)
	fsys.Mount("d")
	r, err := Open(f.Root, fsys)
	require.NoError(t, err)
	defer r.Close()
	opened := fsys.Log()
	_, err = r.Checkout(context.Background(), "main", CheckoutOptions{})
	require.NoError(t, err)
	log := strings.TrimPrefix(fsys.Log(), opened)
	log, _, _ = strings.Cut(log, "create .dits/tmp/.tmp-2\n") // the index, then HEAD
	log = untangled(log)
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

// untangled is a log in which what was done to each temporary file comes right before it is renamed,
// though files are filled side by side. What comes after the rename stays behind, at the end.
func untangled(log string) string {
	var out strings.Builder
	fills := map[string]string{}
	for line := range strings.Lines(log) {
		words := strings.Fields(line)
		_, notNumber := strconv.Atoi(path.Base(words[1]))
		if path.Dir(words[1]) != object.Dir+"/tmp" || notNumber != nil || words[0] == "remove" {
			out.WriteString(line)
			continue
		}
		fills[words[1]] += line
		if words[0] == "rename" {
			out.WriteString(fills[words[1]])
			delete(fills, words[1])
		}
	}
	for _, name := range slices.Sorted(maps.Keys(fills)) {
		out.WriteString(fills[name])
	}
	return out.String()
}

// What temporary files beside their place are called, and the notes of them. Repositories have such files.
const (
	nearPrefix = ".dits-tmp-"
	noteSuffix = ".near"
)

// Of a batch of small files none takes its place before the content of all is durable.
func TestWorktreeLogOfABatch(t *testing.T) {
	f := newFixture(t)
	f.put("z", "large: "+strings.Repeat("!", 1<<16))
	for i := range 6 {
		f.put("d/"+strconv.Itoa(i), strconv.Itoa(i))
	}
	require.NoError(t, os.Symlink("0", f.path("d/link")))
	f.save("one")
	f.remove("d")
	f.remove("z")
	require.NoError(t, f.Close())
	fsys, err := faultfs.New(f.Root)
	require.NoError(t, err)
	r, err := Open(f.Root, fsys)
	require.NoError(t, err)
	defer r.Close()
	_, err = r.Checkout(context.Background(), "", CheckoutOptions{Force: true})
	require.NoError(t, err)
	log, _, _ := strings.Cut(fsys.Log(), "create .dits/tmp/.tmp") // the index
	filled, placed, _ := strings.Cut(log, "rename ")
	placed, _, _ = strings.Cut(placed, "create ") // the large file
	require.Equal(t, 6, strings.Count(filled, "\nsync .dits/tmp/"), log)
	require.Equal(t, 7, 1+strings.Count(placed, "\nrename .dits/tmp/"), log)
	require.NotContains(t, placed, "sync ", log)
	require.Contains(t, log, "\nrename .dits/tmp/8 z\n")
}
