package tensorstore

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/tensorstore/choose"
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
	"dits/tensorstore/storetest"
)

// putFloats stores b as a tensor of BF16 and returns its digest and what it took.
func putFloats(t *testing.T, s *Store, b []byte, sources ...digest.ID) (digest.ID, int64) {
	t.Helper()
	w := s.Begin(WriterOptions{})
	defer w.Close()
	k := choose.Known{DType: "BF16", Shape: []int64{int64(len(b) / 2)}}
	for _, id := range sources {
		k.Relatives = append(k.Relatives, choose.Relative{Blob: id, DType: "BF16"})
	}
	id := digest.Sum(b)
	_, err := w.PutBlob(context.Background(), bytes.NewReader(b), id, int64(len(b)), k)
	require.NoError(t, err)
	require.NoError(t, w.Flush())
	return id, w.Stored()
}

// An estimate says what a store would have taken, of what is in the other store and of what was only put, and its packs
// have no chunks.
func TestEstimate(t *testing.T) {
	base := storetest.Weights(1, 200_000)
	tuned := storetest.Tuned(2, base)
	other := storetest.Tuned(3, tuned)
	real, _ := open(t, Options{})
	baseID, _ := putFloats(t, real, base)

	contents := map[digest.ID][]byte{}
	dir := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, "packs"), 0o777))
	estimate := openAt(t, dir, newMemIndex(), Options{Estimate: &Estimate{Packs: real.packDir(), Content: func(id digest.ID) io.ReaderAt {
		if b := contents[id]; b != nil {
			return bytes.NewReader(b)
		}
		return nil
	}}})
	contents[digest.Sum(tuned)], contents[digest.Sum(other)] = tuned, other

	tunedID, took := putFloats(t, estimate, tuned, baseID)
	_, took2 := putFloats(t, estimate, other, tunedID)
	_, want := putFloats(t, real, tuned, baseID)
	_, want2 := putFloats(t, real, other, tunedID)
	require.Equal(t, []int64{want, want2}, []int64{took, took2})
	_, again := putFloats(t, estimate, tuned, baseID)
	require.Zero(t, again)

	own, err := pack.List(filepath.Join(dir, "packs"))
	require.NoError(t, err)
	require.Len(t, own, 2)
	for _, name := range own {
		r, err := pack.Open(pack.Path(filepath.Join(dir, "packs"), name))
		require.NoError(t, err)
		b, err := os.ReadFile(pack.Path(filepath.Join(dir, "packs"), name))
		require.NoError(t, err)
		for _, e := range r.Entries() {
			if e.Kind == pack.Chunk {
				require.Equal(t, make([]byte, e.Len), b[e.Off:e.Off+e.Len])
			}
		}
		require.NoError(t, r.Close())
	}

	// Content that is not what it was is told, not reckoned with.
	changed, err := estimate.Blob(tunedID)
	require.NoError(t, err)
	estimate.chunks.Purge()
	contents[tunedID] = base
	_, err = changed.ReadAt(make([]byte, 100), 0)
	require.ErrorIs(t, err, ErrChanged)
}
