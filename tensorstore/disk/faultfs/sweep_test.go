package faultfs_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"dits/tensorstore/disk/faultfs"
)

// A sweep of a change of three operations stops at each of them, and once at none; it
// starts from a copy, and what begin does is not counted.
func TestSweep(t *testing.T) {
	from := t.TempDir()
	if err := os.WriteFile(filepath.Join(from, "f"), []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	change := func(t *testing.T, fsys *faultfs.FS) func() error {
		if err := fsys.MkdirAll(filepath.Join(fsys.Dir(), "d"), 0o700); err != nil {
			t.Fatal(err)
		}
		return func() error {
			return errors.Join(fsys.Remove(filepath.Join(fsys.Dir(), "f")), fsys.Remove(filepath.Join(fsys.Dir(), "d")), fsys.SyncDir(fsys.Dir()))
		}
	}
	var mu sync.Mutex
	var alone []bool
	runs := 0
	check := func(fsys *faultfs.FS) {
		runs++
		if got := listing(t, fsys.Dir()); got != "" && got != "f=old" && got != "d/ f=old" && got != "d/" {
			t.Errorf("got %q", got)
		}
	}
	t.Run("crash", func(t *testing.T) {
		faultfs.Sweep(t, from, 3, func(t *testing.T, fsys *faultfs.FS) (func() error, func(bool)) {
			return change(t, fsys), func(done bool) {
				mu.Lock()
				defer mu.Unlock()
				if check(fsys); done && listing(t, fsys.Dir()) != "" {
					t.Errorf("done, and %q is left", listing(t, fsys.Dir()))
				}
			}
		})
	})
	if runs%4 != 0 || runs == 0 {
		t.Errorf("%d runs, want 4 of each loss", runs)
	}
	faultfs.SweepFailures(t, from, 3, func(t *testing.T, fsys *faultfs.FS) (func() error, func(bool)) {
		return change(t, fsys), func(done bool) {
			alone = append(alone, done)
			check(fsys)
		}
	})
	if !slices.Equal(alone, []bool{false, false, false, true}) {
		t.Errorf("done: %v, want the last", alone)
	}
	if got := listing(t, from); got != "f=old" {
		t.Errorf("the folder itself: %q", got)
	}
}
