package tensorstore

import (
	"os"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
	"dits/tensorstore/predict"
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
}

// Each file of many has relatives in packs that are sealed while it is added: what the index said of their chunks stays
// true, unless a pack has them too.
func TestWhatIsKnownOfChunksOutlivesOtherPacks(t *testing.T) {
	x := &askedIndex{memIndex: newMemIndex()}
	s := openAt(t, t.TempDir(), x, Options{})
	base := weights(1, 256*128)
	putAll(t, s, matrix(256, 128), base)
	asked := func(look func() error) int64 {
		t.Helper()
		before := x.one.Load() + x.many.Load()
		require.NoError(t, look())
		return x.one.Load() + x.many.Load() - before
	}
	id := digest.Sum(base)
	look := func() error {
		s.chunks.Purge()
		if _, _, err := s.lineage(id); err != nil {
			return err
		}
		_, err := read(s, id)
		return err
	}
	require.NotZero(t, asked(look))
	require.Zero(t, asked(look))
	putAll(t, s, matrix(256, 128), weights(2, 256*128))
	require.Zero(t, asked(look), "a pack of others")
	w := s.Begin(WriterOptions{})
	defer w.Close()
	require.NoError(t, w.PutChunk(raw(base).Entry, base))
	require.NoError(t, w.Flush())
	require.NotZero(t, asked(look), "a pack that has the chunk")
	s.outdate()
	require.NotZero(t, asked(look), "packs went")
}

// Another process stores what was looked for in vain.
func TestWhatIsNotThereIsAskedForAgain(t *testing.T) {
	x := &askedIndex{memIndex: newMemIndex()}
	dir := t.TempDir()
	s, other := openAt(t, dir, x, Options{}), openAt(t, dir, x, Options{})
	base := weights(1, 256*128)
	id := digest.Sum(base)
	_, _, err := s.lineage(id)
	require.ErrorIs(t, err, ErrUnknown)
	_, err = s.allLocated([]digest.ID{id})
	require.NoError(t, err)
	putAll(t, other, matrix(256, 128), base)
	_, _, err = s.lineage(id)
	require.NoError(t, err)
	requireBlob(t, s, base)
}

// Predictions of small tensors are kept by the thousand, and few of large ones.
func TestPredictionsAreKeptByTheirBytes(t *testing.T) {
	c := newPredictionCache()
	name := func(i int) digest.ID { return digest.Sum([]byte{byte(i), byte(i >> 8)}) }
	const many = 20_000
	for i := range many {
		c.Add(name(i), &predict.Prediction{Kind: predict.Relative, Sources: []digest.ID{name(i)}})
	}
	require.Equal(t, many, c.Len())
	large := &predict.Factors{Rank: 256, A: make([]int16, 1<<20), B: make([]int16, 1<<20)}
	for i := range many {
		c.Add(name(i), &predict.Prediction{Kind: predict.LowRank, By: large})
	}
	require.LessOrEqual(t, c.Len(), cachedPredictions>>22)
	require.NotZero(t, c.Len())
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
