package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/gofrs/flock"
	"github.com/rogpeppe/go-internal/testscript"
)

// scriptCommands are what scripts can do beyond testscript's own commands.
var scriptCommands = map[string]func(*testscript.TestScript, bool, []string){
	"exits":          exits,
	"same":           same,
	"flip":           flip,
	"cut":            cut,
	"unhex":          unhex,
	"remember":       remember,
	"unchanged":      unchanged,
	"churn":          churn,
	"locked":         locked,
	"interrupt":      interrupt,
	"interrupt-when": interruptWhen,
	"noise":          noise,
	"weird":          weird,
	"files":          files,
	"keys":           keys,
	"value":          value,
	"serves":         serves,
	"ends":           ends,
	"fetch":          fetch,
	"stall":          stall,
	"hangup":         hangup,
}

// scriptCondition is what scripts can ask beyond testscript's own conditions.
func scriptCondition(name string) (bool, error) {
	if name != "fuse" {
		return false, fmt.Errorf("condition %q: want fuse", name)
	}
	return mountable(), nil
}

// mountable says that this user can mount by FUSE here.
func mountable() bool {
	f, err := os.OpenFile("/dev/fuse", os.O_RDWR, 0)
	if err != nil {
		return false
	}
	f.Close()
	_, err = exec.LookPath("fusermount3")
	return err == nil || os.Geteuid() == 0
}

// exits CODE CMD ARG...: CMD ends with that exit status. What it printed can be looked
// at with stdout and stderr.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE CMD ARG...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	if got := exitCode(ts.Exec(args[1], args[2:]...)); got != want {
		ts.Fatalf("%s: exit status %d, want %d", strings.Join(args[1:], " "), got, want)
	}
}

// exitCode is the exit status that an error of package exec tells; -1: it was killed or
// did not start.
func exitCode(err error) int {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return exit.ExitCode()
	}
	return -1
}

// same FILE FILE: the bytes are equal. Unlike cmp it does not print them.
func same(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: [!] same FILE FILE")
	}
	a, b := []byte(ts.ReadFile(args[0])), []byte(ts.ReadFile(args[1]))
	if bytes.Equal(a, b) == neg {
		ts.Fatalf("%s (%d bytes) and %s (%d bytes): equal %v, want %v", args[0], len(a), args[1], len(b), neg, !neg)
	}
}

// flip PATTERN OFFSET: inverts the lowest bit of a byte of the largest file that the
// pattern fits, and names the file in $FLIPPED. A negative offset counts from the end.
func flip(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: flip PATTERN OFFSET")
	}
	path, b := largest(ts, args[0])
	off, err := strconv.Atoi(args[1])
	ts.Check(err)
	if off < 0 {
		off += len(b)
	}
	b[off] ^= 1
	ts.Check(os.Chmod(path, 0o644))
	ts.Check(os.WriteFile(path, b, 0o644))
	ts.Setenv("FLIPPED", strings.TrimSuffix(filepath.Base(path), filepath.Ext(path)))
}

// largest is the largest file that a pattern fits, and what is in it.
func largest(ts *testscript.TestScript, pattern string) (path string, content []byte) {
	found, err := filepath.Glob(ts.MkAbs(pattern))
	ts.Check(err)
	for _, f := range found {
		b, err := os.ReadFile(f)
		ts.Check(err)
		if path == "" || len(b) > len(content) {
			path, content = f, b
		}
	}
	if path == "" {
		ts.Fatalf("%s: no file", pattern)
	}
	return path, content
}

// files DIR NUMBER: so many files are in the folder.
func files(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: files DIR NUMBER")
	}
	found, err := os.ReadDir(ts.MkAbs(args[0]))
	ts.Check(err)
	if fmt.Sprint(len(found)) != args[1] {
		ts.Fatalf("%s: %v, want %s files", args[0], found, args[1])
	}
}

// noise FILE SIZE: writes bytes that nothing compresses, the same each time.
func noise(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: noise FILE SIZE")
	}
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	b := make([]byte, n)
	rand.NewChaCha8([32]byte{}).Read(b)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), b, 0o644))
}

// weird NAME...: makes files of those names, in which %XX is a byte, or makes them longer.
func weird(ts *testscript.TestScript, neg bool, args []string) {
	for _, arg := range args {
		name, err := url.PathUnescape(arg)
		ts.Check(err)
		f, err := os.OpenFile(ts.MkAbs(name), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
		ts.Check(err)
		_, err = f.WriteString(arg + "\n")
		ts.Check(err)
		ts.Check(f.Close())
	}
}

// cut FILE SIZE: shortens a file.
func cut(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: cut FILE SIZE")
	}
	n, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	ts.Check(os.Truncate(ts.MkAbs(args[0]), n))
}

// unhex HEX FILE: writes the bytes that the file HEX spells in hexadecimal; "#" begins
// a comment there.
func unhex(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: unhex HEX FILE")
	}
	var digits strings.Builder
	for line := range strings.Lines(ts.ReadFile(args[0])) {
		line, _, _ = strings.Cut(line, "#")
		digits.WriteString(strings.Join(strings.Fields(line), ""))
	}
	b, err := hex.DecodeString(digits.String())
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), b, 0o644))
}

// treesKey is where Setup keeps the hashes that remember takes.
const treesKey = "trees"

// remember NAME PATH...: notes what is in the files and folders, for unchanged.
func remember(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: remember NAME PATH...")
	}
	ts.Value(treesKey).(map[string]string)[args[0]] = hashPaths(ts, args[1:])
}

// unchanged NAME PATH...: the files and folders are as when NAME was noted.
func unchanged(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: [!] unchanged NAME PATH...")
	}
	before, ok := ts.Value(treesKey).(map[string]string)[args[0]]
	if !ok {
		ts.Fatalf("%s: never remembered", args[0])
	}
	if after := hashPaths(ts, args[1:]); (after == before) == neg {
		ts.Fatalf("%s: unchanged %v, want %v\nbefore:\n%s\nafter:\n%s", args[0], neg, !neg, before, after)
	}
}

// hashPaths lists the files at or below paths with mode and SHA-256. SQLite's write-ahead
// log and its index come and go with readers.
func hashPaths(ts *testscript.TestScript, paths []string) string {
	var list strings.Builder
	for _, root := range paths {
		ts.Check(filepath.WalkDir(ts.MkAbs(root), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || strings.HasSuffix(path, "-wal") || strings.HasSuffix(path, "-shm") {
				return err
			}
			b, err := os.ReadFile(path)
			fmt.Fprintf(&list, "%x %s %s\n", sha256.Sum256(b), d.Type(), path)
			return err
		}))
	}
	return list.String()
}

// command is CMD ARG... in the script's folder and environment.
func command(ts *testscript.TestScript, ctx context.Context, args []string) *exec.Cmd {
	path, err := exec.LookPath(args[0])
	ts.Check(err)
	cmd := exec.CommandContext(ctx, path, args[1:]...)
	cmd.Dir = ts.MkAbs(".")
	cmd.Env = append(os.Environ(), "HOME="+ts.Getenv("HOME"), "TZ=UTC")
	return cmd
}

// churn [-same] FILE CODE CMD ARG...: CMD ends with that exit status while something
// writes to FILE all the time; with -same, what is there already.
func churn(ts *testscript.TestScript, neg bool, args []string) {
	step := byte(1)
	if len(args) > 0 && args[0] == "-same" {
		step, args = 0, args[1:]
	}
	if neg || len(args) < 3 {
		ts.Fatalf("usage: churn [-same] FILE CODE CMD ARG...")
	}
	f, err := os.OpenFile(ts.MkAbs(args[0]), os.O_RDWR, 0)
	ts.Check(err)
	one := make([]byte, 1)
	_, err = f.ReadAt(one, 1<<20)
	ts.Check(err)
	stop, stopped := make(chan struct{}), make(chan error)
	go func() {
		for {
			select {
			case <-stop:
				stopped <- f.Close()
				return
			default:
			}
			one[0] += step
			if _, err := f.WriteAt(one, 1<<20); err != nil {
				<-stop
				stopped <- err
				return
			}
		}
	}()
	code := exitCode(ts.Exec(args[2], args[3:]...))
	close(stop)
	ts.Check(<-stopped)
	if fmt.Sprint(code) != args[1] {
		ts.Fatalf("%s: exit status %d, want %s", strings.Join(args[2:], " "), code, args[1])
	}
}

// locked DIR CODE CMD ARG...: CMD ends with that exit status while another process
// holds the lock of the repository DIR.
func locked(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: locked DIR CODE CMD ARG...")
	}
	lock := flock.New(filepath.Join(ts.MkAbs(args[0]), ".dits", "lock"))
	ts.Check(lock.Lock())
	defer lock.Unlock()
	exits(ts, false, args[1:])
}

// interrupt CODE CMD ARG...: CMD, which writes more to stdout than a pipe holds, ends
// with that exit status when it is interrupted at work. It is at work when its first
// byte has come; the rest is read once the signal has had time to arrive, and if it
// had not, more time is given.
func interrupt(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: interrupt CODE CMD ARG...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	for wait := 20 * time.Millisecond; wait < 4*time.Second; wait *= 3 {
		if got = interruptOnce(ts, args[1:], wait); got == want {
			return
		}
	}
	ts.Fatalf("%s: exit status %d when interrupted, want %d", strings.Join(args[1:], " "), got, want)
}

func interruptOnce(ts *testscript.TestScript, args []string, wait time.Duration) int {
	cmd := command(ts, context.Background(), args)
	out, err := cmd.StdoutPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	_, err = out.Read(make([]byte, 1))
	ts.Check(err)
	ts.Check(cmd.Process.Signal(os.Interrupt))
	time.Sleep(wait)
	var rest bytes.Buffer
	_, err = rest.ReadFrom(out)
	ts.Check(err)
	return exitCode(cmd.Wait())
}

// interrupt-when PATTERN CODE CMD ARG...: CMD ends with that exit status when it is
// interrupted once a file that the pattern fits is there.
func interruptWhen(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: interrupt-when PATTERN CODE CMD ARG...")
	}
	want, err := strconv.Atoi(args[1])
	ts.Check(err)
	cmd := command(ts, context.Background(), args[2:])
	ts.Check(cmd.Start())
	done := make(chan int, 1)
	go func() { done <- exitCode(cmd.Wait()) }()
	for {
		if found, _ := filepath.Glob(ts.MkAbs(args[0])); len(found) > 0 {
			ts.Check(cmd.Process.Signal(os.Interrupt))
			break
		}
		select {
		case code := <-done:
			ts.Fatalf("%s: ended with status %d before %s was there", strings.Join(args[2:], " "), code, args[0])
		case <-time.After(time.Millisecond):
		}
	}
	if got := <-done; got != want {
		ts.Fatalf("%s: exit status %d when interrupted, want %d", strings.Join(args[2:], " "), got, want)
	}
}
