package tensorstore

import (
	"bytes"
	"errors"
	"os"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/tensorstore/choose"
	"dits/tensorstore/codec"
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
)

// A countingIndex counts the chunk lists that it is asked for.
type countingIndex struct {
	*memIndex
	lists atomic.Int64
}

func (x *countingIndex) Locate(kind pack.Kind, id digest.ID) ([]Location, error) {
	if kind == pack.Blob {
		x.lists.Add(1)
	}
	return x.memIndex.Locate(kind, id)
}

// storeOfTuned has a base and a fine-tune of so many rows.
func storeOfTuned(t *testing.T, rows int) (s *Store, x *countingIndex, base, ft []byte) {
	t.Helper()
	x = &countingIndex{memIndex: newMemIndex()}
	s = openAt(t, t.TempDir(), x, Options{Chunking: smallChunks})
	base = weights(1, rows*128)
	ft = tuned(1, base)
	h := matrix(int64(rows), 128)
	putAll(t, s, h, base)
	x.lists.Store(0)
	putAll(t, s, against(h, base), ft)
	return s, x, base, ft
}

// However long a tensor is, it takes the list of its source once: to ask for it at each
// chunk takes time in the square of the length.
func TestTheListOfASourceIsReadOnce(t *testing.T) {
	for _, rows := range []int{256, 2048} {
		s, x, _, ft := storeOfTuned(t, rows)
		t.Log(rows, "rows in", x.lists.Load())
		require.LessOrEqual(t, x.lists.Load(), int64(12), "on the way in, %d rows", rows)
		blob, err := x.Blob(digest.Sum(ft))
		require.NoError(t, err)
		require.Greater(t, len(blob.Chunks), rows/64)
		s.chunks.Purge()
		s.outdate()
		x.lists.Store(0)
		requireBlob(t, s, ft)
		require.EqualValues(t, 2, x.lists.Load(), "of the tensor and its source, %d chunks", len(blob.Chunks))
	}
}

// Another process has cut the source anew and dropped its old chunks; nobody told the store.
func TestAListOfChunksThatAreGone(t *testing.T) {
	s, x, base, ft := storeOfTuned(t, 256)
	requireBlob(t, s, ft)
	forget := func() { // as when the packs are found to be gone
		s.chunks.Purge()
		s.locations.Purge()
	}
	old, err := x.Blob(digest.Sum(base))
	require.NoError(t, err)
	// The new cut is one chunk.
	writer := openAt(t, s.dir, x, Options{})
	w := writer.Begin(WriterOptions{})
	_, err = w.append(pack.Entry{Kind: pack.Chunk, ID: digest.Sum(base), Encoding: uint8(codec.Raw), RawLen: int64(len(base))}, base, nil)
	require.NoError(t, err)
	require.NoError(t, w.Flush())
	x.mu.Lock()
	delete(x.records, key{pack.Blob, digest.Sum(base)})
	for _, c := range old.Chunks {
		delete(x.records, key{pack.Chunk, c.ID})
	}
	x.mu.Unlock()
	forget()
	_, kept := s.lists.Get(digest.Sum(base))
	require.True(t, kept, "or the test shows nothing")
	requireBlob(t, s, ft)
	// It is gone altogether, or a damaged pack says that it is shorter.
	gone := digest.Sum([]byte("gone"))
	w = writer.Begin(WriterOptions{Alone: true}) // which looks for nothing
	shorter := Blob{ID: digest.Sum(base), Len: 1, Chunks: []Span{{gone, 1}}}
	_, err = w.append(pack.Entry{Kind: pack.Blob, ID: shorter.ID, Encoding: uint8(codec.Raw), RawLen: int64(len(shorter.marshal()))},
		shorter.marshal(), shorter.marshal())
	require.NoError(t, err)
	require.NoError(t, w.Flush())
	forget()
	s.lists.Add(digest.Sum(base), newChunkList(old))
	r, err := s.Blob(digest.Sum(ft))
	require.NoError(t, err)
	_, err = r.ReadAt(make([]byte, 1), r.Len()-1)
	require.ErrorIs(t, err, ErrUnknown)
	x.mu.Lock()
	delete(x.records, key{pack.Blob, digest.Sum(base)})
	delete(x.records, key{pack.Chunk, digest.Sum(base)})
	x.mu.Unlock()
	forget()
	_, err = read(s, digest.Sum(ft))
	require.ErrorIs(t, err, ErrUnknown)
}

// Packs that go may take any list along; packs that come take none.
func TestListsAreDroppedWhenPacksGo(t *testing.T) {
	s, _, _, ft := storeOfTuned(t, 256)
	keep := func() {
		s.chunks.Purge()
		requireBlob(t, s, ft)
		require.NotZero(t, s.lists.Len())
	}
	keep()
	putAll(t, s, choose.Known{}, []byte("another"))
	require.NotZero(t, s.lists.Len())
	locs, err := s.index.Locate(pack.Chunk, digest.Sum([]byte("another")))
	require.NoError(t, err)
	require.NoError(t, s.Refresh())
	require.NotZero(t, s.lists.Len())
	require.NoError(t, os.Remove(s.packs.path(locs[0].Pack))) // by another process
	require.NoError(t, s.Refresh())
	require.Zero(t, s.lists.Len(), "a pack is gone")
	keep()
	require.NoError(t, s.Remove(namesIn(t, s.packDir())[:0], func() error { return nil }))
	require.Zero(t, s.lists.Len(), "packs were forgotten")
}

// A list that was asked for before the index changed is not kept after.
func TestAValueLoadedDuringAPurgeIsNotKept(t *testing.T) {
	c := newChunkCache(2 * keptEach)
	id := digest.Sum([]byte("a"))
	b, err := c.Load(id, func() ([]byte, error) { c.Purge(); return []byte("old"), nil })
	require.NoError(t, err)
	require.True(t, bytes.Equal([]byte("old"), b))
	require.Zero(t, c.Len())
	_, err = c.Load(id, func() ([]byte, error) { return nil, errors.New("no index") })
	require.Error(t, err)
	require.Zero(t, c.Len())
	for _, text := range []string{"first", "second one"} {
		_, err = c.Load(id, func() ([]byte, error) { return []byte(text), nil })
		require.NoError(t, err)
	}
	require.Equal(t, 1, c.Len())
	require.EqualValues(t, keptEach+len("second one"), c.bytes, "what is replaced does not count")
}
