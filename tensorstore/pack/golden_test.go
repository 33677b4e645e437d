package pack

import (
	"encoding/hex"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dits/tensorstore/disk/faultfs"
)

var update = flag.Bool("update", false, "write testdata/version1.hex anew")

const (
	goldenFile = "testdata/version1.hex"
	goldenName = "9a2080f3c4c7ed881983057769a48bcfa874a1b560669b2f32b94ccae4e572a1"
)

// A change of these bytes makes every existing store unreadable: write a new
// version instead, and keep on reading this one.
func TestGolden(t *testing.T) {
	got := hexLines(sampleFile(t))
	if *update {
		if err := os.WriteFile(goldenFile, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(goldenFile)
	if err != nil {
		t.Fatal(err)
	}
	if got != strings.ReplaceAll(string(want), "\r", "") {
		t.Errorf("the bytes of a pack have changed:\n%s", got)
	}
}

// What version 1 wrote can be read, whatever this version writes.
func TestGoldenOpen(t *testing.T) {
	text, err := os.ReadFile(goldenFile)
	if err != nil {
		t.Fatal(err)
	}
	b, err := hex.DecodeString(strings.Join(strings.Fields(string(text)), ""))
	if err != nil {
		t.Fatal(err)
	}
	path := Path(t.TempDir(), goldenName)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	check(t, path, sample())
}

// hexLines is b in hexadecimal, 32 bytes a line.
func hexLines(b []byte) string {
	var s strings.Builder
	for len(b) > 0 {
		n := min(32, len(b))
		s.WriteString(hex.EncodeToString(b[:n]) + "\n")
		b = b[n:]
	}
	return s.String()
}

// The order of these operations is what makes a sealed pack durable.
func TestGoldenLog(t *testing.T) {
	dir := t.TempDir()
	fsys, err := faultfs.New(dir)
	if err != nil {
		t.Fatal(err)
	}
	info, err := write(fsys, dir, []record{
		{Entry{Kind: Chunk, ID: id("small"), RawLen: 3}, fill(3, 1)},
		{Entry{Kind: Chunk, ID: id("large"), RawLen: bufferSize}, fill(bufferSize, 2)},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := `create .tmp-pack-1
write .tmp-pack-1 262144
write .tmp-pack-1 167
chmod .tmp-pack-1 0444
sync .tmp-pack-1
close .tmp-pack-1
rename .tmp-pack-1 NAME.pack
syncdir .
`
	if got := strings.ReplaceAll(fsys.Log(), info.Name, "NAME"); got != want {
		t.Errorf("got:\n%swant:\n%s", got, want)
	}
}

// A pack of the name of another is one that a reader would not find again.
func TestOpenName(t *testing.T) {
	path, info := build(t, sample())
	other := Path(filepath.Dir(path), id("other").String())
	if err := os.Rename(path, other); err != nil {
		t.Fatal(err)
	}
	_, err := Open(other)
	if err == nil || !strings.Contains(err.Error(), info.Name) || errors.Is(err, ErrTorn) {
		t.Errorf("got %v, want the right name", err)
	}
}
