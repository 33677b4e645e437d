package repo

import (
	"encoding/json"
	"io/fs"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/repo/refs"
	"dits/tensorstore/digest"
)

func TestStats(t *testing.T) {
	f := newFixture(t)
	f.family()
	f.put("copy.safetensors", f.read("model.safetensors"))
	f.save("a copy")
	all, err := f.Stats(t.Context())
	require.NoError(t, err)
	var onDisk int64
	require.NoError(t, filepath.WalkDir(filepath.Join(f.StoreDir, "packs"), func(_ string, e fs.DirEntry, err error) error {
		if err == nil && e.Type().IsRegular() {
			info, ierr := e.Info()
			require.NoError(t, ierr)
			onDisk += info.Size()
		}
		return err
	}))
	require.Equal(t, onDisk, all.StoredBytes)
	require.Positive(t, all.CatalogBytes)
	require.EqualValues(t, 2, all.Files, "the copy is the same file")

	head, err := f.Stats(t.Context(), "HEAD")
	require.NoError(t, err)
	size := int64(len(f.read("model.safetensors")))
	require.EqualValues(t, 2, head.Files)
	require.EqualValues(t, 8, head.Tensors)
	require.EqualValues(t, 3, head.UniqueTensors, "the empty one has no bytes")
	require.Equal(t, 2*size, head.LogicalBytes)
	require.Less(t, head.StoredBytes, size)
	require.EqualValues(t, float64(head.StoredBytes)/float64(head.LogicalBytes), head.Ratio)
	history, err := f.Stats(t.Context(), "HEAD", "HEAD~1", "HEAD~2")
	require.NoError(t, err)
	require.EqualValues(t, 3, history.Files, "each path and content once")

	var sum EncodingStats
	require.Len(t, head.ByEncoding, 6)
	for _, name := range []string{"raw", "zstd", "fields", "blocks", "delta", "derived"} {
		e, ok := head.ByEncoding[name]
		require.True(t, ok, name)
		sum.Chunks += e.Chunks
		sum.LogicalBytes += e.LogicalBytes
	}
	require.Equal(t, head.Chunks, sum.Chunks)
	require.Equal(t, size, sum.LogicalBytes)
	require.Positive(t, head.ByEncoding["delta"].Chunks)
	_, err = f.Stats(t.Context(), "nothing")
	require.ErrorIs(t, err, refs.ErrUnknownRevision)
}

// A tensor that is another one in a wider dtype counts as derived, by name and in sums.
func TestDerivedIsCounted(t *testing.T) {
	f := newFixture(t)
	rng := rand.New(rand.NewPCG(3, 3))
	const n = 256
	narrow := normal(rng, n*n)
	wide := make([]byte, 0, 2*len(narrow))
	for i := 0; i < len(narrow); i += 2 {
		wide = append(wide, 0, 0, narrow[i], narrow[i+1])
	}
	f.put("m.safetensors", tensorsFile("", testTensor{Name: "h.0.w", DType: "F32", Shape: []int64{n, n}, Data: wide}))
	f.save("F32")
	f.put("m.safetensors", tensorsFile("", testTensor{Name: "h.0.w", DType: "BF16", Shape: []int64{n, n}, Data: narrow}))
	f.save("BF16")
	l, err := f.FileTensors("HEAD", "m.safetensors")
	require.NoError(t, err)
	require.Equal(t, "derived", l.Tensors[0].Encoding)
	require.Equal(t, digest.Sum(wide), l.Tensors[0].Source)
	f.put("n.safetensors", tensorsFile("in another file", testTensor{Name: "h.0.w", DType: "BF16", Shape: []int64{n, n}, Data: narrow}))
	f.save("twice")
	for _, revs := range [][]string{nil, {"HEAD", "HEAD~1", "HEAD~2"}} {
		s, err := f.Stats(t.Context(), revs...)
		require.NoError(t, err)
		require.EqualValues(t, len(narrow), s.ByEncoding["derived"].LogicalBytes)
		require.Zero(t, s.ByEncoding["delta"].Chunks)
	}
}

// An empty store has all keys.
func TestStatsJSON(t *testing.T) {
	f := newFixture(t)
	s, err := f.Stats(t.Context())
	require.NoError(t, err)
	s.CatalogBytes = 1
	b, err := json.Marshal(s)
	require.NoError(t, err)
	zero := `{"chunks":0,"logical_bytes":0,"stored_bytes":0}`
	require.Equal(t, `{"files":0,"tensors":0,"unique_tensors":0,"chunks":0,"logical_bytes":0,"stored_bytes":0,"catalog_bytes":1,"ratio":null,`+
		`"by_encoding":{"blocks":`+zero+`,"delta":`+zero+`,"derived":`+zero+`,"fields":`+zero+`,"raw":`+zero+`,"zstd":`+zero+`},"by_way":{},"by_file":[]}`, string(b))
}
