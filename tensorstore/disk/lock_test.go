package disk

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/gofrs/flock"
)

// flocks are what file systems make of flock.
var flocks = []struct {
	name   string
	works  bool
	taking func(path string, shared bool) taking
}{
	{"works", true, func(path string, shared bool) taking {
		if shared {
			return taking{path, true, (*flock.Flock).TryRLock}
		}
		return taking{path, false, (*flock.Flock).TryLock}
	}},
	{"lies", false, func(path string, shared bool) taking {
		return taking{path, shared, func(*flock.Flock) (bool, error) { return true, nil }}
	}},
	{"fails", false, func(path string, shared bool) taking {
		return taking{path, shared, func(*flock.Flock) (bool, error) {
			return false, &os.PathError{Op: "flock", Path: path, Err: syscall.ENOLCK}
		}}
	}},
	{"is another user's", false, func(path string, shared bool) taking {
		return taking{path, shared, func(*flock.Flock) (bool, error) {
			return false, &os.PathError{Op: "open", Path: path, Err: syscall.EACCES}
		}}
	}},
}

// left are the files beside the lock.
func left(t *testing.T, path string) string {
	t.Helper()
	files, err := filepath.Glob(escapeGlob(path) + ".*")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(files, " ")
}

// One holds a lock alone, several may share it, with any flock.
func TestLock(t *testing.T) {
	for _, f := range flocks {
		t.Run(f.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "a[b*", "lock")
			if err := os.Mkdir(filepath.Dir(path), 0o700); err != nil {
				t.Fatal(err)
			}
			for _, first := range []bool{false, true} {
				for _, second := range []bool{false, true} {
					l, err := f.taking(path, first).wait(0)
					if err != nil {
						t.Fatal(err)
					}
					l2, err := f.taking(path, second).wait(3 * lockRetry)
					switch {
					case first && second && err != nil:
						t.Errorf("two that share: %v", err)
					case !(first && second) && !errors.Is(err, ErrLocked):
						t.Errorf("shared %v, then %v: got %v, want %v", first, second, err, ErrLocked)
					case !first && !strings.Contains(err.Error(), fmt.Sprintf("process %d on ", os.Getpid())):
						t.Errorf("%v does not say who", err)
					}
					l.Unlock()
					if l2 != nil {
						l2.Unlock()
					}
				}
			}
			if got := left(t, path); got != "" {
				t.Errorf("left: %s", got)
			}
		})
	}
}

// Of many who want a lock one has it at a time, and nobody waits for ever.
func TestLockExcludes(t *testing.T) {
	for _, f := range flocks {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "lock")
			var inside, had atomic.Int32
			var wg sync.WaitGroup
			for range 4 {
				wg.Go(func() {
					for range 5 {
						l, err := f.taking(path, false).wait(time.Minute)
						if err != nil {
							t.Error(err)
							return
						}
						if n := inside.Add(1); n != 1 {
							t.Errorf("%d at once", n)
						}
						time.Sleep(time.Millisecond)
						had.Add(1)
						inside.Add(-1)
						l.Unlock()
					}
				})
			}
			wg.Wait()
			if had.Load() != 20 {
				t.Errorf("had %d times, want 20", had.Load())
			}
		})
	}
}

// deadPID is the number of a process that has ended.
func deadPID(t *testing.T) int {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	return cmd.Process.Pid
}

// The cards of processes that are gone do not keep others out, whatever flock does.
func TestLockStale(t *testing.T) {
	me := thisProcess()
	dead, other, again := me, me, me
	dead.PID = deadPID(t)
	again.Start = "1"
	other.Host, other.Boot, other.Machine = "elsewhere", "another", "of another"
	spell := func(h holder) string {
		b, err := json.Marshal(h)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	for _, test := range []struct {
		name, card string
		age        time.Duration
		locked     bool
	}{
		{"of a dead process", spell(dead), 0, false},
		{"of an older process of the number", spell(again), 0, false},
		{"of another machine", spell(other), time.Hour, true},
		{"of this process", spell(me), 0, true},
		{"torn just now", "{", 0, true},
		{"torn", "", time.Minute, false},
	} {
		for _, f := range flocks {
			for _, name := range []string{"lock.held", "lock.by-X"} {
				t.Run(test.name+", flock "+f.name+", "+name, func(t *testing.T) {
					path := filepath.Join(t.TempDir(), "lock")
					card := filepath.Join(filepath.Dir(path), name)
					then := time.Now().Add(-test.age)
					if err := errors.Join(os.WriteFile(card, []byte(test.card), 0o600), os.Chtimes(card, then, then)); err != nil {
						t.Fatal(err)
					}
					l, err := f.taking(path, false).wait(0)
					if errors.Is(err, ErrLocked) != test.locked || err != nil && !test.locked {
						t.Fatalf("got %v, want locked %v", err, test.locked)
					}
					if test.age == time.Hour && !strings.Contains(err.Error(), "remove "+card) {
						t.Errorf("%v does not say what to do", err)
					}
					if l != nil {
						l.Unlock()
						if got := left(t, path); got != "" {
							t.Errorf("left: %s", got)
						}
					}
				})
			}
		}
	}
}

// A process that dies while it lays its card keeps nobody out: no card is ever seen that is not whole, and what is
// left of it goes.
func TestNoCardIsTorn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	for _, name := range []string{".new-X", ".gone-X"} {
		for _, age := range []time.Duration{0, time.Minute} {
			then := time.Now().Add(-age)
			file := path + name + age.String()
			if err := errors.Join(os.WriteFile(file, nil, 0o600), os.Chtimes(file, then, then)); err != nil {
				t.Fatal(err)
			}
		}
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range 300 {
			l, err := TakeLock(path, time.Second)
			if err != nil {
				t.Error(err)
				return
			}
			l.Unlock()
		}
	}()
	for running := true; running; {
		cards, _ := filepath.Glob(path + ".[bh]*")
		for _, c := range cards {
			if b, err := os.ReadFile(c); err == nil && !json.Valid(b) && !t.Failed() {
				t.Errorf("%s holds %q", c, b)
			}
		}
		select {
		case <-done:
			running = false
		default:
		}
	}
	if got := left(t, path); got != path+".gone-X0s "+path+".new-X0s" {
		t.Errorf("left: %s", got)
	}
}

// A process is gone if it can be told, and only then.
func TestHolderGone(t *testing.T) {
	me := holder{Host: "a", Machine: "m", Boot: "b", Namespace: "n", PID: os.Getpid(), Start: thisProcess().Start}
	for name, test := range map[string]struct {
		change        func(*holder)
		gone, flocked bool // without and with flock
	}{
		"itself":                     {func(*holder) {}, false, false},
		"before this start":          {func(h *holder) { h.Boot = "c" }, true, true},
		"another machine":            {func(h *holder) { h.Boot, h.Host = "c", "z" }, false, false},
		"another machine, same name": {func(h *holder) { h.Boot, h.Machine = "c", "z" }, false, false},
		"a container of this one":    {func(h *holder) { h.Host, h.Namespace = "z", "o" }, false, true},
	} {
		h := me
		test.change(&h)
		if got := h.gone(me, false); got != test.gone {
			t.Errorf("%s: gone %v, want %v", name, got, test.gone)
		}
		if got := h.gone(me, true); got != test.flocked {
			t.Errorf("%s, flocked: gone %v, want %v", name, got, test.flocked)
		}
	}
}

// One who finds a card and moves another, made since, puts that back.
func TestRemoveCard(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock.held")
	if err := os.WriteFile(path, []byte("new"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := removeCard(path, []byte("old")); !errors.Is(err, ErrLocked) {
		t.Errorf("got %v, want %v", err, ErrLocked)
	}
	if b, err := os.ReadFile(path); string(b) != "new" {
		t.Errorf("got %q, %v", b, err)
	}
	if err := removeCard(path, []byte("new")); err != nil || left(t, strings.TrimSuffix(path, ".held")) != "" {
		t.Error(err, left(t, path))
	}
}

// A file system without flock and with nothing to write on is named.
func TestLockFailsNamed(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "lock")
	f := flocks[2].taking(path, false)
	_, err := taking{filepath.Join(dir, strings.Repeat("l", 240)), false, f.try}.wait(0) // the name of a card is too long
	if err == nil || errors.Is(err, ErrLocked) || FileSystem(dir) != "" && !strings.Contains(err.Error(), "flock on "+FileSystem(dir)) {
		t.Errorf("got %v, want the file system %s", err, FileSystem(dir))
	}
}
