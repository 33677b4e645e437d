package tensorstore

import (
	"os"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
)

// An askedIndex counts how often it is asked for chunks, one at a time or many at once.
type askedIndex struct {
	*memIndex
	one, many atomic.Int64
}

func (x *askedIndex) Locate(kind pack.Kind, id digest.ID) ([]Location, error) {
	if kind == pack.Chunk {
		x.one.Add(1)
	}
	return x.memIndex.Locate(kind, id)
}

func (x *askedIndex) LocateAll(kind pack.Kind, ids []digest.ID) (map[digest.ID][]Location, error) {
	x.many.Add(1)
	return x.memIndex.LocateAll(kind, ids)
}

// A trial asks for the lineage of a relative several times: that is one question.
func TestLineageIsOneQuestion(t *testing.T) {
	x := &askedIndex{memIndex: newMemIndex()}
	s := openAt(t, t.TempDir(), x, Options{Chunking: smallChunks})
	base := weights(1, 2048*128)
	ft := tuned(1, base)
	h := matrix(2048, 128)
	putAll(t, s, h, base)
	putAll(t, s, against(h, base), ft)
	x.one.Store(0)
	x.many.Store(0)
	for range 5 {
		depth, head, err := s.lineage(digest.Sum(ft))
		require.NoError(t, err)
		require.EqualValues(t, 1, depth)
		root, _ := head.Root()
		require.Equal(t, digest.Sum(base), root)
	}
	require.Zero(t, x.one.Load())
	require.EqualValues(t, 1, x.many.Load())
}

// What is stored, and what goes, may change how deep a blob is.
func TestLineageIsThatOfTheRecordsNow(t *testing.T) {
	s, x := open(t, Options{})
	base := weights(1, 256*128)
	ft := tuned(1, base)
	h := matrix(256, 128)
	putAll(t, s, h, base)
	putAll(t, s, against(h, base), ft)
	depthIs := func(want uint8) {
		t.Helper()
		depth, _, err := s.lineage(digest.Sum(ft))
		require.NoError(t, err)
		require.Equal(t, want, depth)
	}
	depthIs(1)
	before := namesIn(t, s.packDir())
	w := s.Begin(WriterOptions{})
	defer w.Close()
	_, err := w.append(raw(ft).Entry, ft, nil)
	require.NoError(t, err)
	require.NoError(t, w.Flush())
	depthIs(0) // readers take the shallower record
	for _, name := range namesIn(t, s.packDir()) {
		if !slices.Contains(before, name) {
			require.NoError(t, os.Remove(pack.Path(s.packDir(), name[:64])))
		}
	}
	require.NoError(t, s.Refresh())
	depthIs(1)
	require.Len(t, x.packs, 2)
	for _, name := range namesIn(t, s.packDir()) {
		require.NoError(t, os.Remove(pack.Path(s.packDir(), name[:64])))
	}
	require.NoError(t, s.Refresh())
	_, _, err = s.lineage(digest.Sum(ft))
	require.ErrorIs(t, err, ErrUnknown)
}

// What a repacking stores changes how deep a blob is for the store, and its trials do not see it.
func TestLineageDuringARepacking(t *testing.T) {
	s, _, _, ft := storeOfTuned(t, 256)
	id := digest.Sum(ft)
	depth, _, err := s.lineage(id)
	require.NoError(t, err)
	require.EqualValues(t, 1, depth)
	w := s.Begin(WriterOptions{})
	defer w.Close()
	depth, head, err := s.Flat().lineage(id)
	require.NoError(t, err)
	require.Zero(t, depth)
	require.Nil(t, head)
	require.NotZero(t, s.lineages.Len())
	require.NoError(t, w.PutObject(pack.Tree, digest.Sum([]byte("a")), []byte("a")))
	require.NoError(t, w.Flush())
	require.Zero(t, s.lineages.Len())
}

// A blob is whole with all of its chunks, however they are asked for.
func TestABlobWithoutAChunkIsNotWhole(t *testing.T) {
	s, x := open(t, Options{Chunking: smallChunks})
	b := weights(1, 256*128)
	putAll(t, s, matrix(256, 128), b)
	blob, err := x.Blob(digest.Sum(b))
	require.NoError(t, err)
	has, err := s.HasWhole(blob.ID)
	require.NoError(t, err)
	require.True(t, has)
	last := blob.Chunks[len(blob.Chunks)-1].ID
	hidden := s.Without([]string{x.records[key{pack.Chunk, last}][0].Pack})
	has, err = hidden.HasWhole(blob.ID)
	require.NoError(t, err)
	require.False(t, has, "its records are hidden, not gone")
	delete(x.records, key{pack.Chunk, last})
	has, err = s.HasWhole(blob.ID)
	require.NoError(t, err)
	require.False(t, has)
}
