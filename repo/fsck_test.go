package repo

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/repo/object"
	"dits/tensorstore"
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
)

// fsck returns what is wrong, a line each.
func (f *fixture) fsck(quick bool) []string {
	f.t.Helper()
	var out []string
	n, err := f.Fsck(context.Background(), FsckOptions{Quick: quick, Report: func(err error) { out = append(out, err.Error()) }})
	require.NoError(f.t, err)
	require.Len(f.t, out, n)
	return out
}

// flipChunk changes a byte of the first record of a chunk.
func (f *fixture) flipChunk(id digest.ID) {
	f.t.Helper()
	records, err := f.Catalog.Records(pack.Chunk, id)
	require.NoError(f.t, err)
	require.NotEmpty(f.t, records)
	f.flipByte(records[0].Pack, records[0].Off+records[0].Len/2)
}

func (f *fixture) flipByte(name string, off int64) {
	f.t.Helper()
	path := pack.Path(filepath.Join(f.StoreDir, "packs"), name)
	b, err := os.ReadFile(path)
	require.NoError(f.t, err)
	if off < 0 {
		off += int64(len(b))
	}
	b[off] ^= 1
	require.NoError(f.t, os.Chmod(path, 0o600))
	require.NoError(f.t, os.WriteFile(path, b, 0o600))
	f.reopen()
}

// bf16 is a tensor of weights; a later version of it is a little off.
func bf16(name string, seed, version int) testTensor {
	const n = 64 * 1024
	b := make([]byte, 2*n)
	x := uint32(seed)*2654435761 + 1
	for i := range n {
		x = x*1664525 + 1013904223
		b[2*i], b[2*i+1] = byte(x>>16), 0x3c|byte(x>>31<<7)
		if version > 0 && x>>24%5 == 0 {
			b[2*i] ^= byte(version)
		}
	}
	return testTensor{Name: name, DType: "BF16", Shape: []int64{256, 256}, Data: b}
}

// modelAndFineTune commits a base and a fine-tune, the difference to it, of two tensors each.
func modelAndFineTune(t *testing.T) *fixture {
	f := newFixture(t)
	f.put("base.safetensors", tensorsFile("base", bf16("left", 1, 0), bf16("right", 2, 0)))
	f.save("base")
	f.put("tuned.safetensors", tensorsFile("tuned", bf16("left", 1, 1), bf16("right", 2, 1)))
	f.save("tuned")
	require.Empty(t, f.fsck(false))
	require.Empty(t, f.fsck(true))
	return f
}

// blobOf is the blob of a tensor.
func (f *fixture) blobOf(path, tensor string) digest.ID {
	f.t.Helper()
	x, err := f.Index()
	require.NoError(f.t, err)
	file, err := f.ReadFile(x.Find(path).ID)
	require.NoError(f.t, err)
	for i, s := range file.Layout.Segments {
		if s.Tensor >= 0 && file.Layout.Tensors[s.Tensor].Name == tensor {
			return file.Blobs[i]
		}
	}
	f.t.Fatalf("%s has no tensor %q", path, tensor)
	return digest.ID{}
}

// A damaged chunk of a base is reported for every tensor that it takes along, and for no other.
func TestFsckNamesEveryTensorThatABaseTakesAlong(t *testing.T) {
	f := modelAndFineTune(t)
	base := f.blobOf("base.safetensors", "left")
	_, source, err := f.Store.Source(f.blobOf("tuned.safetensors", "left"))
	require.NoError(t, err)
	require.Equal(t, base, source)
	b, err := f.Store.Blob(base)
	require.NoError(t, err)
	f.flipChunk(b.Chunks()[0].ID)

	var files []string
	for _, path := range []string{"base.safetensors", "tuned.safetensors"} {
		x, err := f.Index()
		require.NoError(t, err)
		files = append(files, x.Find(path).ID.Short())
	}
	all := strings.Join(f.fsck(false), "\n")
	for _, file := range files {
		require.Contains(t, all, "file "+file+`: tensor "left"`)
	}
	require.NotContains(t, all, `"right"`)
	require.NotEmpty(t, f.fsck(true), "checksums find it as well")
}

// Each kind of loss is found, without decoding too.
func TestFsckFindsLosses(t *testing.T) {
	for name, c := range map[string]struct {
		lose func(f *fixture)
		want string
	}{
		"the packs with chunks": {func(f *fixture) { f.losePacks(pack.Chunk) }, "not in the store"},
		"the packs of commits":  {func(f *fixture) { f.losePacks(pack.Commit) }, "HEAD: commit"},
		"the index of a pack": {func(f *fixture) {
			packs, err := f.Catalog.Packs()
			require.NoError(f.t, err)
			f.flipByte(packs[0].Name, -60)
		}, "index at offset"},
		"the end of a pack": {func(f *fixture) {
			packs, err := f.Catalog.Packs()
			require.NoError(f.t, err)
			path := pack.Path(filepath.Join(f.StoreDir, "packs"), packs[0].Name)
			require.NoError(f.t, os.Truncate(path, packs[0].Size-1))
			f.reopen()
		}, "torn pack"},
		"a ref that names nothing": {func(f *fixture) {
			require.NoError(f.t, os.WriteFile(f.path(".dits/refs/heads/side"), []byte(digest.Sum([]byte("no")).String()+"\n"), 0o600))
		}, "refs/heads/side"},
		"a ref that is no name": {func(f *fixture) {
			require.NoError(f.t, os.WriteFile(f.path(".dits/refs/heads/side"), []byte("rubbish\n"), 0o600))
		}, "refs/heads/side"},
		"a HEAD that names nothing": {func(f *fixture) {
			require.NoError(f.t, os.WriteFile(f.path(".dits/HEAD"), []byte(digest.Sum([]byte("no")).String()+"\n"), 0o600))
		}, "HEAD: commit"},
		"a staged file": {func(f *fixture) {
			f.put("staged", "staged")
			before, err := f.Catalog.Packs()
			require.NoError(f.t, err)
			f.add("staged")
			after, err := f.Catalog.Packs()
			require.NoError(f.t, err)
			for _, p := range after {
				if !slices.Contains(before, p) {
					require.NoError(f.t, os.Remove(pack.Path(filepath.Join(f.StoreDir, "packs"), p.Name)))
				}
			}
			f.reopen()
		}, "index: staged"},
	} {
		for _, quick := range []bool{true, false} {
			t.Run(name, func(t *testing.T) {
				f := modelAndFineTune(t)
				c.lose(f)
				require.Contains(t, strings.Join(f.fsck(quick), "\n"), c.want)
			})
		}
	}
}

// A chunk's pack is lost, and the list that names it is not.
func TestFsckFindsALostChunkWithoutDecoding(t *testing.T) {
	f := modelAndFineTune(t)
	base := f.blobOf("base.safetensors", "left")
	x, err := f.Index()
	require.NoError(t, err)
	file, err := f.ReadFile(x.Find("base.safetensors").ID)
	require.NoError(t, err)
	tuned, err := f.ReadFile(x.Find("tuned.safetensors").ID)
	require.NoError(t, err)
	f.losePacks(pack.Manifest) // with all chunks
	w := f.Store.Begin(tensorstore.WriterOptions{})
	defer w.Close()
	require.NoError(t, w.PutObject(pack.Manifest, file.ID, object.EncodeManifest(file)))
	require.NoError(t, w.PutObject(pack.Manifest, tuned.ID, object.EncodeManifest(tuned)))
	require.NoError(t, w.Flush())
	all := strings.Join(f.fsck(true), "\n")
	require.Contains(t, all, base.String())
	require.Contains(t, all, `tensor "right"`)
}

// Of two records of a chunk, the one that no reader takes is checked as well.
func TestFsckChecksEveryRecord(t *testing.T) {
	f := newFixture(t)
	f.put("a", "one")
	f.save("first")
	x, err := f.Index()
	require.NoError(t, err)
	id := x.Find("a").ID
	w, err := pack.Create(f.FS, filepath.Join(f.StoreDir, "packs"))
	require.NoError(t, err)
	_, err = w.Append(pack.Entry{Kind: pack.Chunk, ID: id, Encoding: 4, RawLen: 3, Prediction: digest.Sum([]byte("lost")), Depth: 1}, []byte{1})
	require.NoError(t, err)
	_, err = w.Append(pack.Entry{Kind: pack.Chunk, ID: id, Encoding: 1, RawLen: 3, Depth: 2}, []byte("two"))
	require.NoError(t, err)
	_, err = w.Seal()
	require.NoError(t, err)
	f.reopen()
	f.readsBack("a", "one")
	require.Contains(t, strings.Join(f.fsck(false), "\n"), "content has digest "+digest.Sum([]byte("two")).String())
	for _, quick := range []bool{true, false} {
		require.Contains(t, strings.Join(f.fsck(quick), "\n"), digest.Sum([]byte("lost")).String())
	}
}
