package faultfs

import (
	"errors"
	"os"
	"testing"
)

// Sweep makes a change again and again, each time in a copy of the folder from ("" is
// an empty one): it is stopped at operation 0, 1, 2, … until it ends by itself, and then
// the machine loses power, once for each loss. At least minOps operations are wanted, or
// the sweep sweeps nothing.
//
// begin prepares a run, the operations of which do not count, and returns the change
// and what checks the folder afterwards. If done is set, the change has returned without
// an error, and nothing of it may be lost. begin runs in several goroutines at once.
//
// With the race detector, which would take ten times as long and finds nothing else
// here, there is only the worst loss.
func Sweep(t *testing.T, from string, minOps int, begin func(*testing.T, *FS) (do func() error, check func(done bool))) {
	t.Helper()
	losses := Losses
	if underRace {
		losses = losses[:1]
	}
	for _, loss := range losses {
		t.Run(loss.String(), func(t *testing.T) {
			t.Parallel()
			k := 0
			for crashAt(t, from, k, loss, begin) {
				k++
			}
			if k < minOps {
				t.Errorf("%d operations, want at least %d for a sweep", k, minOps)
			}
		})
	}
}

// crashAt says whether there was an operation k.
func crashAt(t *testing.T, from string, k int, loss Loss, begin func(*testing.T, *FS) (func() error, func(bool))) bool {
	t.Helper()
	var stopped bool
	inCopy(t, from, func(fsys *FS) {
		do, check := begin(t, fsys)
		fsys.CrashAt(fsys.ops + k)
		err := do()
		stopped = fsys.Failed()
		if err != nil && (!stopped || !errors.Is(err, ErrInjected)) {
			t.Fatalf("operation %d: got %v, want %v", k, err, ErrInjected)
		}
		log := fsys.Log()
		if err := fsys.Crash(loss); err != nil {
			t.Fatal(err)
		}
		checkRun(t, k, log, func() { check(err == nil) })
	})
	return stopped
}

// SweepFailures is Sweep with each operation failing alone, as on a full disk, instead
// of a crash. The change may succeed nonetheless.
func SweepFailures(t *testing.T, from string, minOps int, begin func(*testing.T, *FS) (do func() error, check func(done bool))) {
	t.Helper()
	failed := true
	for k := 0; failed; k++ {
		inCopy(t, from, func(fsys *FS) {
			do, check := begin(t, fsys)
			fsys.FailAt(fsys.ops + k)
			err := do()
			if failed = fsys.Failed(); err != nil && !failed {
				t.Fatal(err)
			}
			if !failed && k < minOps {
				t.Errorf("%d operations, want at least %d for a sweep", k, minOps)
			}
			checkRun(t, k, fsys.Log(), func() { check(err == nil) })
		})
	}
}

// checkRun calls check, and says which run it was if that fails.
func checkRun(t *testing.T, k int, log string, check func()) {
	defer func() {
		if t.Failed() {
			t.Logf("operation %d:\n%s", k, log)
		}
	}()
	check()
	if t.Failed() {
		t.FailNow() // the others would most likely say the same
	}
}

// inCopy runs f with a copy of the folder from, in memory where that can be had: what
// other writers flush would only take time.
func inCopy(t *testing.T, from string, f func(*FS)) {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "dits-sweep-*")
	if err != nil {
		dir = t.TempDir()
	}
	defer os.RemoveAll(dir)
	if from != "" {
		if err := os.CopyFS(dir, os.DirFS(from)); err != nil {
			t.Fatal(err)
		}
	}
	fsys, err := New(dir)
	if err != nil {
		t.Fatal(err)
	}
	f(fsys)
}
