package repo

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"dits/catalog"
	"dits/formats"
	"dits/repo/object"
	"dits/repo/work"
	"dits/tensorstore"
	"dits/tensorstore/choose"
	"dits/tensorstore/codec"
	"dits/tensorstore/digest"
	"dits/tensorstore/disk"
	"dits/tensorstore/pack"
	"dits/tensorstore/predict"
)

// A forgery is a record that no writer of ours would make.
type forgery struct {
	pack.Entry
	payload []byte
}

// forged is an object stored as it is, named by its bytes.
func forged(kind pack.Kind, b []byte) forgery {
	return forgery{pack.Entry{Kind: kind, ID: digest.Sum(b), Encoding: uint8(codec.Raw), RawLen: int64(len(b))}, b}
}

// forgeAll puts a pack of forgeries into the store.
func (f *fixture) forgeAll(records ...forgery) {
	f.t.Helper()
	w, err := pack.Create(disk.OS, filepath.Join(f.StoreDir, "packs"))
	require.NoError(f.t, err)
	for _, r := range records {
		_, err := w.Append(r.Entry, r.payload)
		require.NoError(f.t, err)
	}
	_, err = w.Seal()
	require.NoError(f.t, err)
	f.reopen()
}

// A prediction of a kind that only a newer dits knows is no one's business but that of the files that need it.
func TestStatsBesidePredictionsThatCannotBeRead(t *testing.T) {
	f := modelAndFineTune(t)
	want, err := f.Stats(t.Context(), "HEAD")
	require.NoError(t, err)
	p := (&predict.Prediction{Kind: predict.Alone}).Marshal()
	p[1] = 200
	f.forgeAll(forged(pack.Prediction, p))
	got, err := f.Stats(t.Context(), "HEAD")
	require.NoError(t, err)
	require.Equal(t, want.ByEncoding, got.ByEncoding)

	b, err := f.Store.Blob(f.blobOf("tuned.safetensors", "left"))
	require.NoError(t, err)
	records, err := f.Catalog.Records(pack.Chunk, b.Chunks()[0].ID)
	require.NoError(t, err)
	used, err := f.Catalog.Records(pack.Prediction, records[0].Prediction)
	require.NoError(t, err)
	f.flipByte(used[0].Pack, used[0].Off+1)
	_, err = f.Stats(t.Context(), "HEAD")
	require.ErrorIs(t, err, tensorstore.ErrCorrupt)
	require.ErrorContains(t, err, used[0].ID.String())
}

// vast commits a file of 2^50 zeros, which a few KB of pack claim, and returns the commit.
func (f *fixture) vast() digest.ID {
	f.t.Helper()
	const chunk, chunks, segments = 16 << 20, 1 << 16, 1 << 10
	zeros := make([]byte, chunk)
	_, packed := choose.Compress(nil, zeros)
	list := binary.AppendUvarint(nil, chunks)
	for range chunks {
		list = binary.AppendUvarint(list, chunk)
	}
	id := digest.Sum(zeros)
	for range chunks {
		list = append(list, id[:]...)
	}
	_, packedList := choose.Compress(nil, list)
	blob := digest.Sum([]byte("2^40 zeros, if one believes it"))
	file := catalog.File{ID: digest.Sum([]byte("2^50 zeros, if one believes it")), Layout: formats.Layout{Format: "opaque", Size: segments * chunks * chunk}}
	for i := range int64(segments) {
		file.Layout.Segments = append(file.Layout.Segments, formats.Segment{Kind: formats.Opaque, Off: i * chunks * chunk, Len: chunks * chunk, Tensor: -1})
		file.Blobs = append(file.Blobs, blob)
	}
	manifest := forged(pack.Manifest, object.EncodeManifest(file))
	manifest.ID = file.ID
	tree := forged(pack.Tree, object.EncodeTree([]catalog.TreeEntry{{Name: "vast", Mode: object.ModeFile, ID: file.ID, Size: file.Layout.Size}}))
	commit := forged(pack.Commit, object.EncodeCommit(catalog.Commit{Tree: tree.ID, Author: "A <a@b.c>", Time: time.Unix(1, 0).UTC(), Message: "vast\n"}))
	f.forgeAll(
		forgery{pack.Entry{Kind: pack.Chunk, ID: id, Encoding: uint8(codec.Zstd), RawLen: chunk}, packed},
		forgery{pack.Entry{Kind: pack.Blob, ID: blob, Encoding: uint8(codec.Zstd), RawLen: int64(len(list))}, packedList},
		manifest, tree, commit)
	return commit.ID
}

// What no disk has room for is refused before anything is written.
func TestNoRoom(t *testing.T) {
	f := newFixture(t)
	f.put("a", "a")
	f.save("a")
	rev := f.vast().String()
	var short *work.SpaceError
	_, err := f.checkout(rev, CheckoutOptions{})
	require.ErrorAs(t, err, &short)
	require.EqualValues(t, 1<<50-1, short.Need, "less what goes")
	require.Equal(t, "a", f.read("a"))
	require.ErrorAs(t, f.CheckExport(rev, "vast", nil, f.path("out"), false), &short)
	require.EqualValues(t, 1<<50, short.Need)
	f.requireEmptyTmp()
}

func (f *fixture) requireEmptyTmp() {
	f.t.Helper()
	left, err := os.ReadDir(filepath.Join(f.Dir, "tmp"))
	require.NoError(f.t, err)
	require.Empty(f.t, left)
}
