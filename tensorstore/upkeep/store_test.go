package upkeep

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/cdc"
	"dits/tensorstore"
	"dits/tensorstore/choose"
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
	"dits/tensorstore/storetest"
)

// open opens a store in a fresh folder.
func open(t *testing.T, o tensorstore.Options) (*tensorstore.Store, *memIndex) {
	t.Helper()
	x := newMemIndex()
	return openAt(t, t.TempDir(), x, o), x
}

func openAt(t *testing.T, dir string, x tensorstore.Index, o tensorstore.Options) *tensorstore.Store {
	t.Helper()
	s, err := tensorstore.Open(dir, x, o)
	require.NoError(t, err)
	t.Cleanup(func() { s.Close() })
	return s
}

var weights, tuned = storetest.Weights, storetest.Tuned

func put(t *testing.T, w *tensorstore.Writer, b []byte, h choose.Known) tensorstore.Put {
	t.Helper()
	p, err := w.PutBlob(context.Background(), bytes.NewReader(b), digest.Sum(b), int64(len(b)), h)
	require.NoError(t, err)
	return p
}

// putAll stores blobs in a session of their own.
func putAll(t *testing.T, s *tensorstore.Store, h choose.Known, blobs ...[]byte) []tensorstore.Put {
	t.Helper()
	w := s.Begin(tensorstore.WriterOptions{})
	defer w.Close()
	var puts []tensorstore.Put
	for _, b := range blobs {
		puts = append(puts, put(t, w, b, h))
	}
	require.NoError(t, w.Flush())
	return puts
}

func requireBlob(t *testing.T, s *tensorstore.Store, want []byte) {
	t.Helper()
	got, err := read(s, digest.Sum(want))
	require.NoError(t, err)
	require.True(t, bytes.Equal(want, got), "blob comes back changed")
}

func read(s *tensorstore.Store, id digest.ID) ([]byte, error) {
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

func verify(t *testing.T, s *tensorstore.Store) (problems []error) {
	t.Helper()
	report := func(err error) { problems = append(problems, err) }
	err := s.Verify(context.Background(), tensorstore.Verification{Decode: true, Report: report})
	require.NoError(t, err)
	return problems
}

func requireClean(t *testing.T, s *tensorstore.Store) {
	t.Helper()
	require.NoError(t, errors.Join(verify(t, s)...))
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

// smallChunks are several in a small tensor.
var smallChunks = cdc.Params{Min: 4 << 10, Avg: 8 << 10, Max: 16 << 10, Align: 1}

func packDir(s *tensorstore.Store) string { return filepath.Join(s.Dir(), "packs") }

// recordOf is the record that readers take of the first chunk of a blob.
func recordOf(t *testing.T, x tensorstore.Index, b []byte) tensorstore.Location {
	t.Helper()
	blob, err := x.(*memIndex).Blob(digest.Sum(b))
	require.NoError(t, err)
	locs, err := x.Locate(pack.Chunk, blob.Chunks[0].ID)
	require.NoError(t, err)
	require.NotEmpty(t, locs)
	return locs[0]
}
