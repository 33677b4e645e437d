package tensorstore

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/cdc"
	"dits/tensorstore/choose"
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
)

// A pack is not sealed when another process has taken what its lists and files are made of: it would name what
// is nowhere. The same session again stores it anew.
func TestNoPackNamesWhatIsGone(t *testing.T) {
	first, second := weights(1, 3000), weights(2, 3000)
	both := slices.Concat(first, second)
	small := cdc.Params{Min: 1024, Avg: 2048, Max: 4096}
	file := func(t *testing.T, w *Writer, blobs ...[]byte) {
		var needs []digest.ID
		for _, b := range blobs {
			put(t, w, b, choose.Known{})
			needs = append(needs, digest.Sum(b))
		}
		require.NoError(t, w.PutObject(pack.Manifest, digest.Sum([]byte("file")), []byte("file"), needs...))
	}
	for name, c := range map[string]struct {
		stored [][]byte                  // before
		write  func(*testing.T, *Writer) // up to the pack that is not sealed yet
		reads  [][]byte
	}{
		"a tensor of a file": {[][]byte{first}, func(t *testing.T, w *Writer) { file(t, w, first, second) },
			[][]byte{first, second}},
		"all tensors of a file": {[][]byte{first, second}, func(t *testing.T, w *Writer) { file(t, w, first, second) },
			[][]byte{first, second}},
		"a tensor that the session stored before": {nil, func(t *testing.T, w *Writer) {
			put(t, w, first, choose.Known{})
			require.NoError(t, w.Flush())
			file(t, w, first, second)
		}, [][]byte{first, second}},
		"a chunk of a list": {[][]byte{both[:small.Cut(both)]}, func(t *testing.T, w *Writer) {
			put(t, w, both, choose.Known{})
		}, [][]byte{both}},
		"a list": {[][]byte{both}, func(t *testing.T, w *Writer) { file(t, w, both) }, [][]byte{both}},
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := open(t, Options{Chunking: small})
			if len(c.stored) > 0 {
				putAll(t, s, choose.Known{}, c.stored...)
			}
			w := s.Begin(WriterOptions{})
			c.write(t, w)
			other := openAt(t, s.dir, newMemIndex(), Options{})
			names, err := other.Packs()
			require.NoError(t, err)
			require.Len(t, names, 1)
			require.NoError(t, other.Remove(names, func() error { return nil }))
			require.ErrorIs(t, w.Flush(), ErrGone)
			require.NoError(t, w.Close())
			require.Empty(t, namesIn(t, s.packDir()))

			again := s.Begin(WriterOptions{})
			defer again.Close()
			c.write(t, again)
			require.NoError(t, again.Flush())
			for _, b := range c.reads {
				requireBlob(t, s, b)
			}
		})
	}
}
