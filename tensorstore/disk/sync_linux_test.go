package disk

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"golang.org/x/sys/unix"
)

// Files of a file system in memory are synced together, and what cannot be told of a file is an error.
func TestSyncWhole(t *testing.T) {
	dir, err := os.MkdirTemp("/dev/shm", "dits-sync-*")
	if err != nil {
		t.Skip("no file system in memory: ", err)
	}
	defer os.RemoveAll(dir)
	root, err := OS.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	err = root.(osRoot).in("sync", "x", func(in *folder, _ string) error {
		if syncWhole(in, worthWhole-1) || !syncWhole(in, worthWhole) {
			t.Errorf("it is synced as a whole for fewer than %d files, or not for so many", worthWhole)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for i := range worthWhole {
		names = append(names, strconv.Itoa(i))
		if err := os.WriteFile(filepath.Join(dir, names[i]), []byte("text"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if err := root.SyncFiles(".", names); err != nil {
		t.Fatal(err)
	}
	for _, missing := range []int{0, worthWhole - 1} {
		if err := os.Remove(filepath.Join(dir, names[missing])); err != nil {
			t.Fatal(err)
		}
		if err := root.SyncFiles(".", names); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("file %d is missing: got %v", missing, err)
		}
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	if err := wasWritten(w); !errors.Is(err, unix.ESPIPE) {
		t.Errorf("a pipe was written: got %v, want %v", err, unix.ESPIPE)
	}
}
