package repo

import (
	"encoding/hex"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"dits/catalog"
	"dits/formats"
	"dits/tensorstore/digest"
)

var update = flag.Bool("update-golden", false, "write the golden files of this package anew")

// golden compares bytes on disk to testdata/name. A change there breaks every
// existing repository.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	text := dump(got)
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), text, "%s changed: that breaks every existing repository", name)
}

// dump is text as it is and other bytes in hexadecimal, 16 a line.
func dump(b []byte) string {
	if !strings.ContainsFunc(string(b), func(r rune) bool { return r < 0x20 && r != '\n' || r == 0xfffd }) {
		return string(b)
	}
	var out strings.Builder
	for ; len(b) > 16; b = b[16:] {
		out.WriteString(hex.EncodeToString(b[:16]) + "\n")
	}
	return out.String() + hex.EncodeToString(b) + "\n"
}

func idOf(s string) digest.ID { return digest.Sum([]byte(s)) }

func sampleTree() []catalog.TreeEntry {
	return []catalog.TreeEntry{
		{Name: "adapter", Mode: ModeDir, ID: idOf("tree"), Size: 1 << 33},
		{Name: "adapter.json", Mode: ModeFile, ID: idOf("json"), Size: 17},
		{Name: "latest", Mode: ModeLink, ID: idOf("adapter"), Size: 7},
		{Name: "run.sh", Mode: ModeExec, ID: idOf("run"), Size: 300},
	}
}

func sampleCommit() catalog.Commit {
	return catalog.Commit{
		Tree:    idOf("tree"),
		Parents: []digest.ID{idOf("p1"), idOf("p2")},
		Author:  "Ada Lovelace <ada@example.org>",
		Time:    time.Unix(1_700_000_000, 0).In(time.FixedZone("", -(3*3600 + 30*60))),
		Message: "ft-customer: 3 epochs\n\nwith ümlauts\n",
	}
}

func sampleFile() catalog.File {
	f := catalog.File{ID: idOf("file"), SHA256: [32]byte{1, 2, 3}}
	f.Layout = formats.Layout{
		Format: "safetensors", Size: 100 + 24 + 8 + 6,
		Segments: []formats.Segment{
			{Kind: formats.Header, Off: 0, Len: 100, Tensor: -1},
			{Kind: formats.Data, Off: 100, Len: 24, Tensor: 2},
			{Kind: formats.Padding, Off: 124, Len: 8, Tensor: -1},
			{Kind: formats.Data, Off: 132, Len: 6, Tensor: 0},
		},
		Tensors: []formats.Tensor{
			{Name: "b", DType: "BF16", Shape: []int64{3}, Off: 132, Len: 6},
			{Name: "empty", DType: "F32", Shape: []int64{0, 4}, Off: 132, Len: 0},
			{Name: "a.weight", DType: "F32", Shape: []int64{2, 3}, Off: 100, Len: 24},
		},
	}
	for _, s := range []string{"header", "a", "padding", "b"} {
		f.Blobs = append(f.Blobs, idOf(s))
	}
	return f
}

func sampleTag() TagObject {
	return TagObject{
		Commit: idOf("commit"), Name: "v1/customer", Author: "Ada <ada@example.org>",
		Time: time.Unix(1_700_000_000, 0).UTC(), Message: "release\n",
	}
}

func TestGoldenTree(t *testing.T) {
	b := encodeTree(sampleTree())
	golden(t, "tree.hex", b)
	id := digest.Sum(b)
	require.Equal(t, "2b0c9f9ff4", id.Short())
	got, err := decodeTree(id, b)
	require.NoError(t, err)
	require.Equal(t, catalog.Tree{ID: id, Entries: sampleTree()}, got)
}

func TestGoldenCommit(t *testing.T) {
	b := encodeCommit(sampleCommit())
	golden(t, "commit.txt", b)
	id := digest.Sum(b)
	require.Equal(t, "7bdaa0f3b6", id.Short())
	got, err := decodeCommit(id, b)
	require.NoError(t, err)
	want := sampleCommit()
	require.True(t, want.Time.Equal(got.Time))
	want.ID, want.Time = id, got.Time
	require.Equal(t, want, got)
}

func TestGoldenTag(t *testing.T) {
	b := encodeTag(sampleTag())
	golden(t, "tag.txt", b)
	id := digest.Sum(b)
	require.Equal(t, "62a18db815", id.Short())
	got, err := decodeTag(id, b)
	require.NoError(t, err)
	want := sampleTag()
	want.ID = id
	require.Equal(t, want, got)
}

func TestGoldenManifest(t *testing.T) {
	f := sampleFile()
	require.NoError(t, f.Layout.Validate())
	b := encodeManifest(f)
	golden(t, "manifest.hex", b)
	got, err := decodeManifest(f.ID, b)
	require.NoError(t, err)
	require.Equal(t, f, got)
}

func TestGoldenIndex(t *testing.T) {
	x := &Index{Entries: []IndexEntry{
		{Path: "a-b", Mode: ModeFile, ID: idOf("1"), Size: 1 << 40, Stat: Stat{1_700_000_000_123456789, -5, 77}},
		{Path: "a/b", Mode: ModeLink, ID: idOf("2"), Size: 3},
	}}
	b := x.encode()
	golden(t, "index.hex", b)
	got, err := decodeIndex(b)
	require.NoError(t, err)
	require.Equal(t, x, got)
}

// Every prefix and every flipped bit of an object is an error or another valid
// object, never a panic; what is accepted has one encoding.
func TestDamagedObjects(t *testing.T) {
	id := idOf("x")
	objects := map[string]struct {
		b    []byte
		read func([]byte) ([]byte, error)
	}{
		"tree": {encodeTree(sampleTree()), func(b []byte) ([]byte, error) {
			got, err := decodeTree(id, b)
			return encodeTree(got.Entries), err
		}},
		"commit": {encodeCommit(sampleCommit()), func(b []byte) ([]byte, error) {
			got, err := decodeCommit(id, b)
			return encodeCommit(got), err
		}},
		"tag": {encodeTag(sampleTag()), func(b []byte) ([]byte, error) {
			got, err := decodeTag(id, b)
			return encodeTag(got), err
		}},
		"manifest": {encodeManifest(sampleFile()), func(b []byte) ([]byte, error) {
			_, err := decodeManifest(id, b)
			return b, err
		}},
	}
	for name, o := range objects {
		t.Run(name, func(t *testing.T) {
			check := func(b []byte) {
				t.Helper()
				again, err := o.read(b)
				if err != nil {
					require.ErrorIs(t, err, ErrCorrupt)
					return
				}
				require.Equal(t, b, again)
			}
			for n := range o.b {
				check(o.b[:n])
				for bit := range 8 {
					b := append([]byte{}, o.b...)
					b[n] ^= 1 << bit
					check(b)
				}
			}
			check(append(append([]byte{}, o.b...), 0))
		})
	}
}

func TestDamagedIndex(t *testing.T) {
	b := (&Index{Entries: []IndexEntry{{Path: "a", Mode: ModeFile, ID: idOf("1"), Size: 4}}}).encode()
	for n := range b {
		_, err := decodeIndex(b[:n])
		require.ErrorIs(t, err, ErrCorrupt, "prefix of %d bytes", n)
		flipped := append([]byte{}, b...)
		flipped[n] ^= 0x10
		_, err = decodeIndex(flipped)
		require.Error(t, err, "byte %d", n)
	}
}

func TestTreeRefusals(t *testing.T) {
	entry := func(name string) catalog.TreeEntry {
		return catalog.TreeEntry{Name: name, Mode: ModeFile, ID: idOf(name), Size: 1}
	}
	bad := map[string][]catalog.TreeEntry{
		"not sorted": {entry("b"), entry("a")},
		"twice":      {entry("a"), entry("a")},
		"mode":       {{Name: "a", Mode: 0o100600, ID: idOf("a")}},
		"no id":      {{Name: "a", Mode: ModeFile}},
	}
	for _, name := range badNames {
		bad["name "+name] = []catalog.TreeEntry{entry(name)}
	}
	for what, entries := range bad {
		_, err := decodeTree(idOf("x"), encodeTree(entries))
		require.ErrorIs(t, err, ErrCorrupt, what)
	}
}

var badNames = []string{
	"", ".", "..", "a/b", "a\\b", "a\x00", ".dits", ".DITS", ".Dits", ".dits ", ".dits.", ".dits. .",
	".dits:x", ".d\u200bits", ".dit\u017f", "DITS~1", "\ufeff.dits", "\xff", strings.Repeat("a", 256),
}

func TestCheckName(t *testing.T) {
	for _, name := range badNames {
		require.Error(t, checkName(name), "%q", name)
	}
	for _, name := range []string{"a", "...", ".ditsignore", ".dits2", "dits", "ü", "a b", "-", "model:x", strings.Repeat("a", 255)} {
		require.NoError(t, checkName(name), "%q", name)
	}
	for _, path := range []string{"", "/a", "a/", "a//b", "a/../b", "a/.dits/b", strings.Repeat("a/", 2100) + "a"} {
		require.Error(t, checkPath(path), "%q", path)
	}
}

// A manifest costs memory in proportion to its bytes, whatever it claims.
func TestManifestBounds(t *testing.T) {
	head := append(appendString([]byte{manifestVersion}, "opaque"), 5, 0)
	for _, counts := range []string{
		"\xff\xff\xff\xff\xff\xff\xff\xff\x7f",     // dtypes
		"\x00\xff\xff\xff\xff\xff\xff\xff\xff\x7f", // segments
		"\x00\x00\xff\xff\xff\xff\xff\x7f",         // tensors
	} {
		b := append(append([]byte{}, head...), counts...)
		n := testing.AllocsPerRun(1, func() { decodeManifest(digest.ID{}, b) })
		require.Less(t, n, 100.0)
		_, err := decodeManifest(digest.ID{}, b)
		require.ErrorIs(t, err, ErrCorrupt)
		require.ErrorContains(t, err, "items of")
	}
}

// The digests of a manifest are one block at its end, so that the rest compresses.
func TestManifestDigestsLast(t *testing.T) {
	f := sampleFile()
	b := encodeManifest(f)
	tail := f.SHA256[:]
	for _, id := range f.Blobs {
		tail = append(tail, id[:]...)
	}
	require.Equal(t, tail, b[len(b)-len(tail):])
}
