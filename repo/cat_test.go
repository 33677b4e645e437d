package repo

import (
	"bytes"
	"context"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/repo/diff"
	"dits/repo/object"
	"dits/tensorstore/digest"
)

func TestCat(t *testing.T) {
	f := newFixture(t)
	base, tuned := f.family()
	data := f.read("model.safetensors")
	cat := func(rev string, o CatOptions) string {
		t.Helper()
		var w bytes.Buffer
		require.NoError(t, f.Cat(context.Background(), rev, "model.safetensors", o, &w))
		return w.String()
	}
	require.True(t, data == cat("HEAD", CatOptions{}))
	require.True(t, data == cat("", CatOptions{}))
	size := int64(len(data))
	rng := rand.New(rand.NewPCG(2, 2))
	for range 50 {
		from := rng.Int64N(size)
		to := from + 1 + rng.Int64N(size-from)
		require.True(t, data[from:to] == cat("HEAD", CatOptions{From: from, To: to}), "[%d,%d)", from, to)
	}
	q := tuned[0].Name
	require.True(t, string(tuned[0].Data) == cat("HEAD", CatOptions{Tensor: q}))
	require.True(t, string(base[0].Data[1000:1003]) == cat("HEAD~1", CatOptions{Tensor: q, From: 1000, To: 1003}))
	require.Empty(t, cat("HEAD", CatOptions{Tensor: "empty"}))
	require.Empty(t, cat("HEAD", CatOptions{From: 5, To: 5}))
	for _, o := range []CatOptions{{From: -1}, {To: size + 1}, {From: size + 1}, {From: 3, To: 2}, {Tensor: "scalar", To: 5}, {Tensor: "nothing"}} {
		require.Error(t, f.Cat(context.Background(), "HEAD", "model.safetensors", o, &bytes.Buffer{}), "%+v", o)
	}
	f.put("dir/b.txt", "b")
	f.save("a folder")
	require.ErrorContains(t, f.Cat(context.Background(), "HEAD", "dir", CatOptions{}, &bytes.Buffer{}), "a folder, want a file")
	require.ErrorIs(t, f.Cat(context.Background(), "HEAD", "nothing", CatOptions{}, &bytes.Buffer{}), object.ErrNoPath)
}

// A range is read from the chunks that it touches and no others: bytes of a tensor
// that is damaged on disk do not matter to another, and are never written.
func TestCatChecksWhatItReads(t *testing.T) {
	f := newFixture(t)
	base, _ := f.family()
	b, err := f.Catalog.Blob(digest.Sum(base[1].Data))
	require.NoError(t, err)
	records, err := f.Catalog.Records(1, b.Chunks[0].ID)
	require.NoError(t, err)
	f.damage(records[0].Pack, records[0].Off)

	reopened, err := Open(f.Root, nil)
	require.NoError(t, err)
	defer reopened.Close()
	var w bytes.Buffer
	require.NoError(t, reopened.Cat(context.Background(), "HEAD~1", "model.safetensors", CatOptions{Tensor: base[0].Name}, &w))
	require.True(t, string(base[0].Data) == w.String())
	w.Reset()
	err = reopened.Cat(context.Background(), "HEAD~1", "model.safetensors", CatOptions{Tensor: base[1].Name}, &w)
	require.ErrorIs(t, err, object.ErrCorrupt)
	require.Empty(t, w.Bytes())
	d, err := reopened.Diff(context.Background(), AtRevision("HEAD~1"), AtRevision("HEAD"), diff.Options{})
	require.NoError(t, err, "the tensor that is damaged is identical, so it is not read")
	require.Equal(t, 1, d.Summary.Changed)
}
