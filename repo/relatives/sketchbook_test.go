package relatives

import (
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/repo/object"
	"dits/repo/refs"
	"dits/repo/work"
	"dits/tensorstore"
	"dits/tensorstore/disk"
	"dits/tensorstore/pack"
)

// stored is a working folder whose store has one file, of which there are no sketches.
func stored(t *testing.T, path string) *work.Folder {
	t.Helper()
	db, err := object.Open(t.TempDir(), disk.OS)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	f, err := object.ScanFile(t.Context(), path)
	require.NoError(t, err)
	defer f.Close()
	w := db.Store.Begin(tensorstore.WriterOptions{})
	defer w.Close()
	for i, s := range f.Layout.Segments {
		_, err := w.PutBlob(t.Context(), io.NewSectionReader(f, s.Off, s.Len), f.Blobs[i], s.Len, Known(f.File, i, Family{}))
		require.NoError(t, err)
	}
	require.NoError(t, w.PutObject(pack.Manifest, f.ID, object.EncodeManifest(f.File)))
	require.NoError(t, w.Flush())
	return &work.Folder{Refs: &refs.Refs{Database: db}}
}

// A call reads a limited number of tensors of the store for their sketches.
func TestSketchesAreMadeWithinBounds(t *testing.T) {
	f := stored(t, "../../testdata/family/base.safetensors")
	b := newSketchbook(f)
	b.left = 3
	require.NoError(t, b.fill(t.Context()))
	require.Zero(t, b.left)
	lacking, err := f.Catalog.Unsketched(10)
	require.NoError(t, err)
	require.Len(t, lacking, 1)
	list, err := b.ofShape(256, 256)
	require.NoError(t, err)
	require.LessOrEqual(t, len(list), 3)
	b.left = 17
	require.NoError(t, b.fill(t.Context()))
	require.Zero(t, b.left)
	lacking, err = f.Catalog.Unsketched(10)
	require.NoError(t, err)
	require.Empty(t, lacking)
}
