package tensorstore

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/tensorstore/choose"
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
	"dits/tensorstore/storetest"
)

// open opens a store in a fresh folder.
func open(t *testing.T, o Options) (*Store, *memIndex) {
	t.Helper()
	x := newMemIndex()
	return openAt(t, t.TempDir(), x, o), x
}

func openAt(t *testing.T, dir string, x Index, o Options) *Store {
	t.Helper()
	s, err := Open(dir, x, o)
	require.NoError(t, err)
	t.Cleanup(func() { s.Close() })
	return s
}

var weights, tuned = storetest.Weights, storetest.Tuned

func put(t *testing.T, w *Writer, b []byte, h choose.Known) Put {
	t.Helper()
	p, err := w.PutBlob(context.Background(), bytes.NewReader(b), digest.Sum(b), int64(len(b)), h)
	require.NoError(t, err)
	return p
}

// putAll stores blobs in a session of their own.
func putAll(t *testing.T, s *Store, h choose.Known, blobs ...[]byte) []Put {
	t.Helper()
	w := s.Begin(WriterOptions{})
	defer w.Close()
	var puts []Put
	for _, b := range blobs {
		puts = append(puts, put(t, w, b, h))
	}
	require.NoError(t, w.Flush())
	return puts
}

func requireBlob(t *testing.T, s *Store, want []byte) {
	t.Helper()
	got, err := read(s, digest.Sum(want))
	require.NoError(t, err)
	require.True(t, bytes.Equal(want, got), "blob comes back changed")
}

func read(s *Store, id digest.ID) ([]byte, error) {
	r, err := s.Blob(id)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	_, err = r.WriteTo(&b)
	return b.Bytes(), err
}

func matrix(rows, cols int64) choose.Known {
	return choose.Known{DType: "BF16", Shape: []int64{rows, cols}}
}

func against(h choose.Known, base []byte) choose.Known {
	h.Relatives = []choose.Relative{{Blob: digest.Sum(base), DType: h.DType}}
	return h
}

func TestBlobsComeBack(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	noise := make([]byte, 5<<20)
	for i := range noise {
		noise[i] = byte(r.Uint32())
	}
	for name, c := range map[string]struct {
		bytes []byte
		known choose.Known
	}{
		"one byte":           {[]byte{7}, choose.Known{}},
		"text":               {bytes.Repeat([]byte("tensor "), 1000), choose.Known{}},
		"noise of 5 MiB":     {noise, choose.Known{}},
		"weights":            {weights(1, 256*1024), matrix(1024, 256)},
		"large weights":      {weights(2, 4<<20), matrix(4096, 1024)},
		"a vector":           {weights(3, 256), choose.Known{DType: "BF16", Shape: []int64{256}}},
		"a scalar":           {weights(4, 1), choose.Known{DType: "BF16"}},
		"odd length":         {noise[:70001], matrix(7, 5000)},
		"noise as BF16":      {noise, matrix(2560, 1024)},
		"a known of zero":    {weights(5, 100), choose.Known{DType: "BF16", Shape: []int64{0, 0}}},
		"a dtype unheard of": {weights(6, 100), choose.Known{DType: "F7", Shape: []int64{10, 10}}},
		"a missing relative": {weights(7, 1000), against(matrix(10, 100), []byte("nothing"))},
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := open(t, Options{})
			put := putAll(t, s, c.known, c.bytes)[0]
			require.False(t, put.Known)
			requireBlob(t, s, c.bytes)
			require.True(t, putAll(t, s, c.known, c.bytes)[0].Known)
		})
	}
}

func TestRangesDecodeOnlyWhatTheyTouch(t *testing.T) {
	s, x := open(t, Options{})
	b := weights(1, 4<<20)
	putAll(t, s, matrix(4096, 1024), b)
	blob, err := x.Blob(digest.Sum(b))
	require.NoError(t, err)
	require.Greater(t, len(blob.Chunks), 4)
	r, err := s.Blob(blob.ID)
	require.NoError(t, err)
	rnd := rand.New(rand.NewPCG(3, 3))
	for range 200 {
		off := rnd.Int64N(int64(len(b)))
		got := make([]byte, rnd.Int64N(min(3<<20, int64(len(b))-off)+1))
		_, err := r.ReadAt(got, off)
		require.NoError(t, err)
		require.True(t, bytes.Equal(b[off:off+int64(len(got))], got))
	}
	for range 200 {
		off, n := rnd.Int64N(int64(len(b))+10), rnd.IntN(1<<20)
		got, err := r.View(off, n)
		require.NoError(t, err)
		if inOneChunk(r, off, int64(n)) {
			require.True(t, bytes.Equal(b[off:off+int64(n)], got))
			require.Equal(t, n, cap(got))
		} else {
			require.Nil(t, got)
		}
	}
	s.chunks.Purge()
	_, err = r.ReadAt(make([]byte, 10), 5)
	require.NoError(t, err)
	require.Equal(t, 1, s.chunks.Len())
}

// inOneChunk says that a blob has n > 0 bytes from off on, all in one chunk.
func inOneChunk(r *BlobReader, off, n int64) bool {
	var at int64
	for _, c := range r.Chunks() {
		if at <= off && off < at+c.Len {
			return 0 < n && off+n <= at+c.Len
		}
		at += c.Len
	}
	return false
}

func TestFineTuneIsStoredAsDifference(t *testing.T) {
	s, _ := open(t, Options{})
	base := weights(1, 1<<20)
	ft := tuned(2, base)
	h := matrix(1024, 1024)
	alone := putAll(t, s, h, base)[0]
	delta := putAll(t, s, against(h, base), ft)[0]
	require.Equal(t, digest.Sum(base), delta.Source)
	require.Less(t, delta.Stored, alone.Stored*3/5)
	requireBlob(t, s, ft)
}

func TestARelativeThatDoesNotHelpIsNotUsed(t *testing.T) {
	s, _ := open(t, Options{})
	a, b := weights(1, 1<<18), weights(2, 1<<18)
	h := matrix(512, 512)
	alone := putAll(t, s, h, a)[0]
	other := putAll(t, s, against(h, a), b)[0]
	require.True(t, other.Source.IsZero())
	require.InDelta(t, alone.Stored, other.Stored, float64(alone.Stored)/100)
}

func TestChainsOfSourcesAreBounded(t *testing.T) {
	s, x := open(t, Options{Depth: 2})
	h := matrix(512, 512)
	versions := [][]byte{weights(1, 1<<18)}
	putAll(t, s, h, versions[0])
	for i := range 6 {
		versions = append(versions, tuned(uint64(i), versions[i]))
		p := putAll(t, s, against(h, versions[i]), versions[i+1])[0]
		require.False(t, p.Source.IsZero(), "version %d", i+1)
	}
	deepest := uint8(0)
	for _, locs := range x.records {
		deepest = max(deepest, locs[0].Depth)
	}
	require.Equal(t, uint8(2), deepest)
	for _, v := range versions {
		requireBlob(t, s, v)
	}
}

func TestCastPredictsAnotherDType(t *testing.T) {
	s, _ := open(t, Options{})
	bf16 := weights(1, 1<<18)
	f32 := make([]byte, 2*len(bf16))
	for i := 0; i < len(bf16); i += 2 {
		copy(f32[2*i+2:], bf16[i:i+2])
	}
	putAll(t, s, matrix(512, 512), bf16)
	h := choose.Known{DType: "F32", Shape: []int64{512, 512}, Relatives: []choose.Relative{{Blob: digest.Sum(bf16), DType: "BF16"}}}
	p := putAll(t, s, h, f32)[0]
	require.Equal(t, digest.Sum(bf16), p.Source)
	require.Less(t, p.Stored, int64(1000))
	requireBlob(t, s, f32)
}

func TestRowsGrownReuseChunks(t *testing.T) {
	s, _ := open(t, Options{})
	old := weights(1, 4<<20)
	h := matrix(8192, 512)
	first := putAll(t, s, h, old)[0]
	for name, at := range map[string]int{"front": 0, "middle": 4096 * 1024, "end": len(old)} {
		extra := weights(uint64(len(name)), 512*3)
		grown := append(append(bytes.Clone(old[:at]), extra...), old[at:]...)
		p := putAll(t, s, matrix(8195, 512), grown)[0]
		require.Less(t, p.Stored, first.Stored/3, name)
		requireBlob(t, s, grown)
	}
}

func TestContentThatChangesIsRefused(t *testing.T) {
	s, x := open(t, Options{})
	w := s.Begin(WriterOptions{})
	defer w.Close()
	b := weights(1, 1000)
	_, err := w.PutBlob(context.Background(), bytes.NewReader(b), digest.Sum([]byte("other")), int64(len(b)), choose.Known{})
	require.ErrorIs(t, err, ErrChanged)
	_, err = w.PutBlob(context.Background(), bytes.NewReader(b[:500]), digest.Sum(b), int64(len(b)), matrix(10, 100))
	require.ErrorIs(t, err, ErrChanged)
	require.NoError(t, w.Flush())
	_, err = x.Blob(digest.Sum([]byte("other")))
	require.ErrorIs(t, err, ErrUnknown)
	require.Empty(t, x.blobs)
}

func TestObjects(t *testing.T) {
	s, _ := open(t, Options{})
	w := s.Begin(WriterOptions{})
	defer w.Close()
	b := bytes.Repeat([]byte("tree"), 100)
	require.NoError(t, w.PutObject(pack.Tree, digest.Sum(b), b))
	require.NoError(t, w.PutObject(pack.Tree, digest.Sum(b), b))
	_, err := s.Object(pack.Tree, digest.Sum(b))
	require.ErrorIs(t, err, ErrUnknown, "before Flush")
	require.NoError(t, w.Flush())
	got, err := s.Object(pack.Tree, digest.Sum(b))
	require.NoError(t, err)
	require.Equal(t, b, got)
	_, err = s.Object(pack.Commit, digest.Sum(b))
	require.ErrorIs(t, err, ErrUnknown)
}

func TestPacksAreAdoptedAndForgotten(t *testing.T) {
	dir := t.TempDir()
	s := openAt(t, dir, newMemIndex(), Options{})
	b, c := weights(1, 3<<20), bytes.Repeat([]byte("x"), 100)
	putAll(t, s, matrix(3072, 1024), b)
	putAll(t, s, choose.Known{}, c)

	x := newMemIndex()
	s = openAt(t, dir, x, Options{})
	requireBlob(t, s, b)
	requireBlob(t, s, c)

	names, err := pack.List(filepath.Join(dir, "packs"))
	require.NoError(t, err)
	require.Len(t, names, 2)
	for _, n := range names {
		require.NoError(t, os.Remove(filepath.Join(dir, "packs", n+".pack")))
	}
	s = openAt(t, dir, x, Options{})
	_, err = s.Blob(digest.Sum(b))
	if err == nil {
		_, err = read(s, digest.Sum(b))
	}
	require.ErrorIs(t, err, ErrUnknown)
}

func TestDamagedPackDoesNotHideOthers(t *testing.T) {
	dir := t.TempDir()
	x := newMemIndex()
	s := openAt(t, dir, x, Options{})
	b, c := weights(1, 1000), weights(2, 1000)
	putAll(t, s, choose.Known{}, b)
	names, _ := x.Packs()
	putAll(t, s, choose.Known{}, c)
	path := filepath.Join(dir, "packs", names[0]+".pack")
	require.NoError(t, os.Truncate(path, 100))

	s = openAt(t, dir, newMemIndex(), Options{})
	require.Len(t, s.Damaged(), 1)
	require.ErrorIs(t, s.Damaged()[0], ErrCorrupt)
	requireBlob(t, s, c)
}

func TestPacksAreSealedWhenFull(t *testing.T) {
	s, x := open(t, Options{PackBytes: 1 << 20})
	w := s.Begin(WriterOptions{})
	b := weights(1, 8<<20)
	put(t, w, b, matrix(8192, 1024))
	require.NoError(t, w.Close()) // as if the process had died before Flush
	require.Greater(t, len(x.packs), 5)

	again := putAll(t, s, matrix(8192, 1024), b)[0]
	require.Less(t, again.Stored, int64(3<<20), "what reached a sealed pack is not stored again")
	requireBlob(t, s, b)
}

func TestAnotherRecordIsReadWhereOneIsDamaged(t *testing.T) {
	dir := t.TempDir()
	b := weights(1, 100000)
	// Two stores coded the same content; their packs meet in one folder.
	for range 2 {
		other := openAt(t, t.TempDir(), newMemIndex(), Options{})
		putAll(t, other, matrix(100, 1000), b, weights(rand.Uint64(), 1000))
		names, _ := other.index.Packs()
		require.NoError(t, os.MkdirAll(filepath.Join(dir, "packs"), 0o777))
		require.NoError(t, os.Rename(other.packs.path(names[0]), filepath.Join(dir, "packs", names[0]+".pack")))
	}
	x := newMemIndex()
	s := openAt(t, dir, x, Options{})
	locs, err := x.Locate(pack.Chunk, digest.Sum(b))
	require.NoError(t, err)
	require.Len(t, locs, 2)
	flip(t, s.packs.path(locs[0].Pack), locs[0].Off+locs[0].Len/2)
	requireBlob(t, s, b)
}

// TestOppositeDeltas: one clone coded A from B, another B from A; both survive in one store.
func TestOppositeDeltas(t *testing.T) {
	a := weights(1, 1<<18)
	b := tuned(1, a)
	h := matrix(512, 512)
	dir := t.TempDir()
	packs := filepath.Join(dir, "packs")
	require.NoError(t, os.MkdirAll(packs, 0o777))
	for _, order := range [][2][]byte{{a, b}, {b, a}} {
		clone := openAt(t, t.TempDir(), newMemIndex(), Options{})
		putAll(t, clone, h, order[0])
		require.False(t, putAll(t, clone, against(h, order[0]), order[1])[0].Source.IsZero())
		names, _ := clone.index.Packs()
		for _, n := range names {
			require.NoError(t, os.Rename(clone.packs.path(n), filepath.Join(packs, n+".pack")))
		}
	}
	s := openAt(t, dir, newMemIndex(), Options{})
	requireBlob(t, s, a)
	requireBlob(t, s, b)
	requireClean(t, s)
}

func flip(t *testing.T, path string, off int64) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	require.NoError(t, err)
	defer f.Close()
	var b [1]byte
	_, err = f.ReadAt(b[:], off)
	require.NoError(t, err)
	b[0] ^= 1
	_, err = f.WriteAt(b[:], off)
	require.NoError(t, err)
}

func verify(t *testing.T, s *Store) (problems []error) {
	t.Helper()
	err := s.Verify(context.Background(), Verification{Decode: true, Report: func(err error) { problems = append(problems, err) }})
	require.NoError(t, err)
	return problems
}

func requireClean(t *testing.T, s *Store) {
	t.Helper()
	require.NoError(t, errors.Join(verify(t, s)...))
}

func TestVerifyFindsEveryFlippedByte(t *testing.T) {
	s, x := open(t, Options{})
	base := weights(1, 2000)
	putAll(t, s, matrix(40, 50), base)
	names, _ := x.Packs()
	putAll(t, s, against(matrix(40, 50), base), tuned(1, base))
	requireClean(t, s)
	path := s.packs.path(names[0])
	info, err := os.Stat(path)
	require.NoError(t, err)
	for off := range info.Size() {
		flip(t, path, off)
		problems := verify(t, s)
		require.NotEmpty(t, problems, "byte %d", off)
		require.ErrorIs(t, problems[0], ErrCorrupt)
		require.ErrorContains(t, problems[0], names[0])
		flip(t, path, off)
	}
}

func TestConcurrentPuts(t *testing.T) {
	s, _ := open(t, Options{PackBytes: 2 << 20})
	w := s.Begin(WriterOptions{})
	defer w.Close()
	blobs := make([][]byte, 16)
	errs := make(chan error)
	for i := range blobs {
		blobs[i] = weights(uint64(i/2), 1<<18) // each twice
		go func() {
			b := blobs[i]
			_, err := w.PutBlob(context.Background(), bytes.NewReader(b), digest.Sum(b), int64(len(b)), matrix(512, 512))
			errs <- err
		}()
	}
	for range blobs {
		require.NoError(t, <-errs)
	}
	require.NoError(t, w.Flush())
	for _, b := range blobs {
		requireBlob(t, s, b)
	}
	requireClean(t, s)
}
