package work

import (
	"encoding/binary"
	"testing"

	"github.com/cespare/xxhash/v2"
	"github.com/stretchr/testify/require"

	"dits/repo/object"
	"dits/repo/repotest"
)

func sampleBefore() *IndexBefore {
	return &IndexBefore{What: "add: a-b", Again: true, after: repotest.ID("3"), move: repotest.ID("4"), Index: &Index{Entries: []IndexEntry{
		{Path: "a-b", Mode: object.ModeFile, ID: repotest.ID("1"), Size: 1 << 40, Stat: Stat{1_700_000_000_123456789, -5, 77}},
	}}}
}

func TestGoldenIndexBefore(t *testing.T) {
	b := sampleBefore().encode()
	repotest.Golden(t, "index-before.hex", b)
	got, err := decodeBefore(b)
	require.NoError(t, err)
	require.Equal(t, sampleBefore(), got)
}

func TestDamagedIndexBefore(t *testing.T) {
	b := sampleBefore().encode()
	for n := range b {
		_, err := decodeBefore(b[:n])
		require.ErrorIs(t, err, object.ErrCorrupt, "prefix of %d bytes", n)
		flipped := append([]byte{}, b...)
		flipped[n] ^= 0x10
		_, err = decodeBefore(flipped)
		require.Error(t, err, "byte %d", n)
	}
}

func FuzzDecodeIndexBefore(f *testing.F) {
	b := sampleBefore().encode()
	f.Add(b[:len(b)-8]) // without its checksum
	f.Fuzz(func(t *testing.T, b []byte) {
		before, err := decodeBefore(binary.LittleEndian.AppendUint64(b, xxhash.Sum64(b)))
		if err != nil {
			return
		}
		for _, e := range before.Index.Entries {
			if err := object.CheckPath(e.Path); err != nil {
				t.Fatal(err)
			}
		}
	})
}
