package main

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestKill kills the real process with SIGKILL, at moments spread over the whole run of
// add and of commit and right after some of their steps. After each kill every ref reads
// back bit for bit or has its old value, fsck finds nothing, and the next add and commit
// need no repair.
func TestKill(t *testing.T) {
	rounds := killRounds
	if testing.Short() {
		rounds = 5
	}
	if n, err := strconv.Atoi(os.Getenv("DITS_KILLS")); err == nil {
		rounds = n
	}
	k := newKilling(t)
	add, commit := k.measure()
	t.Logf("undisturbed: add %v, commit %v", add, commit)
	for round := range rounds {
		if round%killsEach == 0 {
			k.renew()
		}
		k.replace(round)
		// The delays are stratified, so that all stages are hit, and random within their
		// stratum. Some stages are too short for that: every third process dies as soon as
		// it has made a certain step.
		part := 1.3 * (float64(round) + k.random.Float64()) / float64(rounds)
		step := killSteps[round/3%len(killSteps)]
		switch round % 3 {
		case 0:
			k.kill(after(time.Duration(part*float64(add))), "add", "-A")
		case 1:
			k.must("add", "-A")
			k.kill(after(time.Duration(part*float64(commit))), "commit", "-m", fmt.Sprint("round ", round))
		case 2:
			if step.args[0] == "commit" {
				k.must("add", "-A")
			}
			k.kill(k.changed(step.file), step.args...)
		}
		k.check()
		k.finish(round)
	}
	t.Logf("%d of %d processes died at work, the others had ended; %d commits were made all the same", k.died, rounds, k.made)
	if k.died <= rounds/6 {
		t.Errorf("%d of %d processes were killed at work, want more than a sixth", k.died, rounds)
	}
}

// A killing is a repository whose processes die.
type killing struct {
	t      *testing.T
	dits   string
	dir    string
	models [][]byte // of the family
	random *rand.Rand
	died   int // processes
	made   int // commits by processes that were to be killed

	commits []string                       // ids of those that were made, the last one last
	sums    map[string]map[string][32]byte // SHA-256 by path of each of them
}

// killsEach is how many kills a repository lives through: fsck reads all of it each time.
const killsEach = 6

func newKilling(t *testing.T) *killing {
	dits, err := exec.LookPath("dits") // TestMain put the test binary there
	if err != nil {
		t.Fatal(err)
	}
	k := &killing{t: t, dits: dits, random: rand.New(rand.NewPCG(1, 2))}
	for _, name := range []string{"base.safetensors", "ft-customer.safetensors", "merged-lora.safetensors"} {
		b, err := os.ReadFile(filepath.Join(family(t), name))
		if err != nil {
			t.Fatal(err)
		}
		k.models = append(k.models, b)
	}
	k.renew()
	return k
}

// renew begins a repository with one commit.
func (k *killing) renew() {
	k.dir, k.commits, k.sums = k.t.TempDir(), nil, map[string]map[string][32]byte{}
	k.must("init")
	k.replace(-1)
	k.must("add", "-A")
	k.must("commit", "-m", "first")
	k.note()
}

// command is a dits in the repository.
func (k *killing) command(args ...string) *exec.Cmd {
	cmd := exec.Command(k.dits, args...)
	cmd.Dir = k.dir
	return cmd
}

// must runs a command that has to succeed, and returns its output.
func (k *killing) must(args ...string) string {
	k.t.Helper()
	cmd := k.command(args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		k.t.Fatalf("dits %s: %v\n%s%s", strings.Join(args, " "), err, out, stderr.Bytes())
	}
	return string(out)
}

// replace writes new content into the working folder: a model of the family with some
// weights moved, and a file that no round has had.
func (k *killing) replace(round int) {
	model := bytes.Clone(k.models[(round+1)%len(k.models)])
	for i := 0; i < len(model)/8; i++ {
		at := 4096 + k.random.IntN(len(model)-4096)
		model[at&^1] ^= byte(1 + k.random.IntN(3)) // the low bits of a BF16
	}
	other := bytes.Clone(k.models[1])
	other[len(other)-1-k.random.IntN(100000)] ^= 1
	for name, b := range map[string][]byte{"model.safetensors": model, "other.safetensors": other, "notes.txt": fmt.Append(nil, "round ", round)} {
		if err := os.WriteFile(filepath.Join(k.dir, name), b, 0o644); err != nil {
			k.t.Fatal(err)
		}
	}
}

// measure is how long add and commit take when nobody disturbs them.
func (k *killing) measure() (add, commit time.Duration) {
	k.replace(-2 + len(k.models))
	start := time.Now()
	k.must("add", "-A")
	add, start = time.Since(start), time.Now()
	k.must("commit", "-m", "measured")
	commit = time.Since(start)
	k.note()
	return add, commit
}

// killSteps are what a command does in order: the folder or file that it changes, and
// with it the moment to die.
var killSteps = []struct {
	file string
	args []string
}{
	{"store/packs", []string{"add", "-A"}},
	{"logs/HEAD", []string{"commit", "-m", "killed"}},
	{"index", []string{"add", "-A"}},
	{"store/packs", []string{"commit", "-m", "killed"}},
	{"refs/heads/main", []string{"commit", "-m", "killed"}},
	{"store/catalog.db-wal", []string{"add", "-A"}},
}

// after says whether that long has passed since the first call.
func after(d time.Duration) func() bool {
	var start time.Time
	return func() bool {
		if start.IsZero() {
			start = time.Now()
		}
		time.Sleep(d / 50)
		return time.Since(start) >= d
	}
}

// changed says whether a file or folder of .dits is not as it was now.
func (k *killing) changed(name string) func() bool {
	state := func() string {
		info, err := os.Stat(filepath.Join(k.dir, ".dits", filepath.FromSlash(name)))
		if err != nil {
			return "none"
		}
		return fmt.Sprint(info.Size(), info.ModTime().UnixNano())
	}
	before := state()
	return func() bool { return state() != before }
}

// kill starts a command and kills it when now says so, if it has not ended by then.
func (k *killing) kill(now func() bool, args ...string) {
	cmd := k.command(args...)
	if err := cmd.Start(); err != nil {
		k.t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for {
		select {
		case <-ended:
			return
		default:
		}
		if now() {
			break
		}
	}
	if err := cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		k.t.Fatal(err)
	}
	if err := <-ended; err != nil {
		k.died++
	}
}

// note remembers what the current commit holds: what the working folder has now.
func (k *killing) note() {
	id := k.head()
	if k.sums[id] != nil {
		return
	}
	k.commits, k.sums[id] = append(k.commits, id), map[string][32]byte{}
	for _, path := range strings.Fields(k.must("diff", "--name-only", id+"^0")) {
		k.t.Fatalf("%s: differs from the commit just made", path)
	}
	for _, name := range []string{"model.safetensors", "other.safetensors", "notes.txt"} {
		b, err := os.ReadFile(filepath.Join(k.dir, name))
		if err != nil {
			k.t.Fatal(err)
		}
		k.sums[id][name] = sha256.Sum256(b)
	}
}

// head is the id of the current commit.
func (k *killing) head() string {
	id, _, ok := strings.Cut(strings.TrimPrefix(k.must("show"), "commit "), " ")
	if !ok || len(id) != 64 {
		k.t.Fatalf("show: commit %q, want 64 digits", id)
	}
	return id
}

// check makes sure that fsck finds nothing, that the branch is at the last commit known or
// at the one that was being made, and that commits read back bit for bit.
func (k *killing) check() {
	k.t.Helper()
	k.must("fsck")
	if head := k.head(); head != k.commits[len(k.commits)-1] {
		if k.sums[head] != nil {
			k.t.Fatalf("branch went back to %.10s", head)
		}
		k.made++ // before the process died
		k.note()
	}
	for _, id := range k.someCommits() {
		for path, want := range k.sums[id] {
			if got := sha256.Sum256([]byte(k.must("cat", id+":"+path))); got != want {
				k.t.Fatalf("commit %.10s: %s: SHA-256 %x, want %x", id, path, got, want)
			}
		}
	}
}

// someCommits are the last two commits and three random ones of all before them: fsck has
// compared all digests, this is to see that the bytes are those that were added.
func (k *killing) someCommits() []string {
	n := len(k.commits)
	some := k.commits[max(0, n-2):]
	for range min(3, n-len(some)) {
		some = append(some[:len(some):len(some)], k.commits[k.random.IntN(n-2)])
	}
	return some
}

// finish does what the killed command should have done.
func (k *killing) finish(round int) {
	k.t.Helper()
	k.must("add", "-A")
	if k.must("status", "-s") != "" {
		k.must("commit", "-m", fmt.Sprint("round ", round, " again"))
	}
	k.note()
	if out := k.must("status", "-s"); out != "" {
		k.t.Fatalf("status after a commit of everything:\n%s", out)
	}
}
