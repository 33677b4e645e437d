package faultfs_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"dits/tensorstore/disk/faultfs"
)

// A script is a writer of the file "f", which held "old" before, that does what
// the letters say: w writes "new!", s syncs it, r renames it over f, d syncs the
// folder.
func run(t *testing.T, script string) (*faultfs.FS, string) {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "f")
	if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	fsys, err := faultfs.New(dir)
	if err != nil {
		t.Fatal(err)
	}
	f, err := fsys.CreateTemp(dir, "tmp-*")
	if err != nil {
		t.Fatal(err)
	}
	for _, op := range script {
		switch op {
		case 'w':
			_, err = f.Write([]byte("new!"))
		case 's':
			err = f.Sync()
		case 'r':
			err = fsys.Rename(f.Name(), path)
		case 'd':
			err = fsys.SyncDir(dir)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return fsys, path
}

// Writers that leave out a sync must lose what a disk may lose.
func TestCrash(t *testing.T) {
	for _, test := range []struct {
		script string
		loss   faultfs.Loss
		want   string
	}{
		{"wsrd", faultfs.LoseAll, "new!"},
		{"wsrd", faultfs.TearData, "new!"},
		{"wsrd", faultfs.LoseNames, "new!"},
		{"wsr", faultfs.LoseAll, "old"},
		{"wsr", faultfs.LoseNames, "old"},
		{"wsr", faultfs.LoseData, "new!"},
		{"wrd", faultfs.LoseAll, ""},
		{"wr", faultfs.LoseData, ""},
		{"wr", faultfs.TearData, "ne"},
		{"wswr", faultfs.TearData, "new!ne"},
		{"wr", faultfs.LoseNames, "old"},
		{"wr", faultfs.LoseNone, "new!"},
		{"ws", faultfs.LoseNone, "old"},
	} {
		t.Run(test.script+" "+test.loss.String(), func(t *testing.T) {
			fsys, path := run(t, test.script)
			if err := fsys.Crash(test.loss); err != nil {
				t.Fatal(err)
			}
			got, err := os.ReadFile(path)
			if err != nil || string(got) != test.want {
				t.Errorf("got %q, %v, want %q", got, err, test.want)
			}
		})
	}
}

// A file that was never named durably is gone; what is lost once stays lost.
func TestCrashTwice(t *testing.T) {
	fsys, path := run(t, "wsr")
	if err := fsys.Remove(path); err != nil {
		t.Fatal(err)
	}
	for _, loss := range []faultfs.Loss{faultfs.LoseData, faultfs.LoseAll} {
		if err := fsys.Crash(loss); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%v: stat: got %v, want %v", loss, err, fs.ErrNotExist)
		}
	}
}

// A removal is durable once the folder was synced.
func TestCrashRemoved(t *testing.T) {
	for _, sync := range []bool{false, true} {
		fsys, path := run(t, "wsrd")
		err := fsys.Remove(path)
		if sync {
			err = errors.Join(err, fsys.SyncDir(filepath.Dir(path)))
		}
		if err := errors.Join(err, fsys.Crash(faultfs.LoseAll)); err != nil {
			t.Fatal(err)
		}
		_, err = os.Stat(path)
		if gone := errors.Is(err, fs.ErrNotExist); gone != sync {
			t.Errorf("synced %v, gone %v", sync, gone)
		}
	}
}

// A folder is as durable as its name in its parent, and takes its files along.
func TestCrashFolder(t *testing.T) {
	for _, syncParent := range []bool{false, true} {
		dir := t.TempDir()
		fsys, err := faultfs.New(dir)
		if err != nil {
			t.Fatal(err)
		}
		sub := filepath.Join(dir, "a", "b")
		steps := []error{fsys.MkdirAll(sub, 0o755), fsys.SyncDir(filepath.Dir(sub))}
		f, err := fsys.CreateTemp(sub, "x*y")
		if err != nil {
			t.Fatal(err)
		}
		steps = append(steps, f.Sync(), f.Close(), fsys.SyncDir(sub))
		if syncParent {
			steps = append(steps, fsys.SyncDir(dir))
		}
		if err := errors.Join(append(steps, fsys.Crash(faultfs.LoseAll))...); err != nil {
			t.Fatal(err)
		}
		_, err = os.Stat(filepath.Join(sub, "x1y"))
		if survived := err == nil; survived != syncParent {
			t.Errorf("parent synced %v, file there %v", syncParent, survived)
		}
	}
}

func TestFailAt(t *testing.T) {
	dir := t.TempDir()
	fsys, err := faultfs.New(dir)
	if err != nil {
		t.Fatal(err)
	}
	fsys.FailAt(1)
	f, err := fsys.CreateTemp(dir, "f*")
	if err != nil {
		t.Fatal(err)
	}
	if n, err := f.Write([]byte("abcd")); n != 2 || !errors.Is(err, faultfs.ErrInjected) {
		t.Errorf("write: got %d, %v, want 2 and the injected failure", n, err)
	}
	if n, err := f.Write([]byte("ef")); n != 2 || err != nil {
		t.Errorf("write after the failure: got %d, %v", n, err)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	if got, _ := os.ReadFile(f.Name()); string(got) != "abef" {
		t.Errorf("content %q, want \"abef\"", got)
	}
	want := "create f1\nwrite f1 4: injected failure\nwrite f1 2\nclose f1\n"
	if got := fsys.Log(); got != want || !fsys.Failed() {
		t.Errorf("failed %v, log:\n%swant:\n%s", fsys.Failed(), got, want)
	}
}

// What the file system does not know of, it does not move.
func TestRenameUnknown(t *testing.T) {
	dir := t.TempDir()
	fsys, err := faultfs.New(dir)
	if err != nil {
		t.Fatal(err)
	}
	foreign, folder := filepath.Join(dir, "foreign"), filepath.Join(dir, "folder")
	if err := errors.Join(os.WriteFile(foreign, nil, 0o600), fsys.MkdirAll(folder, 0o700)); err != nil {
		t.Fatal(err)
	}
	for _, from := range []string{foreign, folder} {
		if err := fsys.Rename(from, from+"2"); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: got %v, want %v", from, err, fs.ErrNotExist)
		}
	}
}

func TestCrashAt(t *testing.T) {
	dir := t.TempDir()
	fsys, err := faultfs.New(dir)
	if err != nil {
		t.Fatal(err)
	}
	f, err := fsys.CreateTemp(dir, "f*")
	if err != nil {
		t.Fatal(err)
	}
	fsys.CrashAt(1)
	_, werr := f.Write([]byte("a"))
	_, cerr := fsys.CreateTemp(dir, "f*")
	for i, err := range []error{
		werr, cerr, f.Chmod(0o400), f.Sync(), f.Close(), fsys.Rename(f.Name(), f.Name()+"x"),
		fsys.Remove(f.Name()), fsys.MkdirAll(filepath.Join(dir, "d"), 0o700), fsys.SyncDir(dir),
	} {
		if !errors.Is(err, faultfs.ErrInjected) {
			t.Errorf("operation %d: got %v, want %v", i+1, err, faultfs.ErrInjected)
		}
	}
}
