//go:build unix

package main

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"dits/repo/repotest"
	"dits/tensorstore/storetest"
)

// keepersEach is how many processes put a store in order before all of it is read.
const keepersEach = 12

// TestKillBeside kills, or stops for a while, processes that put a store in order, at random moments, while other
// processes add, commit, switch and drop branches in two repositories of the store. Afterwards fsck finds nothing, and
// every file of every commit that was made and not dropped has its bytes.
func TestKillBeside(t *testing.T) {
	keepers := 2 * killRounds / 5
	if testing.Short() {
		keepers = 6
	}
	if n, err := strconv.Atoi(os.Getenv("DITS_KILLS")); err == nil {
		keepers = n
	}
	var b *beside
	var died, stopped, ended, commits, read int
	for from := 0; from < keepers; from += keepersEach {
		b = newBeside(t, uint64(from))
		b.work(min(keepersEach, keepers-from))
		read += b.check()
		died, stopped, ended = died+b.died, stopped+b.stopped, ended+b.ended
		for _, w := range b.writers {
			commits += w.made
		}
	}
	t.Logf("of %d keepers %d died at work, %d were stopped, %d did all they had to; %d commits were made, %d files read",
		keepers, died, stopped, ended, commits, read)
	if died+stopped <= keepers/6 || commits == 0 || ended == 0 {
		t.Error("want keepers that were disturbed, some that were not, and commits beside them")
	}
}

// A beside is two repositories with one store, and what is done to that.
type beside struct {
	t       *testing.T
	random  *rand.Rand
	writers []*writing
	enough  atomic.Bool // the writers have done enough

	died, stopped, ended int // keepers
}

func newBeside(t *testing.T, seed uint64) *beside {
	dits, err := exec.LookPath("dits")
	if err != nil {
		t.Fatal(err)
	}
	b := &beside{t: t, random: rand.New(rand.NewPCG(seed, 1))}
	root := t.TempDir()
	for i, name := range []string{"one", "two"} {
		w := &writing{t: t, dits: dits, dir: filepath.Join(root, name), random: rand.New(rand.NewPCG(seed, uint64(2+i))),
			base: storetest.Weights(seed+uint64(i), rows*width), sums: map[string]sums{}}
		if err := os.Mkdir(w.dir, 0o755); err != nil {
			t.Fatal(err)
		}
		w.must("init", "--store", filepath.Join(root, "store"))
		w.commit("main")
		b.writers = append(b.writers, w)
	}
	return b
}

// work runs keepers one after another beside the writers.
func (b *beside) work(keepers int) {
	var g sync.WaitGroup
	for _, w := range b.writers {
		g.Go(func() {
			for n := 0; !b.enough.Load() && !b.t.Failed(); n++ {
				w.step(n)
			}
		})
	}
	for range keepers {
		if !b.t.Failed() {
			b.keep()
		}
	}
	b.enough.Store(true)
	g.Wait()
	if b.t.Failed() {
		b.t.FailNow()
	}
}

// keep runs a keeper, which may not live to its end, or hang for a while.
func (b *beside) keep() {
	args := [][]string{{"gc"}, {"gc", "--grace", "0"}, {"gc", "--grace", "0"}, {"repack"}}[b.random.IntN(4)]
	var stderr bytes.Buffer
	cmd := b.writers[b.random.IntN(len(b.writers))].command(args...)
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		b.t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	b.disturb(cmd.Process, done)
	var exit *exec.ExitError
	switch err := <-done; {
	case err == nil:
		b.ended++
	case errors.As(err, &exit) && exit.ExitCode() == -1:
		b.died++
	default:
		allow(b.t, args, exit, stderr.String())
	}
}

// disturb kills a process at some moment, or stops it for a while, if it has not ended before.
func (b *beside) disturb(p *os.Process, done chan error) {
	select {
	case err := <-done:
		done <- err
		return
	case <-time.After(time.Duration(b.random.IntN(300)) * time.Millisecond):
	}
	if b.random.IntN(2) == 0 {
		_ = p.Kill() // it may have ended meanwhile
	} else if p.Signal(syscall.SIGSTOP) == nil {
		time.Sleep(time.Duration(b.random.IntN(200)) * time.Millisecond)
		_ = p.Signal(syscall.SIGCONT)
		b.stopped++
	}
}

// allow makes sure that a command that failed was in the way of another, and says so.
func allow(t *testing.T, args []string, exit *exec.ExitError, stderr string) {
	t.Helper()
	if exit != nil {
		switch code := exit.ExitCode(); {
		case code == exitLocked, code == exitDifferent && args[0] == "commit":
			return
		case code == exitError && (strings.Contains(stderr, "by another process meanwhile") ||
			strings.Contains(stderr, "the store changed since")):
			return
		}
	}
	t.Errorf("dits %s: %v\n%s", strings.Join(args, " "), exit, stderr)
}

// check reads all that is there, and says how many files that were.
func (b *beside) check() (read int) {
	for _, w := range b.writers {
		w.must("fsck")
		for _, id := range slices.Sorted(maps.Keys(w.sums)) {
			for path, want := range w.sums[id] {
				if got := sha256.Sum256([]byte(w.must("cat", id+":"+path))); got != want {
					b.t.Fatalf("commit %.10s: %s: SHA-256 %x, want %x", id, path, got, want)
				}
				read++
			}
		}
	}
	return read
}

// The shape of the tensors that are written.
const rows, width = 64, 256

// sums are the SHA-256 of files by path.
type sums map[string][sha256.Size]byte

// A writing is one process after another that works in a repository.
type writing struct {
	t      *testing.T
	dits   string
	dir    string
	random *rand.Rand
	base   []byte
	sums   map[string]sums // of the commits that were made and not dropped, by their ids
	made   int             // commits
}

func (w *writing) command(args ...string) *exec.Cmd {
	cmd := exec.Command(w.dits, args...)
	cmd.Dir = w.dir
	return cmd
}

// must runs a command that has to succeed.
func (w *writing) must(args ...string) string {
	w.t.Helper()
	out, ok := w.run(args...)
	if !ok {
		w.t.Errorf("dits %s: did not succeed", strings.Join(args, " "))
	}
	if w.t.Failed() {
		w.t.FailNow()
	}
	return out
}

// run runs a command, and says whether it was not in the way of another.
func (w *writing) run(args ...string) (string, bool) {
	w.t.Helper()
	cmd := w.command(args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		var exit *exec.ExitError
		errors.As(err, &exit)
		allow(w.t, args, exit, stderr.String())
	}
	return string(out), err == nil
}

// step does one of the things that people do.
func (w *writing) step(n int) {
	switch n % 3 {
	case 0:
		w.write() // what nothing leads to once the next version is staged
		w.run("add", "-A")
		w.commit("main")
	case 1:
		w.branch(fmt.Sprint("side-", n))
	case 2:
		w.run("checkout", "-f", "HEAD~1")
		w.run("checkout", "-f", "main")
	}
}

// branch makes a branch with a commit, and drops both.
func (w *writing) branch(name string) {
	if _, ok := w.run("checkout", "-b", name); !ok {
		return
	}
	id := w.commit(name)
	if _, ok := w.run("checkout", "-f", "main"); !ok {
		return
	}
	if _, ok := w.run("branch", "-D", name); ok {
		delete(w.sums, id)
		w.run("reflog", "expire", "--all", "--expire-unreachable", "0")
	}
}

// commit writes new versions, commits them, and returns the commit; "" where others were in the way.
func (w *writing) commit(message string) string {
	now := w.write()
	if _, ok := w.run("add", "-A", "--level", []string{"fast", "default"}[w.random.IntN(2)]); !ok {
		return ""
	}
	if _, ok := w.run("commit", "-m", message); !ok {
		return ""
	}
	out, ok := w.run("show")
	id, _, _ := strings.Cut(strings.TrimPrefix(out, "commit "), " ")
	if !ok || len(id) != 64 {
		w.t.Errorf("show: commit %q, want 64 digits", id)
		return ""
	}
	w.sums[id] = now
	w.made++
	return id
}

// write puts new versions into the working folder: fine-tunes of one base, one of them an earlier one as it was.
func (w *writing) write() sums {
	now := sums{}
	for name, version := range map[string]int{"a.safetensors": w.random.IntN(6), "b.safetensors": w.random.IntN(1 << 30)} {
		left := storetest.TunedRows(uint64(version), w.base, width)
		right := storetest.TunedRows(uint64(version+1), w.base, width)
		file := []byte(repotest.TensorsFile(fmt.Sprint(version, w.made),
			repotest.Tensor{Name: "left.weight", DType: "BF16", Shape: []int64{rows, width}, Data: left},
			repotest.Tensor{Name: "right.weight", DType: "BF16", Shape: []int64{rows, width}, Data: right}))
		now[name] = sha256.Sum256(file)
		if err := os.WriteFile(filepath.Join(w.dir, name), file, 0o644); err != nil {
			w.t.Error(err)
		}
	}
	return now
}
