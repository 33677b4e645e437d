package work

import (
	"encoding/binary"
	"fmt"
	"slices"
	"testing"

	"github.com/cespare/xxhash/v2"
	"github.com/stretchr/testify/require"

	"dits/repo/object"
	"dits/repo/repotest"
	"dits/tensorstore/digest"
)

func TestIndexPutAndUnder(t *testing.T) {
	x := &Index{}
	for _, p := range []string{"a/b", "a-b", "a/c/d", "a0", "b"} {
		x.Put(IndexEntry{Path: p, Mode: object.ModeFile, ID: digest.ID{1}})
	}
	names := func(es []IndexEntry) (out []string) {
		for _, e := range es {
			out = append(out, e.Path)
		}
		return out
	}
	require.Equal(t, []string{"a-b", "a/b", "a/c/d", "a0", "b"}, names(x.Entries))
	require.Equal(t, []string{"a/b", "a/c/d"}, names(x.Under("a")))
	x.Put(IndexEntry{Path: "a/c", Mode: object.ModeFile})
	require.Equal(t, []string{"a-b", "a/b", "a/c", "a0", "b"}, names(x.Entries), "a folder gives way to a file")
	x.Put(IndexEntry{Path: "b/x/y", Mode: object.ModeFile})
	require.Equal(t, []string{"a-b", "a/b", "a/c", "a0", "b/x/y"}, names(x.Entries), "a file gives way to a folder")
	x.Put(IndexEntry{Path: "a", Mode: object.ModeFile})
	require.Equal(t, []string{"a", "a-b", "a0", "b/x/y"}, names(x.Entries))
	require.NoError(t, x.checkFolders())
	x.Entries = append(x.Entries[:1], append([]IndexEntry{{Path: "a-b"}, {Path: "a/x"}}, x.Entries[2:]...)...)
	require.ErrorIs(t, x.checkFolders(), object.ErrCorrupt)
}

func TestGoldenIndex(t *testing.T) {
	x := &Index{Entries: []IndexEntry{
		{Path: "a-b", Mode: object.ModeFile, ID: repotest.ID("1"), Size: 1 << 40, Stat: Stat{1_700_000_000_123456789, -5, 77}},
		{Path: "a/b", Mode: object.ModeLink, ID: repotest.ID("2"), Size: 3},
	}}
	b := x.encode()
	repotest.Golden(t, "index.hex", b)
	got, err := decodeIndex(b)
	require.NoError(t, err)
	require.Equal(t, x, got)
}

// Only an index with an entry that is dereferenced has the version that can say so.
func TestGoldenDereferenced(t *testing.T) {
	x := &Index{Entries: []IndexEntry{
		{Path: "a", Mode: object.ModeExec, ID: repotest.ID("1"), Size: 5, Stat: Stat{1, 2, 3}, Dereferenced: true},
		{Path: "b", Mode: object.ModeLink, ID: repotest.ID("2"), Size: 3},
	}}
	b := x.encode()
	repotest.Golden(t, "dereferenced.hex", b)
	got, err := decodeIndex(b)
	require.NoError(t, err)
	require.Equal(t, x, got)
	x.Entries[0].Dereferenced = false
	require.Equal(t, byte(indexVersion), x.encode()[4])

	x.Entries[1].Dereferenced = true
	_, err = decodeIndex(x.encode())
	require.ErrorIs(t, err, object.ErrCorrupt, "a link is not what it leads to")
	b[4] = indexVersion
	_, err = decodeIndex(binary.LittleEndian.AppendUint64(b[:len(b)-8:len(b)-8], xxhash.Sum64(b[:len(b)-8])))
	require.ErrorIs(t, err, object.ErrCorrupt, "version 1 has none")
}

// Only an index with an entry that is away has the version that can say so.
func TestGoldenAway(t *testing.T) {
	x := &Index{Entries: []IndexEntry{
		{Path: "a", Mode: object.ModeExec, ID: repotest.ID("1"), Size: 5, Away: true},
		{Path: "b", Mode: object.ModeFile, ID: repotest.ID("2"), Size: 3, Stat: Stat{1, 2, 3}, Dereferenced: true},
	}}
	b := x.encode()
	repotest.Golden(t, "away.hex", b)
	got, err := decodeIndex(b)
	require.NoError(t, err)
	require.Equal(t, x, got)
	x.Entries[0].Away = false
	require.Equal(t, byte(dereferencedVersion), x.encode()[4])

	for _, e := range []IndexEntry{
		{Path: "a", Mode: object.ModeLink, ID: repotest.ID("1"), Size: 5, Away: true},
		{Path: "a", Mode: object.ModeFile, ID: repotest.ID("1"), Size: 5, Away: true, Dereferenced: true},
	} {
		_, err = decodeIndex((&Index{Entries: []IndexEntry{e}}).encode())
		require.ErrorIs(t, err, object.ErrCorrupt, "a link is where it is")
	}
	for _, v := range []byte{indexVersion, dereferencedVersion} {
		b[4] = v
		_, err = decodeIndex(binary.LittleEndian.AppendUint64(b[:len(b)-8:len(b)-8], xxhash.Sum64(b[:len(b)-8])))
		require.ErrorIs(t, err, object.ErrCorrupt, "version %d has none", v)
	}
	b[4] = awayVersion + 1
	_, err = decodeIndex(binary.LittleEndian.AppendUint64(b[:len(b)-8:len(b)-8], xxhash.Sum64(b[:len(b)-8])))
	require.ErrorIs(t, err, object.ErrVersion)
}

func TestDamagedIndex(t *testing.T) {
	b := (&Index{Entries: []IndexEntry{{Path: "a", Mode: object.ModeFile, ID: repotest.ID("1"), Size: 4}}}).encode()
	for n := range b {
		_, err := decodeIndex(b[:n])
		require.ErrorIs(t, err, object.ErrCorrupt, "prefix of %d bytes", n)
		flipped := append([]byte{}, b...)
		flipped[n] ^= 0x10
		_, err = decodeIndex(flipped)
		require.Error(t, err, "byte %d", n)
	}
}

func FuzzDecodeIndex(f *testing.F) {
	b := (&Index{Entries: []IndexEntry{{Path: "a/b", Mode: object.ModeFile, ID: digest.ID{1}, Size: 4}}}).encode()
	f.Add(b[:len(b)-8]) // without its checksum
	f.Fuzz(func(t *testing.T, b []byte) {
		x, err := decodeIndex(binary.LittleEndian.AppendUint64(b, xxhash.Sum64(b)))
		if err != nil {
			return
		}
		for _, e := range x.Entries {
			if err := object.CheckPath(e.Path); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// Many entries are put as if one by one, whatever they replace and whatever stands in their way.
func TestIndexPutMany(t *testing.T) {
	entry := func(path string, id byte) IndexEntry {
		return IndexEntry{Path: path, Mode: object.ModeFile, ID: digest.ID{id}}
	}
	had := []IndexEntry{entry("a", 1), entry("b/c", 1), entry("b/d", 1), entry("k/05", 1), entry("z", 1)}
	for name, more := range map[string][]IndexEntry{
		"none in the way":           {entry("z", 2), entry("b/a", 2)},
		"a file above":              {entry("a/x", 2)},
		"files below":               {entry("b", 2)},
		"one path twice":            {entry("z", 2), entry("z", 3)},
		"a file and below it":       {entry("q", 2), entry("q/x", 2)},
		"below a file, and that":    {entry("q/x", 2), entry("q", 2)},
		"other names between those": {entry("q", 2), entry("q-", 2), entry("q0", 2)},
	} {
		t.Run(name, func(t *testing.T) {
			var put []IndexEntry
			for i := 30; i > 0; i-- {
				put = append(put, entry(fmt.Sprintf("k/%02d", i), 2))
			}
			put = append(put, more...)
			many, each := &Index{Entries: slices.Clone(had)}, &Index{Entries: slices.Clone(had)}
			many.Put(put...)
			for _, e := range put {
				each.Put(e)
			}
			require.Equal(t, each.Entries, many.Entries)
			many.Remove("k/01", "none", "z", "k/30", "k/02")
			for _, path := range []string{"k/01", "none", "z", "k/30", "k/02"} {
				each.Remove(path)
			}
			require.Equal(t, each.Entries, many.Entries)
		})
	}
}
