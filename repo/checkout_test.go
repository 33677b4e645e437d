package repo

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/catalog"
	"dits/repo/object"
	"dits/repo/refs"
	"dits/repo/work"
	"dits/tensorstore"
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
)

func TestCheckoutSwitchesFiles(t *testing.T) {
	f := newFixture(t)
	f.put("a.txt", "one")
	f.put("dir/b.txt", "two")
	f.put("dir/sub/c.txt", "three")
	first := f.save("first")
	_, err := f.CreateBranch("side", "", false)
	require.NoError(t, err)
	f.put("a.txt", "ONE")
	f.remove("dir/sub")
	f.put("new/d.txt", "four")
	second := f.save("second")

	res := f.mustCheckout("side")
	require.Equal(t, &CheckoutResult{Branch: "side", Commit: first, Written: 2, Removed: 1, Bytes: 8}, res)
	require.Equal(t, "one", f.read("a.txt"))
	require.Equal(t, "three", f.read("dir/sub/c.txt"))
	require.False(t, f.exists("new"), "the empty folder goes with its last file")
	require.True(t, f.status().Clean())
	require.Empty(t, f.status().Untracked)

	res = f.mustCheckout("main")
	require.Equal(t, second, res.Commit)
	require.Equal(t, "ONE", f.read("a.txt"))
	require.False(t, f.exists("dir/sub"))
	require.Equal(t, "four", f.read("new/d.txt"))
	require.Empty(t, namesBelow(t, f.path(object.Dir+"/tmp")))
	require.True(t, f.status().Clean())
}

func TestCheckoutHeads(t *testing.T) {
	f := newFixture(t)
	_, err := f.checkout("", CheckoutOptions{NewBranch: "trunk"})
	require.NoError(t, err, "before the first commit only HEAD changes")
	f.put("a", "1")
	first := f.save("first")
	f.put("a", "2")
	second := f.save("second")
	_, err = f.CreateTag("v1", "trunk", TagOptions{Message: "release"})
	require.NoError(t, err)

	head := func() refs.Head {
		h, err := f.Head()
		require.NoError(t, err)
		return h
	}
	f.mustCheckout("HEAD~1")
	require.Equal(t, refs.Head{Commit: first}, head())
	f.mustCheckout("v1")
	require.Equal(t, refs.Head{Commit: second}, head(), "a tag is followed to its commit")
	f.mustCheckout("trunk")
	require.Equal(t, refs.Head{Branch: "trunk", Commit: second}, head())
	_, err = f.checkout("trunk", CheckoutOptions{Detach: true})
	require.NoError(t, err)
	require.Equal(t, refs.Head{Commit: second}, head())
	_, err = f.checkout("trunk~1", CheckoutOptions{NewBranch: "old"})
	require.NoError(t, err)
	require.Equal(t, refs.Head{Branch: "old", Commit: first}, head())
	_, err = f.checkout("", CheckoutOptions{NewBranch: "old"})
	require.ErrorIs(t, err, refs.ErrExists)
	_, err = f.checkout("nope", CheckoutOptions{})
	require.ErrorIs(t, err, refs.ErrUnknownRevision)
	log, err := f.Reflog("HEAD")
	require.NoError(t, err)
	require.Equal(t, "checkout: moving from "+second.String()+" to old", log[0].Reason)

	f.mustCheckout("trunk~0")
	f.put("a", "3")
	third := f.save("on no branch")
	require.Equal(t, refs.Head{Commit: third}, head())
}

// Each case changes the working folder after a commit in which a and d/x are
// "one", and switches to a branch where a and d/x are "two" and new is there.
func TestCheckoutKeepsUnsavedWork(t *testing.T) {
	cases := []struct {
		name               string
		change             func(f *fixture)
		changed, untracked []string // refused for these; both empty: goes through
		after              map[string]string
	}{
		{"clean", func(f *fixture) {}, nil, nil, map[string]string{"a": "two", "same": "same"}},
		{"changed", func(f *fixture) { f.put("a", "mine") }, []string{"a"}, nil, nil},
		{"same size", func(f *fixture) { f.put("a", "uno") }, []string{"a"}, nil, nil},
		{"staged", func(f *fixture) { f.put("a", "mine"); f.add("a") }, []string{"a"}, nil, nil},
		{"two files", func(f *fixture) { f.put("a", "mine"); f.put("d/x", "mine") }, []string{"a", "d/x"}, nil, nil},
		{"touched", func(f *fixture) { f.put("a", "one") }, nil, nil, map[string]string{"a": "two"}},
		{"already new", func(f *fixture) { f.put("a", "two") }, nil, nil, map[string]string{"a": "two"}},
		{"staged new", func(f *fixture) { f.put("a", "two"); f.add("a") }, nil, nil, map[string]string{"a": "two"}},
		{"removed", func(f *fixture) { f.remove("a") }, nil, nil, map[string]string{"a": "two"}},
		{"other file", func(f *fixture) { f.put("same", "mine") }, nil, nil, map[string]string{"a": "two", "same": "mine"}},
		{"other file staged", func(f *fixture) { f.put("same", "mine"); f.add("same") }, nil, nil, map[string]string{"same": "mine"}},
		{"executable", func(f *fixture) { os.Chmod(f.path("a"), 0o755) }, []string{"a"}, nil, nil},
		{"untracked", func(f *fixture) { f.put("new", "mine") }, nil, []string{"new"}, nil},
		{"untracked alike", func(f *fixture) { f.put("new", "new") }, nil, nil, map[string]string{"new": "new"}},
		{"ignored", func(f *fixture) { f.put(work.IgnoreFile, "new"); f.put("new", "mine") }, nil, []string{"new"}, nil},
		{"folder", func(f *fixture) { f.put("new/mine", "mine") }, nil, []string{"new/mine"}, nil},
		{"empty folder", func(f *fixture) { os.MkdirAll(f.path("new/x"), 0o755) }, nil, nil, map[string]string{"new": "new"}},
		{"folder for file", func(f *fixture) { f.remove("a"); f.put("a/mine", "mine") }, nil, []string{"a/mine"}, nil},
		{"file for folder", func(f *fixture) { f.remove("d"); f.put("d", "mine") }, nil, []string{"d"}, nil},
		{"link for folder", func(f *fixture) { f.remove("d"); os.Symlink("elsewhere", f.path("d")) }, nil, []string{"d"}, nil},
		{"link for file", func(f *fixture) { f.remove("a"); os.Symlink("same", f.path("a")) }, []string{"a"}, nil, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f := newFixture(t)
			f.put("a", "one")
			f.put("d/x", "one")
			f.put("same", "same")
			f.save("first")
			_, err := f.checkout("", CheckoutOptions{NewBranch: "two"})
			require.NoError(t, err)
			f.put("a", "two")
			f.put("d/x", "two")
			f.put("new", "new")
			f.save("second")
			f.mustCheckout("main")
			c.change(f)
			before := f.snapshot()
			_, err = f.checkout("two", CheckoutOptions{})
			if c.changed == nil && c.untracked == nil {
				require.NoError(t, err)
				for name, content := range c.after {
					require.Equal(t, content, f.read(name))
				}
				return
			}
			var dirty *work.DirtyError
			require.ErrorAs(t, err, &dirty)
			require.Equal(t, &work.DirtyError{Changed: c.changed, Untracked: c.untracked}, dirty)
			require.Equal(t, before, f.snapshot(), "nothing was touched")
			h, err := f.Head()
			require.NoError(t, err)
			require.Equal(t, "main", h.Branch)
		})
	}
}

// snapshot is everything in the working folder but .dits, links by their target.
func (f *fixture) snapshot() map[string]string {
	f.t.Helper()
	out := map[string]string{}
	require.NoError(f.t, filepath.WalkDir(f.Root, func(path string, d os.DirEntry, err error) error {
		rel, _ := filepath.Rel(f.Root, path)
		switch {
		case err != nil:
			return err
		case rel == object.Dir:
			return filepath.SkipDir
		case d.Type()&os.ModeSymlink != 0:
			target, _ := os.Readlink(path)
			out[rel] = "-> " + target
		case d.Type().IsRegular():
			info, _ := d.Info()
			b, _ := os.ReadFile(path)
			out[rel] = info.Mode().String() + " " + string(b)
		}
		return nil
	}))
	return out
}

func TestCheckoutForce(t *testing.T) {
	f := newFixture(t)
	f.put("a", "one")
	f.put("d/x", "one")
	f.save("first")
	clean := f.snapshot()
	f.put("a", "mine")
	f.add("a")
	f.put("a", "mine again")
	f.remove("d")
	outside := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(outside, "x"), []byte("theirs"), 0o644))
	require.NoError(t, os.Symlink(outside, f.path("d")))
	_, err := f.checkout("", CheckoutOptions{Force: true})
	require.NoError(t, err)
	require.Equal(t, clean, f.snapshot())
	b, err := os.ReadFile(filepath.Join(outside, "x"))
	require.NoError(t, err)
	require.Equal(t, "theirs", string(b), "the link is replaced, not followed")

	f.remove("a")
	f.put("a/precious", "mine")
	_, err = f.checkout("", CheckoutOptions{Force: true})
	require.ErrorIs(t, err, work.ErrDirty, "a folder of untracked files is never removed")
	require.Equal(t, "mine", f.read("a/precious"))
}

// A folder that became a link leads nowhere: not for writing, not for removing.
func TestCheckoutNeverThroughLinks(t *testing.T) {
	f := newFixture(t)
	f.put("a", "one")
	f.save("first")
	_, err := f.checkout("", CheckoutOptions{NewBranch: "two"})
	require.NoError(t, err)
	f.put("d/gone", "two")
	f.put("d/e/x", "two")
	f.save("second")
	outside := t.TempDir()
	for _, name := range []string{"gone", "e/x"} {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(outside, name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(outside, name), []byte("theirs"), 0o644))
	}
	f.remove("d")
	require.NoError(t, os.Symlink(outside, f.path("d")))
	f.mustCheckout("main") // would remove d/gone and d/e/x
	_, err = f.checkout("two", CheckoutOptions{})
	require.ErrorIs(t, err, work.ErrDirty)
	for _, name := range []string{"gone", "e/x"} {
		b, err := os.ReadFile(filepath.Join(outside, name))
		require.NoError(t, err)
		require.Equal(t, "theirs", string(b))
	}
}

func TestCheckoutFileFolderLink(t *testing.T) {
	f := newFixture(t)
	f.put("a", "file")
	f.put("b/c", "folder")
	require.NoError(t, os.Symlink("no such target", f.path("l")))
	f.put("x", "run")
	require.NoError(t, os.Chmod(f.path("x"), 0o755))
	f.save("first")
	first := f.snapshot()
	_, err := f.checkout("", CheckoutOptions{NewBranch: "two"})
	require.NoError(t, err)
	for _, name := range []string{"a", "b", "l", "x"} {
		f.remove(name)
	}
	f.put("a/b/c", "folder now")
	f.put("b", "file now")
	f.put("l/x", "folder now")
	require.NoError(t, os.Symlink("a/b", f.path("x")))
	f.save("second")
	second := f.snapshot()
	for range 2 {
		f.mustCheckout("main")
		require.Equal(t, first, f.snapshot())
		require.True(t, f.status().Clean())
		f.mustCheckout("two")
		require.Equal(t, second, f.snapshot())
		require.True(t, f.status().Clean())
	}
}

// A tree from elsewhere that names what it must not is refused before anything is
// written.
func TestCheckoutRefusesEvilTrees(t *testing.T) {
	for _, name := range []string{"..", ".dits", ".DITS", "a/../../b", "/etc", "a\\b", ""} {
		f := newFixture(t)
		f.put("a", "one")
		f.save("first")
		x, err := f.Index()
		require.NoError(t, err)
		evil := object.EncodeTree([]catalog.TreeEntry{{Name: name, Mode: object.ModeFile, ID: x.Entries[0].ID, Size: 3}})
		c := catalog.Commit{Tree: digest.Sum(evil), Author: "Eve <e@e>", Message: "hi\n"}
		b := object.EncodeCommit(c)
		f.putObjects(t, map[pack.Kind][]byte{pack.Commit: b})
		w := f.Store.Begin(tensorstore.WriterOptions{})
		require.NoError(t, w.PutObject(pack.Tree, c.Tree, evil))
		require.Error(t, w.Flush(), "the catalog refuses it too")
		w.Close()
		before := f.snapshot()
		_, err = f.checkout(digest.Sum(b).String(), CheckoutOptions{Force: true})
		require.Error(t, err, "%q", name)
		require.Equal(t, before, f.snapshot())
	}
}

func (f *fixture) putObjects(t *testing.T, objects map[pack.Kind][]byte) {
	t.Helper()
	w := f.Store.Begin(tensorstore.WriterOptions{})
	defer w.Close()
	for kind, b := range objects {
		require.NoError(t, w.PutObject(kind, digest.Sum(b), b))
	}
	require.NoError(t, w.Flush())
}

// What the store gives is compared to the digest that the tree names.
func TestCopyContentVerifies(t *testing.T) {
	f := newFixture(t)
	f.put("a", "one")
	f.save("first")
	f.put("a", "two")
	f.save("second")
	file := mustFile(t, f, idOf("two"))
	file.ID = idOf("one")
	require.NoError(t, f.CopyContent(context.Background(), &bytes.Buffer{}, mustFile(t, f, idOf("one")), object.NoProgress))
	err := f.CopyContent(context.Background(), &bytes.Buffer{}, file, object.NoProgress)
	require.ErrorIs(t, err, object.ErrCorrupt)
}

func mustFile(t *testing.T, f *fixture, id digest.ID) catalog.File {
	t.Helper()
	file, err := f.ReadFile(id)
	require.NoError(t, err)
	return file
}

// A pipe in the place of a file is the user's: it is in the way, and goes only by force.
func TestCheckoutOverPipe(t *testing.T) {
	f := newFixture(t)
	f.put("a", "file")
	first := f.save("one")
	f.remove("a")
	f.put("b", "other")
	f.save("two")
	require.NoError(t, syscall.Mkfifo(f.path("a"), 0o644))
	_, err := f.checkout(first.String(), CheckoutOptions{})
	var dirty *work.DirtyError
	require.ErrorAs(t, err, &dirty)
	require.Equal(t, []string{"a"}, dirty.Untracked)
	require.True(t, f.exists("b"))
	_, err = f.checkout(first.String(), CheckoutOptions{Force: true})
	require.NoError(t, err)
	require.Equal(t, "file", f.read("a"))
}
