package object

import (
	"bytes"
	"encoding/binary"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/formats"
	"dits/tensorstore/digest"
)

// most is how much any object may take to be refused, beside its own bytes.
const most = 128 << 20

// allocated is how many bytes a function takes in all.
func allocated(f func()) int64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return int64(after.TotalAlloc - before.TotalAlloc)
}

// manifestOf is a manifest up to its tensors, and then some bytes.
func manifestOf(dtypes, tensors uint64, rest []byte) []byte {
	b := AppendString([]byte{manifestVersion}, "safetensors")
	b = append(b, 0, 0) // size, warning
	b = binary.AppendUvarint(b, dtypes)
	for range dtypes {
		b = append(b, 0)
	}
	b = append(b, 0) // segments
	b = binary.AppendUvarint(b, tensors)
	return append(b, rest...)
}

// Objects that decode to as much as a reader accepts, though they are a few KB in a pack.
func TestHostileObjects(t *testing.T) {
	const size = 65 << 20
	zeros := make([]byte, size)
	manyShapes := bytes.Repeat(append([]byte{0, 0, formats.MaxDimensions}, make([]byte, formats.MaxDimensions+1)...), 1<<18)
	entry := append([]byte{0xa4, 0x83, 0x02, 1, 'a', 0}, bytes.Repeat([]byte{1}, digest.Size)...)
	manifest := func(b []byte) error { _, err := DecodeManifest(digest.ID{}, b); return err }
	tree := func(b []byte) error { _, err := DecodeTree(digest.ID{}, b); return err }
	commit := func(b []byte) error { _, err := DecodeCommit(digest.ID{}, b); return err }
	tag := func(b []byte) error { _, err := DecodeTag(digest.ID{}, b); return err }
	segments := append(AppendString([]byte{manifestVersion}, "safetensors"), 0, 0, 0)
	segments = append(binary.AppendUvarint(segments, size/(2+digest.Size)), zeros...)
	for name, c := range map[string]struct {
		decode func([]byte) error
		b      []byte
	}{
		"dtypes":                {manifest, manifestOf(size, 0, nil)},
		"tensors":               {manifest, manifestOf(1, size/4, zeros)},
		"segments":              {manifest, segments},
		"dimensions of one":     {manifest, manifestOf(1, 1, append([]byte{0, 0, 0x80, 0x80, 0x80, 0x40}, zeros...))},
		"dimensions of all":     {manifest, manifestOf(1, 1<<18, manyShapes)},
		"a name, no such dtype": {manifest, manifestOf(0, 1, append(binary.AppendUvarint(nil, size/4), zeros...))},
		"entries of a tree":     {tree, append([]byte{treeVersion}, bytes.Repeat(entry, size/len(entry))...)},
		"a name in a tree":      {tree, append([]byte{treeVersion, 0xa4, 0x83, 0x02, 0x80, 0x80, 0x80, 0x20}, zeros...)},
		"a message":             {commit, append([]byte("tree "+strings.Repeat("a", 64)+"\n\n"), zeros...)},
		"lines of a commit":     {commit, append(bytes.Repeat([]byte("a\n"), size/2), '\n')},
		"lines of a tag":        {tag, append(bytes.Repeat([]byte("a\n"), maxText/4), '\n')},
		"a name of a tag": {tag, []byte("object " + strings.Repeat("a", 64) + "\ntype commit\ntag " +
			strings.Repeat("\x01", maxText/4) + "\ntagger A <a@b.c> 1 +0000\n\nm")},
	} {
		var err error
		got := allocated(func() { err = c.decode(c.b) })
		require.ErrorIs(t, err, ErrCorrupt, name)
		require.Less(t, len(err.Error()), 2000, name)
		require.Less(t, got, int64(most), name)
	}
}
