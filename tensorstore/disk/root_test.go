package disk_test

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"dits/tensorstore/disk"
	"dits/tensorstore/disk/faultfs"
)

// eachRoot runs a test on every implementation, with a folder "outside" beside the root.
func eachRoot(t *testing.T, test func(t *testing.T, root disk.Root, dir string)) {
	for name, open := range map[string]func(dir string) (disk.FS, error){
		"OS":      func(string) (disk.FS, error) { return disk.OS, nil },
		"faultfs": func(dir string) (disk.FS, error) { return faultfs.New(dir) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "root")
			outside := filepath.Join(filepath.Dir(dir), "outside")
			if err := errors.Join(os.Mkdir(dir, 0o755), os.Mkdir(outside, 0o755)); err != nil {
				t.Fatal(err)
			}
			fsys, err := open(dir)
			if err != nil {
				t.Fatal(err)
			}
			root, err := fsys.OpenRoot(dir)
			if err != nil {
				t.Fatal(err)
			}
			defer root.Close()
			test(t, root, dir)
		})
	}
}

func create(root disk.Root, name, content string) error {
	f, err := root.Create(name, 0o640)
	if err != nil {
		return err
	}
	_, err = io.WriteString(f, content)
	return errors.Join(err, f.Sync(), f.Close())
}

func TestRoot(t *testing.T) {
	eachRoot(t, func(t *testing.T, root disk.Root, dir string) {
		if err := errors.Join(root.Mkdir("d", 0o777), create(root, "d/new", "text"), root.Symlink("d/f", "l"),
			root.Rename("d/new", "d/f"), root.SyncDir("d"), root.SyncDir(".")); err != nil {
			t.Fatal(err)
		}
		target, lerr := root.Readlink("l")
		f, err := root.Open("d/f")
		if err = errors.Join(lerr, err); err != nil || target != "d/f" {
			t.Fatal(target, err)
		}
		b, err := io.ReadAll(f)
		if err = errors.Join(err, f.Close()); err != nil || string(b) != "text" {
			t.Errorf("got %q, %v", b, err)
		}
		if info, err := root.Lstat("d/f"); err != nil || info.Mode() != 0o640 {
			t.Errorf("got %v, %v, want mode 0640", info, err)
		}
		entries, err := root.ReadDir(".")
		if err != nil || len(entries) != 2 || entries[0].Name() != "d" || entries[1].Type() != fs.ModeSymlink {
			t.Errorf("got %v, %v, want d and the link", entries, err)
		}
		for what, err := range map[string]error{
			"create what is there": create(root, "d/f", ""), "make a folder that is there": root.Mkdir("d", 0o777),
			"remove a folder with files": root.Remove("d"), "sync what is not there": root.SyncDir("e"),
		} {
			if err == nil {
				t.Errorf("%s: no error", what)
			}
		}
		if err := errors.Join(root.Remove("l"), root.Remove("d/f"), root.Remove("d")); err != nil {
			t.Error(err)
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
			t.Errorf("left: %v, %v", left, err)
		}
	})
}

// Links are not followed, inside of the root either.
func TestRootFollowsNoLink(t *testing.T) {
	eachRoot(t, func(t *testing.T, root disk.Root, dir string) {
		if err := errors.Join(root.Mkdir("d", 0o777), root.Mkdir("d/e", 0o777), create(root, "d/kept", ""), create(root, "f", ""),
			os.Symlink("d", filepath.Join(dir, "l")), os.Symlink("f", filepath.Join(dir, "lf"))); err != nil {
			t.Fatal(err)
		}
		_, rerr := root.ReadDir("l")
		_, lerr := root.Lstat("l/kept")
		_, oerr := root.Open("l/kept")
		_, ferr := root.Open("lf")
		for i, err := range []error{
			create(root, "l/x", ""), root.Mkdir("l/x", 0o777), root.Symlink("a", "l/x"), root.Rename("f", "l/x"),
			root.Rename("l/kept", "x"), root.Remove("l/kept"), root.Remove("l/e"), root.SyncDir("l"), root.SyncDir("l/e"), rerr, lerr, oerr, ferr,
		} {
			if err == nil {
				t.Errorf("operation %d: went through a link", i)
			}
		}
		if got, err := os.ReadDir(filepath.Join(dir, "d")); err != nil || len(got) != 2 {
			t.Errorf("behind the link: %v, %v, want what was there", got, err)
		}
		if err := errors.Join(create(root, "lf2", ""), root.Rename("lf2", "lf"), root.Remove("lf"), root.Remove("l")); err != nil {
			t.Errorf("the link itself: %v", err)
		}
	})
}

// A folder that is exchanged for a link again and again, while files are renamed into it, gets all of them or none.
func TestRootLosesNoRaceForAFolder(t *testing.T) {
	dir := t.TempDir()
	root, err := disk.OS.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	in := func(name string) string { return filepath.Join(dir, name) }
	if err := errors.Join(os.Mkdir(in("d"), 0o755), os.Mkdir(in("other"), 0o755), os.Symlink("other", in("l"))); err != nil {
		t.Fatal(err)
	}
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			select {
			case <-stop:
				return
			default:
			}
			os.Rename(in("d"), in("away"))
			os.Rename(in("l"), in("d"))
			os.Rename(in("d"), in("l"))
			os.Rename(in("away"), in("d"))
		}
	}()
	put := 0
	for i := range 1000 {
		name := "f" + strconv.Itoa(i)
		if create(root, "d/"+name, "") == nil {
			put++
		}
		if create(root, name, "") == nil && root.Rename(name, "d/r"+name) == nil {
			put++
		}
	}
	close(stop)
	<-stopped
	if got, err := os.ReadDir(in("other")); err != nil || len(got) > 0 || put == 0 {
		t.Errorf("%d files behind the link, %v, and %d put", len(got), err, put)
	}
}

// Names and links that lead out are errors, and nothing is changed there.
func TestRootStaysInside(t *testing.T) {
	eachRoot(t, func(t *testing.T, root disk.Root, dir string) {
		outside := filepath.Join(filepath.Dir(dir), "outside")
		if err := errors.Join(os.Symlink(outside, filepath.Join(dir, "l")), create(root, "f", ""),
			os.WriteFile(filepath.Join(outside, "kept"), nil, 0o600)); err != nil {
			t.Fatal(err)
		}
		for _, way := range []string{"../outside/", "l/", "l/../outside/"} {
			_, rerr := root.ReadDir(way + ".")
			_, lerr := root.Lstat(way + "kept")
			for i, err := range []error{
				create(root, way+"x", ""), root.Mkdir(way+"x", 0o777), root.Symlink("a", way+"x"), root.Rename("f", way+"x"),
				root.Remove(way + "kept"), root.SyncDir(way + "."), rerr, lerr,
			} {
				if err == nil {
					t.Errorf("%s: operation %d reached outside", way, i)
				}
			}
		}
		if got, err := os.ReadDir(outside); err != nil || len(got) != 1 {
			t.Errorf("outside: %v, %v, want what was there", got, err)
		}
	})
}

// A folder that was used before and then moved away, or had one above it moved and linked to, is not used through that.
func TestRootForgetsFoldersThatMoved(t *testing.T) {
	for name, move := range map[string]func(in func(string) string) error{
		"itself, a link in its place": func(in func(string) string) error {
			return errors.Join(os.Rename(in("a/b"), in("a/old")), os.Symlink("old", in("a/b")))
		},
		"the one above, a link in its place": func(in func(string) string) error {
			return errors.Join(os.Rename(in("a"), in("../outside/a")), os.Symlink("../outside/a", in("a")))
		},
		"another in its place": func(in func(string) string) error {
			return errors.Join(os.Rename(in("a/b"), in("a/old")), os.Mkdir(in("a/b"), 0o755))
		},
	} {
		t.Run(name, func(t *testing.T) {
			eachRoot(t, func(t *testing.T, root disk.Root, dir string) {
				if err := errors.Join(root.Mkdir("a", 0o777), root.Mkdir("a/b", 0o777), create(root, "a/b/first", "")); err != nil {
					t.Fatal(err)
				}
				if err := move(func(name string) string { return filepath.Join(dir, filepath.FromSlash(name)) }); err != nil {
					t.Fatal(err)
				}
				err := create(root, "a/b/second", "")
				if moved := name == "another in its place"; (err == nil) != moved {
					t.Errorf("got %v", err)
				}
				for _, old := range []string{"a/old/second", "../outside/a/b/second"} {
					if _, err := os.Lstat(filepath.Join(dir, filepath.FromSlash(old))); err == nil {
						t.Errorf("%s: was made", old)
					}
				}
			})
		})
	}
}

// Content that was synced with others survives what names and all else do not.
func TestSyncFiles(t *testing.T) {
	eachRoot(t, func(t *testing.T, root disk.Root, dir string) {
		var names []string
		for i := range 100 {
			f, err := root.Create(strconv.Itoa(i), 0o666)
			if err != nil {
				t.Fatal(err)
			}
			_, err = io.WriteString(f, "text")
			if err := errors.Join(err, f.Close()); err != nil {
				t.Fatal(err)
			}
			names = append(names, strconv.Itoa(i))
		}
		if err := errors.Join(root.SyncFiles(".", names[:3]), root.SyncFiles(".", names)); err != nil {
			t.Fatal(err)
		}
		if err := root.SyncFiles(".", []string{"none"}); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("one that is not there: %v", err)
		}
	})
}
