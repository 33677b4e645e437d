package tensorstore

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"dits/tensorstore/choose"
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
)

// A busyIndex runs a function before it lists its packs: what another process does meanwhile.
type busyIndex struct {
	*memIndex
	meanwhile func()
}

func (x *busyIndex) Packs() ([]string, error) {
	if f := x.meanwhile; f != nil {
		x.meanwhile = nil
		f()
	}
	return x.memIndex.Packs()
}

func TestAPackSealedDuringRefreshIsNotForgotten(t *testing.T) {
	dir := t.TempDir()
	x := &busyIndex{memIndex: newMemIndex()}
	other := openAt(t, dir, x.memIndex, Options{})
	b := weights(1, 1000)
	x.meanwhile = func() { putAll(t, other, choose.Known{}, b) }
	s := openAt(t, dir, x, Options{})
	requireBlob(t, other, b)
	requireBlob(t, s, b)
}

func TestWhatWritersThatDiedLeftIsRemoved(t *testing.T) {
	dir := t.TempDir()
	s := openAt(t, dir, newMemIndex(), Options{})
	for name, age := range map[string]time.Duration{".tmp-pack-1": 0, ".tmp-pack-2": 48 * time.Hour} {
		path := filepath.Join(s.packDir(), name)
		require.NoError(t, os.WriteFile(path, []byte("half"), 0o600))
		then := time.Now().Add(-age)
		require.NoError(t, os.Chtimes(path, then, then))
	}
	openAt(t, dir, newMemIndex(), Options{})
	require.Equal(t, []string{".tmp-pack-1"}, namesIn(t, s.packDir()))
}

func namesIn(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestAWriterThatIsClosedLeavesNoTemporary(t *testing.T) {
	s, _ := open(t, Options{})
	w := s.Begin(WriterOptions{})
	put(t, w, weights(1, 1000), choose.Known{})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	b := weights(2, 4<<20)
	_, err := w.PutBlob(ctx, bytes.NewReader(b), digest.Sum(b), int64(len(b)), choose.Known{})
	require.ErrorIs(t, err, context.Canceled)
	require.Len(t, namesIn(t, s.packDir()), 1)
	require.NoError(t, w.Close())
	require.Empty(t, namesIn(t, s.packDir()))
}

func TestFewPacksStayOpen(t *testing.T) {
	s, x := open(t, Options{})
	s.packs.open.Resize(3)
	var blobs [][]byte
	for i := range 12 {
		blobs = append(blobs, weights(uint64(i), 1000))
		putAll(t, s, choose.Known{}, blobs[i])
	}
	require.Len(t, x.packs, 12)
	done := make(chan error)
	for i := range 4 {
		go func() {
			for j := range 48 {
				s.chunks.Purge()
				if _, err := read(s, digest.Sum(blobs[(i+j*5)%len(blobs)])); err != nil {
					done <- err
					return
				}
			}
			done <- nil
		}()
	}
	for range 4 {
		require.NoError(t, <-done)
	}
	require.Equal(t, 3, s.packs.open.Len())
	for _, o := range s.packs.open.Values() {
		require.Zero(t, o.users)
	}
}

func TestAPackInUseIsNotClosed(t *testing.T) {
	s, x := open(t, Options{})
	for i := range 4 {
		putAll(t, s, choose.Known{}, weights(uint64(i), 1000))
	}
	require.NoError(t, s.packs.close())
	s.packs.open.Resize(1)
	names, err := x.Packs()
	require.NoError(t, err)
	used, err := s.packs.get(names[0])
	require.NoError(t, err)
	for _, name := range names[1:] {
		o, err := s.packs.get(name)
		require.NoError(t, err)
		s.packs.put(o)
	}
	require.Equal(t, 1, s.packs.open.Len())
	require.NoError(t, used.Verify())
	s.packs.put(used)
	require.Error(t, used.Verify(), "the last user closes it")
}

func TestTheCacheIsBoundedInBytes(t *testing.T) {
	c := newChunkCache(100 + 14*keptEach)
	for i := range 50 {
		c.Add(digest.Sum([]byte{byte(i)}), make([]byte, 7))
	}
	require.Equal(t, 14, c.Len())
	require.EqualValues(t, 98+14*keptEach, c.bytes)
	_, ok := c.Get(digest.Sum([]byte{49}))
	require.True(t, ok)
	_, ok = c.Get(digest.Sum([]byte{0}))
	require.False(t, ok)
	c.Purge()
	require.Zero(t, c.bytes)
	c.Add(digest.Sum(nil), make([]byte, 101+14*keptEach))
	require.Zero(t, c.Len(), "one that is too large is not kept")
}

func TestVerifyStopsWhenCancelled(t *testing.T) {
	s, _ := open(t, Options{Workers: 1})
	for i := range 5 {
		putAll(t, s, choose.Known{}, weights(uint64(i), 1000))
	}
	ctx, cancel := context.WithCancel(context.Background())
	var told int
	err := s.Verify(ctx, Verification{
		Progress: func(int64) { told++; cancel() },
		Report:   func(err error) { t.Error(err) },
	})
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, 1, told)
	require.ErrorIs(t, s.Verify(ctx, Verification{Report: func(err error) { t.Error(err) }}), context.Canceled)
}

// A pack is lost; adding what it held again has to bring it back, though other packs
// still describe the content.
func TestWhatAPackTookAlongCanBePutAgain(t *testing.T) {
	s, x := open(t, Options{PackBytes: 1 << 20})
	b := weights(1, 8<<20)
	h := matrix(8192, 1024)
	putAll(t, s, h, b)
	blob, err := x.Blob(digest.Sum(b))
	require.NoError(t, err)
	for i, c := range blob.Chunks {
		locs, err := x.Locate(pack.Chunk, c.ID)
		require.NoError(t, err)
		if i == len(blob.Chunks)/2 {
			require.NoError(t, s.Close())
			require.NoError(t, os.Remove(s.packs.path(locs[0].Pack)))
		}
	}
	s = openAt(t, s.dir, x, Options{PackBytes: 1 << 20})
	_, err = read(s, blob.ID)
	require.ErrorIs(t, err, ErrUnknown)
	require.False(t, putAll(t, s, h, b)[0].Known)
	requireBlob(t, s, b)
}
