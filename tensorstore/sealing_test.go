package tensorstore

import (
	"bytes"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"dits/tensorstore/choose"
	"dits/tensorstore/codec"
	"dits/tensorstore/digest"
	"dits/tensorstore/disk"
	"dits/tensorstore/pack"
)

// A slowFS is a disk on which a sync takes until the test allows it.
type slowFS struct {
	disk.FS
	syncs chan error // what each sync returns, in turn
}

func (f slowFS) CreateTemp(dir, pattern string) (disk.File, error) {
	file, err := f.FS.CreateTemp(dir, pattern)
	return slowFile{file, f.syncs}, err
}

type slowFile struct {
	disk.File
	syncs chan error
}

func (f slowFile) Sync() error { return <-f.syncs }

// A sealing is a session whose first pack is full and on its way to the disk.
type sealing struct {
	*testing.T
	store *Store
	index *memIndex
	disk  slowFS
	w     *Writer
	first chan error // of what filled the first pack
}

// bubble is synctest.Test. Channels of a bubble cannot be used in another, so that the pool
// of zstd's coders has to be made before.
func bubble(t *testing.T, test func(*testing.T)) {
	e, _ := choose.Compress(nil, make([]byte, 1000))
	require.Equal(t, codec.Zstd, e)
	synctest.Test(t, test)
}

// whileSealing runs a test of a session whose packs are full with one object.
func whileSealing(t *testing.T, test func(sealing)) {
	bubble(t, func(t *testing.T) {
		fsys := slowFS{disk.OS, make(chan error)}
		s, x := open(t, Options{FS: fsys, PackBytes: 1000})
		w := s.Begin(WriterOptions{})
		first := make(chan error, 1)
		go func() { first <- putTree(w, 1) }()
		synctest.Wait()
		test(sealing{t, s, x, fsys, w, first})
	})
}

// tree is one of several objects, larger than a pack may be.
func tree(seed uint64) []byte { return weights(seed, 1000) }

func putTree(w *Writer, seed uint64) error {
	return w.PutObject(pack.Tree, digest.Sum(tree(seed)), tree(seed))
}

// begin runs what may have to wait.
func begin(what func() error) (done chan error) {
	done = make(chan error, 1)
	go func() { done <- what() }()
	synctest.Wait()
	return done
}

// While one pack is on its way to the disk others fill the next, which waits for its turn
// and is not filled any more then; what the first one has is known.
func TestThePackAfterIsFilledMeanwhile(t *testing.T) {
	whileSealing(t, func(x sealing) {
		small := []byte("small")
		require.NoError(x, x.w.PutObject(pack.Tree, digest.Sum(small), small))
		require.NoError(x, putTree(x.w, 1))
		stored := x.w.Stored()
		second := begin(func() error { return putTree(x.w, 2) })
		require.Greater(x, x.w.Stored(), stored, "it is in the second pack")
		stored = x.w.Stored()
		third := begin(func() error { return putTree(x.w, 3) })
		flush := begin(x.w.Flush)
		require.Equal(x, stored, x.w.Stored(), "the second pack is full")
		require.Empty(x, x.index.packs)
		require.Empty(x, x.first)
		x.disk.syncs <- nil
		synctest.Wait()
		require.NoError(x, <-x.first)
		require.Len(x, x.index.packs, 1)
		require.Empty(x, flush, "what was put before is not all kept")
		x.disk.syncs <- nil
		synctest.Wait()
		require.NoError(x, <-second)
		require.Len(x, x.index.packs, 2)
		require.NoError(x, <-flush)
		x.disk.syncs <- nil
		synctest.Wait()
		require.NoError(x, <-third)
		for seed := range uint64(3) {
			b, err := x.store.Object(pack.Tree, digest.Sum(tree(seed+1)))
			require.NoError(x, err)
			require.True(x, bytes.Equal(tree(seed+1), b))
		}
		require.NoError(x, x.w.Close())
	})
}

// What comes after a pack that could not be sealed may need it: none of it is.
func TestNothingIsSealedAfterAFailure(t *testing.T) {
	whileSealing(t, func(x sealing) {
		second := begin(func() error { return putTree(x.w, 2) })
		third := begin(func() error { return putTree(x.w, 3) })
		flush := begin(x.w.Flush)
		full := errors.New("the disk is full")
		x.disk.syncs <- full
		synctest.Wait()
		for _, done := range []chan error{x.first, second, third, flush} {
			require.ErrorIs(x, <-done, full)
		}
		require.ErrorIs(x, x.w.Flush(), full)
		require.ErrorIs(x, putTree(x.w, 4), full)
		require.NoError(x, x.w.Close())
		require.ErrorIs(x, x.w.Flush(), full, "it is remembered")
		require.Empty(x, namesIn(t, x.store.packDir()))
		require.Empty(x, x.index.packs)
	})
}

// A flush with nothing to seal waits for what is being sealed, and so does Close, which
// drops the rest.
func TestCloseWaitsForWhatIsBeingSealed(t *testing.T) {
	whileSealing(t, func(x sealing) {
		flush := begin(x.w.Flush)
		require.Empty(x, flush)
		second := begin(func() error { return putTree(x.w, 2) })
		closed := begin(x.w.Close)
		require.Empty(x, closed)
		x.disk.syncs <- nil
		synctest.Wait()
		require.NoError(x, <-x.first)
		select {
		case x.disk.syncs <- nil: // the second was faster than Close
		default:
		}
		synctest.Wait()
		require.NoError(x, <-closed)
		<-second
		<-flush
		require.ErrorIs(x, putTree(x.w, 3), errClosed)
		require.Len(x, namesIn(t, x.store.packDir()), len(x.index.packs))
		require.Contains(x, x.index.records, key{pack.Tree, digest.Sum(tree(1))})
	})
}

// A gatedIndex holds back answers about chunks.
type gatedIndex struct {
	*memIndex
	asked atomic.Int64
	gate  chan struct{}
}

func (x *gatedIndex) Locate(kind pack.Kind, id digest.ID) ([]Location, error) {
	if kind == pack.Chunk {
		x.asked.Add(1)
		<-x.gate
	}
	return x.memIndex.Locate(kind, id)
}

// Several workers have the same new chunk: one codes it, and the others wait for it.
func TestAChunkIsCodedOnce(t *testing.T) {
	bubble(t, func(t *testing.T) {
		x := &gatedIndex{memIndex: newMemIndex(), gate: make(chan struct{})}
		s := openAt(t, t.TempDir(), x, Options{})
		w := s.Begin(WriterOptions{})
		defer w.Close()
		b := weights(1, 1000)
		var stored atomic.Int64
		var g sync.WaitGroup
		for range 4 {
			p := &putting{w: w, plan: &choose.Plan{}, size: int64(len(b))}
			g.Go(func() {
				c := &coding{Span: Span{ID: digest.Sum(b), Len: int64(len(b))}}
				if err := p.store(p.plan, c, b); err != nil {
					t.Error(err)
				}
				stored.Add(c.stored)
			})
		}
		synctest.Wait()
		require.EqualValues(t, 1, x.asked.Load())
		close(x.gate)
		g.Wait()
		require.EqualValues(t, 1, x.asked.Load())
		require.Equal(t, w.Stored(), stored.Load(), "it counts once")
		require.NoError(t, w.Flush())
		requireBlob(t, s, b)
	})
}
