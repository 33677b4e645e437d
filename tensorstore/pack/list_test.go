package pack

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"dits/tensorstore/disk"
	"dits/tensorstore/disk/faultfs"
)

func touch(t *testing.T, path string, age time.Duration) {
	t.Helper()
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	then := time.Now().Add(-age)
	if err := os.Chtimes(path, then, then); err != nil {
		t.Fatal(err)
	}
}

func TestList(t *testing.T) {
	dir := t.TempDir()
	var want []string
	for _, name := range []string{"x", "y", "z"} {
		want = append(want, id(name).String())
		touch(t, Path(dir, id(name).String()), 0)
	}
	slices.Sort(want)
	upper := strings.ToUpper(id("u").String())
	for _, other := range []string{
		".tmp-pack-1", "notes.txt", "short.pack", id("w").String(), id("w").String() + ".pack.old",
		upper + ".pack", strings.Repeat("g", 64) + ".pack",
	} {
		touch(t, filepath.Join(dir, other), 0)
	}
	if err := os.Mkdir(Path(dir, id("folder").String()), 0o700); err != nil {
		t.Fatal(err)
	}
	got, err := List(dir)
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
	if _, err := List(filepath.Join(dir, "missing")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing folder: got %v", err)
	}
}

func TestRemoveTemporaries(t *testing.T) {
	dir := t.TempDir()
	keep := []string{".tmp-pack-2", ".hidden", id("x").String() + ".pack", "tmp-3"}
	touch(t, filepath.Join(dir, ".tmp-pack-1"), 2*time.Hour)
	touch(t, filepath.Join(dir, ".tmp-4"), 2*time.Hour)
	touch(t, filepath.Join(dir, keep[0]), time.Minute)
	for _, name := range keep[1:] {
		touch(t, filepath.Join(dir, name), 2*time.Hour)
	}
	folder := filepath.Join(dir, ".tmp-folder")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(folder, time.Unix(0, 0), time.Unix(0, 0)); err != nil {
		t.Fatal(err)
	}
	if err := RemoveTemporaries(disk.OS, dir, time.Hour); err != nil {
		t.Fatal(err)
	}
	wantFiles(t, dir, len(keep)+1)
	for _, name := range keep {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
}

// One that cannot be removed is reported and does not stop the rest.
func TestRemoveTemporariesError(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{".tmp-1", ".tmp-2", ".tmp-3"} {
		touch(t, filepath.Join(dir, name), time.Hour)
	}
	fsys, err := faultfs.New(dir)
	if err != nil {
		t.Fatal(err)
	}
	fsys.FailAt(1)
	if err := RemoveTemporaries(fsys, dir, time.Minute); !errors.Is(err, faultfs.ErrInjected) {
		t.Errorf("got %v, want %v", err, faultfs.ErrInjected)
	}
	wantFiles(t, dir, 1)
}

func TestKindString(t *testing.T) {
	for kind, want := range map[Kind]string{
		0: "kind 0", 1: "chunk", 2: "blob", 3: "manifest", 4: "tree", 5: "commit", 6: "prediction", 7: "tag",
		8: "kind 8", 255: "kind 255",
	} {
		if got := kind.String(); got != want {
			t.Errorf("%d: got %q, want %q", uint8(kind), got, want)
		}
	}
}
