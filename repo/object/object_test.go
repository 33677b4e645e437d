package object

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"dits/catalog"
	"dits/formats"
	"dits/repo/repotest"
	"dits/tensorstore/digest"
)

func sampleTree() []catalog.TreeEntry {
	return []catalog.TreeEntry{
		{Name: "adapter", Mode: ModeDir, ID: repotest.ID("tree"), Size: 1 << 33},
		{Name: "adapter.json", Mode: ModeFile, ID: repotest.ID("json"), Size: 17},
		{Name: "latest", Mode: ModeLink, ID: repotest.ID("adapter"), Size: 7},
		{Name: "run.sh", Mode: ModeExec, ID: repotest.ID("run"), Size: 300},
	}
}

func sampleCommit() catalog.Commit {
	return catalog.Commit{
		Tree:    repotest.ID("tree"),
		Parents: []digest.ID{repotest.ID("p1"), repotest.ID("p2")},
		Author:  "Ada Lovelace <ada@example.org>",
		Time:    time.Unix(1_700_000_000, 0).In(time.FixedZone("", -(3*3600 + 30*60))),
		Message: "ft-customer: 3 epochs\n\nwith ümlauts\n",
	}
}

func sampleFile() catalog.File {
	f := catalog.File{ID: repotest.ID("file"), SHA256: [32]byte{1, 2, 3}}
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
		f.Blobs = append(f.Blobs, repotest.ID(s))
	}
	return f
}

func sampleTag() TagObject {
	return TagObject{
		Commit: repotest.ID("commit"), Name: "v1/customer", Author: "Ada <ada@example.org>",
		Time: time.Unix(1_700_000_000, 0).UTC(), Message: "release\n",
	}
}

func TestGoldenTree(t *testing.T) {
	b := EncodeTree(sampleTree())
	repotest.Golden(t, "tree.hex", b)
	id := digest.Sum(b)
	require.Equal(t, "2b0c9f9ff4", id.Short())
	got, err := DecodeTree(id, b)
	require.NoError(t, err)
	require.Equal(t, catalog.Tree{ID: id, Entries: sampleTree()}, got)
}

func TestGoldenCommit(t *testing.T) {
	b := EncodeCommit(sampleCommit())
	repotest.Golden(t, "commit.txt", b)
	id := digest.Sum(b)
	require.Equal(t, "7bdaa0f3b6", id.Short())
	got, err := DecodeCommit(id, b)
	require.NoError(t, err)
	want := sampleCommit()
	require.True(t, want.Time.Equal(got.Time))
	want.ID, want.Time = id, got.Time
	require.Equal(t, want, got)
}

func TestGoldenTag(t *testing.T) {
	b := EncodeTag(sampleTag())
	repotest.Golden(t, "tag.txt", b)
	id := digest.Sum(b)
	require.Equal(t, "62a18db815", id.Short())
	got, err := DecodeTag(id, b)
	require.NoError(t, err)
	want := sampleTag()
	want.ID = id
	require.Equal(t, want, got)
}

func TestGoldenManifest(t *testing.T) {
	f := sampleFile()
	require.NoError(t, f.Layout.Validate())
	b := EncodeManifest(f)
	repotest.Golden(t, "manifest.hex", b)
	got, err := DecodeManifest(f.ID, b)
	require.NoError(t, err)
	require.Equal(t, f, got)
}

// Every prefix and every flipped bit of an object is an error or another valid
// object, never a panic; what is accepted has one encoding.
func TestDamagedObjects(t *testing.T) {
	id := repotest.ID("x")
	objects := map[string]struct {
		b    []byte
		read func([]byte) ([]byte, error)
	}{
		"tree": {EncodeTree(sampleTree()), func(b []byte) ([]byte, error) {
			got, err := DecodeTree(id, b)
			return EncodeTree(got.Entries), err
		}},
		"commit": {EncodeCommit(sampleCommit()), func(b []byte) ([]byte, error) {
			got, err := DecodeCommit(id, b)
			return EncodeCommit(got), err
		}},
		"tag": {EncodeTag(sampleTag()), func(b []byte) ([]byte, error) {
			got, err := DecodeTag(id, b)
			return EncodeTag(got), err
		}},
		"manifest": {EncodeManifest(sampleFile()), func(b []byte) ([]byte, error) {
			_, err := DecodeManifest(id, b)
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

func TestTreeRefusals(t *testing.T) {
	entry := func(name string) catalog.TreeEntry {
		return catalog.TreeEntry{Name: name, Mode: ModeFile, ID: repotest.ID(name), Size: 1}
	}
	bad := map[string][]catalog.TreeEntry{
		"not sorted": {entry("b"), entry("a")},
		"twice":      {entry("a"), entry("a")},
		"mode":       {{Name: "a", Mode: 0o100600, ID: repotest.ID("a")}},
		"no id":      {{Name: "a", Mode: ModeFile}},
	}
	for _, name := range badNames {
		bad["name "+name] = []catalog.TreeEntry{entry(name)}
	}
	for what, entries := range bad {
		_, err := DecodeTree(repotest.ID("x"), EncodeTree(entries))
		require.ErrorIs(t, err, ErrCorrupt, what)
	}
}

var badNames = []string{
	"", ".", "..", "a/b", "a\\b", "a\x00", ".dits", ".DITS", ".Dits", ".dits ", ".dits.", ".dits. .",
	".dits:x", ".d\u200bits", ".dit\u017f", "DITS~1", "\ufeff.dits", "\xff", strings.Repeat("a", 256),
}

func TestCheckName(t *testing.T) {
	for _, name := range badNames {
		require.Error(t, CheckName(name), "%q", name)
	}
	for _, name := range []string{"a", "...", ".ditsignore", ".dits2", "dits", "ü", "a b", "-", "model:x", strings.Repeat("a", 255)} {
		require.NoError(t, CheckName(name), "%q", name)
	}
	for _, path := range []string{"", "/a", "a/", "a//b", "a/../b", "a/.dits/b", strings.Repeat("a/", 2100) + "a"} {
		require.Error(t, CheckPath(path), "%q", path)
	}
}

func TestForeignPart(t *testing.T) {
	for path, want := range map[string]string{
		".git": ".git", ".git/config": ".git", "a/.git/b/.hg": "a/.git", "a/.HG": "a/.HG", ".svn./x": ".svn.",
		".jj": ".jj", ".bzr ": ".bzr ", ".dvc/cache": ".dvc", "GIT~1/x": "GIT~1", ".g\u200bit/x": ".g\u200bit",
		".\u017fvn": ".\u017fvn", ".git:x": ".git:x",
		"": "", "a": "", ".gitignore": "", ".gitattributes": "", "model.dvc": "", "git": "", ".github/x": "",
	} {
		require.Equal(t, want, ForeignPart(path), "%q", path)
	}
}

// A manifest costs memory in proportion to its bytes, whatever it claims.
func TestManifestBounds(t *testing.T) {
	head := append(AppendString([]byte{manifestVersion}, "opaque"), 5, 0)
	for _, counts := range []string{
		"\xff\xff\xff\xff\xff\xff\xff\xff\x7f",     // dtypes
		"\x00\xff\xff\xff\xff\xff\xff\xff\xff\x7f", // segments
		"\x00\x00\xff\xff\xff\xff\xff\x7f",         // tensors
	} {
		b := append(append([]byte{}, head...), counts...)
		n := testing.AllocsPerRun(1, func() { DecodeManifest(digest.ID{}, b) })
		require.Less(t, n, 100.0)
		_, err := DecodeManifest(digest.ID{}, b)
		require.ErrorIs(t, err, ErrCorrupt)
		require.ErrorContains(t, err, "items of")
	}
}

// The digests of a manifest are one block at its end, so that the rest compresses.
func TestManifestDigestsLast(t *testing.T) {
	f := sampleFile()
	b := EncodeManifest(f)
	tail := f.SHA256[:]
	for _, id := range f.Blobs {
		tail = append(tail, id[:]...)
	}
	require.Equal(t, tail, b[len(b)-len(tail):])
}
