package repo

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/tensorstore"
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

// forge puts a pack of forgeries into the store.
func (f *fixture) forge(records ...forgery) {
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
	want, err := f.Stats("HEAD")
	require.NoError(t, err)
	p := (&predict.Prediction{Kind: predict.Alone}).Marshal()
	p[1] = 200
	f.forge(forged(pack.Prediction, p))
	got, err := f.Stats("HEAD")
	require.NoError(t, err)
	require.Equal(t, want.ByEncoding, got.ByEncoding)

	b, err := f.Store.Blob(f.blobOf("tuned.safetensors", "left"))
	require.NoError(t, err)
	records, err := f.Catalog.Records(pack.Chunk, b.Chunks()[0].ID)
	require.NoError(t, err)
	used, err := f.Catalog.Records(pack.Prediction, records[0].Prediction)
	require.NoError(t, err)
	f.flipByte(used[0].Pack, used[0].Off+1)
	_, err = f.Stats("HEAD")
	require.ErrorIs(t, err, tensorstore.ErrCorrupt)
	require.ErrorContains(t, err, used[0].ID.String())
}
