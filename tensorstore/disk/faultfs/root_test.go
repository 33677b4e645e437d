package faultfs_test

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"dits/tensorstore/disk"
	"dits/tensorstore/disk/faultfs"
)

// inRoot is a root over a folder with the file a/x, and its file system.
func inRoot(t *testing.T) (*faultfs.FS, disk.Root) {
	t.Helper()
	dir := t.TempDir()
	if err := errors.Join(os.Mkdir(filepath.Join(dir, "a"), 0o755), os.WriteFile(filepath.Join(dir, "a", "x"), []byte("old"), 0o600)); err != nil {
		t.Fatal(err)
	}
	fsys, err := faultfs.New(dir)
	if err != nil {
		t.Fatal(err)
	}
	root, err := fsys.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	return fsys, root
}

// listing is what is in the folder: names, with the content of files and the target of links.
func listing(t *testing.T, dir string) string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		rel, _ := filepath.Rel(dir, path)
		switch {
		case err != nil || rel == ".":
			return err
		case d.IsDir():
			found[rel+"/"] = ""
		case d.Type()&os.ModeSymlink != 0:
			target, err := os.Readlink(path)
			found[rel+"->"+target] = ""
			return err
		default:
			b, err := os.ReadFile(path)
			found[rel+"="+string(b)] = ""
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(slices.Sorted(maps.Keys(found)), " ")
}

func put(root disk.Root, name string) error {
	f, err := root.Create(name, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write([]byte("new!"))
	return errors.Join(err, f.Close())
}

// What is done in a root is lost as by the file system itself; a folder made anew does
// not bring back what was in the one before.
func TestRootCrash(t *testing.T) {
	again := func(r disk.Root) error {
		return errors.Join(r.Remove("a/x"), r.Remove("a"), r.Mkdir("a", 0o755))
	}
	for _, test := range []struct {
		name string
		do   func(disk.Root) error
		loss faultfs.Loss
		want string
	}{
		{"link", func(r disk.Root) error { return r.Symlink("a", "l") }, faultfs.LoseAll, "a/ a/x=old"},
		{"link", func(r disk.Root) error { return errors.Join(r.Symlink("a", "l"), r.SyncDir(".")) }, faultfs.LoseAll, "a/ a/x=old l->a"},
		{"file", func(r disk.Root) error { return put(r, "f") }, faultfs.LoseNames, "a/ a/x=old"},
		{"file", func(r disk.Root) error { return put(r, "f") }, faultfs.TearData, "a/ a/x=old f=ne"},
		{"synced file", func(r disk.Root) error { return errors.Join(put(r, "f"), r.SyncFiles(".", []string{"f"})) }, faultfs.LoseData, "a/ a/x=old f=new!"},
		{"synced file", func(r disk.Root) error { return errors.Join(put(r, "f"), r.SyncFiles(".", []string{"f"})) }, faultfs.LoseAll, "a/ a/x=old"},
		{"folder anew", again, faultfs.LoseNone, "a/"},
		{"folder anew", again, faultfs.LoseAll, "a/ a/x=old"},
		{"folder anew", func(r disk.Root) error { return errors.Join(again(r), r.SyncDir(".")) }, faultfs.LoseAll, "a/"},
		{"file for a folder", func(r disk.Root) error {
			return errors.Join(r.Remove("a/x"), r.Remove("a"), put(r, "a"), r.SyncDir("."))
		}, faultfs.LoseNames, "a=new!"},
		{"moved", func(r disk.Root) error { return errors.Join(r.Rename("a/x", "y"), r.SyncDir(".")) }, faultfs.LoseAll, "a/ a/x=old y=old"},
	} {
		t.Run(test.name+" "+test.loss.String(), func(t *testing.T) {
			fsys, root := inRoot(t)
			if err := errors.Join(test.do(root), fsys.Crash(test.loss)); err != nil {
				t.Fatal(err)
			}
			if got := listing(t, fsys.Dir()); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// A root's operations are counted, logged and made to fail with those of its file system.
func TestRootFails(t *testing.T) {
	fsys, root := inRoot(t)
	fsys.CrashAt(0)
	for i, err := range []error{
		put(root, "f"), root.Mkdir("d", 0o755), root.Symlink("a", "l"), root.Rename("a/x", "x"), root.Remove("a/x"), root.SyncDir("a"),
		root.SyncFiles("a", []string{"x", "y"}),
	} {
		if !errors.Is(err, faultfs.ErrInjected) {
			t.Errorf("operation %d: got %v, want %v", i, err, faultfs.ErrInjected)
		}
	}
	want := strings.ReplaceAll("create f!mkdir d!symlink l!rename a/x x!remove a/x!syncdir a!sync a/x!", "!", ": injected failure\n")
	if got := fsys.Log(); got != want {
		t.Errorf("got:\n%swant:\n%s", got, want)
	}
	if got := listing(t, fsys.Dir()); got != "a/ a/x=old" {
		t.Errorf("got %q, want what was there", got)
	}
}

func TestMount(t *testing.T) {
	fsys, root := inRoot(t)
	fsys.Mount("a")
	if err := root.Rename("a/x", "x"); !errors.Is(err, syscall.EXDEV) {
		t.Errorf("out of it: got %v, want %v", err, syscall.EXDEV)
	}
	if err := errors.Join(root.Rename("a/x", "a/y"), root.Mkdir("d", 0o700), put(root, "z"), root.Rename("z", "d/z")); err != nil {
		t.Error(err)
	}
}
