//go:build unix

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// fakeLadder stands for the binary: add keeps a file as a pack of its own, checkout puts BACK back.
const fakeLadder = `#!/bin/sh
packs=.dits/store/packs
case "$1" in
init) mkdir -p $packs ;;
add) cp "$5" "$packs/$5" ;;
checkout) cp "$packs/BACK" "$5" ;;
stats) echo "{\"stored_bytes\": $(cat $packs/* 2>/dev/null | wc -c)}" ;;
esac
`

// fakeQuantiser writes its type, and says that it took a second and two of processors.
const fakeQuantiser = `#!/bin/sh
set -e
if [ "$4" = --imatrix ]; then cat "$5"; shift 2; fi
printf '%s' "$6" >"$5"
echo quantised
echo '{"seconds": 1, "processor_seconds": 2}'
`

// script writes an executable and returns its path.
func script(t *testing.T, name, text string) string {
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

// write puts text in a file of dir.
func write(t *testing.T, dir, name, text string) string {
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// ladderOptions is a ladder of one source; back is what checkout gives.
func ladderOptions(t *testing.T, dir, back string, quants ...string) options {
	return options{
		dits:      script(t, "dits", strings.Replace(fakeLadder, "BACK", back, 1)),
		work:      t.TempDir(),
		quantiser: quantiser{script(t, "quantise", fakeQuantiser)},
		threads:   3,
		ladder:    ladder{sources: []string{write(t, dir, "base-F16.gguf", "floats")}, quants: quants},
	}
}

func TestLadder(t *testing.T) {
	t.Setenv("GOMAXPROCS", "")
	dir := t.TempDir()
	o := ladderOptions(t, dir, "$5", filepath.Join(dir, "base-Q8_0.gguf"), write(t, dir, "base-Q4_0.gguf", "not Q4_0"), write(t, dir, "tuned-Q4_0.gguf", "tuned"))
	r, err := runLadder(o)
	if err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(o.ladder.quants[0]); string(b) != "Q8_0" || err != nil {
		t.Errorf("the missing quant: got %q, %v, want it made", b, err)
	}
	for _, level := range levels {
		if got := r.quants[0].stored[level]; got != 4 {
			t.Errorf("%s: Q8_0: got %d bytes stored, want its 4", level, got)
		}
		if got, want := r.whole[level], int64(4+8+5); got != want {
			t.Errorf("%s: all quants: got %d bytes stored, want %d", level, got, want)
		}
	}
	if got := os.Getenv("GOMAXPROCS"); got != "3" {
		t.Errorf("threads of dits: got GOMAXPROCS %q, want 3", got)
	}
	for i, want := range []string{"1.00, 2.00", "1.00, 2.00 †", "–"} {
		if got := r.quants[i].made.String(); got != want {
			t.Errorf("%s: quantiser: got %s, want %s", r.quants[i].path, got, want)
		}
	}
	var out bytes.Buffer
	r.write(&out)
	for _, want := range []string{"| base-F16.gguf (source) | 6 | 100.000 |", "| **all quants in one store** | 17 | 100.000 |", "3 threads"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("report: got no %q in\n%s", want, out.String())
		}
	}
	if left, err := os.ReadDir(o.work); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestLadderErrors(t *testing.T) {
	t.Setenv("GOMAXPROCS", "")
	dir := t.TempDir()
	there := write(t, dir, "base-Q4_0.gguf", "Q4_0")
	missing := filepath.Join(dir, "other-Q4_0.gguf")
	for name, c := range map[string]struct {
		o    options
		want string
	}{
		"checkout gives other bytes": {ladderOptions(t, dir, "base-F16.gguf", there), "other bytes"},
		"no quants":                  {ladderOptions(t, dir, "$5"), "0 quants"},
		"cannot be made":             {ladderOptions(t, dir, "$5", missing), "not there"},
	} {
		if _, err := runLadder(c.o); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", name, err, c.want)
		}
	}
	if err := run(&bytes.Buffer{}, options{ladder: ladder{quants: []string{there}}}); err == nil {
		t.Error("a quant without a source: got no error")
	}
}

func TestParseQuant(t *testing.T) {
	for path, want := range map[string][3]any{
		"a/base-Q4_K_M.gguf":         {"base", "Q4_K_M", false},
		"a-b/my-base-Q8_0.gguf":      {"my-base", "Q8_0", false},
		"base-IQ4_XS-imatrix.gguf":   {"base", "IQ4_XS", true},
		"Q8_0.gguf":                  {"", "Q8_0", false},
		"../gguf/ft-py-Q4_K_M.gguf":  {"ft-py", "Q4_K_M", false},
		"/x/base-F16.gguf":           {"base", "F16", false},
		"/x/base-Q4_0-imatrix2.gguf": {"base-Q4_0", "imatrix2", false},
	} {
		model, kind, imatrix := parseQuant(path)
		if got := [3]any{model, kind, imatrix}; got != want {
			t.Errorf("%s: got %v, want %v", path, got, want)
		}
	}
}

// TestImatrix wants the file beside the source; the fake quantiser cannot print one that is not there.
func TestImatrix(t *testing.T) {
	dir := t.TempDir()
	q := quantiser{script(t, "quantise", fakeQuantiser)}
	source, quant := filepath.Join(dir, "base-F16.gguf"), filepath.Join(dir, "base-Q4_0-imatrix.gguf")
	if _, err := q.make(source, quant, dir, 1); err == nil {
		t.Error("no base.imatrix: got no error")
	}
	write(t, dir, "base.imatrix", "importance")
	if made, err := q.make(source, quant, dir, 1); err != nil || made.wall != seconds(1) {
		t.Errorf("got %v, %v, want a second", made, err)
	}
	if b, err := os.ReadFile(quant); string(b) != "Q4_0" || err != nil {
		t.Errorf("got %q, %v, want a Q4_0", b, err)
	}
}
