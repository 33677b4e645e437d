package repo

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"dits/repo/object"
	"dits/tensorstore"
	"dits/tensorstore/codec"
	"dits/tensorstore/digest"
	"dits/tensorstore/disk"
	"dits/tensorstore/pack"
)

// cat is what cat writes, and its error.
func (f *fixture) cat(rev, path string, o CatOptions) ([]byte, error) {
	var out bytes.Buffer
	err := f.Cat(context.Background(), rev, path, o, &out)
	return out.Bytes(), err
}

// models are a base, a fine-tune and another file, committed, and what they contain.
func (f *fixture) models() map[string]string {
	files := map[string]string{
		"base.safetensors":  tensorsFile("base", bf16("left", 1, 0), bf16("right", 2, 0)),
		"tuned.safetensors": tensorsFile("tuned", bf16("left", 1, 1), bf16("right", 2, 1)),
		"config.json":       `{"a": 1}`,
		"big.bin":           string(noise(7, 3<<20)),
	}
	for _, path := range []string{"base.safetensors", "tuned.safetensors", "config.json", "big.bin"} {
		f.put(path, files[path])
		f.save(path)
	}
	return files
}

// wrongUpdates are what somebody or something may do to the catalog.
var wrongUpdates = []string{
	"UPDATE segments SET blob = (SELECT s.blob FROM segments s WHERE s.blob <> segments.blob AND s.len = segments.len LIMIT 1) WHERE len = 131072",
	"UPDATE segments SET seq = -seq",
	"UPDATE segments SET len = len + 1",
	"DELETE FROM segments WHERE seq = 0",
	"UPDATE files SET size = size - 1",
	"UPDATE files SET format = 'opaque'",
	"UPDATE file_tensors SET off = off + 2",
	"UPDATE blob_chunks SET seq = 1000 - seq",
	"UPDATE blob_chunks SET len = len - 2",
	"DELETE FROM blob_chunks",
	"UPDATE records SET off = off + 1 WHERE kind = 1",
	"UPDATE records SET off = 16",
	"UPDATE records SET len = len - 1",
	"UPDATE records SET raw_len = raw_len + 4",
	"UPDATE records SET encoding = 1",
	"UPDATE records SET first = first + 1",
	"UPDATE records SET depth = 0",
	"UPDATE records SET prediction = NULL",
	"UPDATE records SET sum = sum + 1",
	"UPDATE records SET pack = (SELECT max(p) FROM packs)",
	"UPDATE digests SET id = randomblob(32) WHERE n % 2 = 0",
	"UPDATE tree_entries SET name = 'x' || name",
	"UPDATE tree_entries SET id = (SELECT max(id) FROM tree_entries)",
}

// Whatever the catalog says: what is written is what was committed, or there is an error; and
// made again it is right.
func TestTheCatalogIsNotBelieved(t *testing.T) {
	for _, update := range wrongUpdates {
		t.Run(update, func(t *testing.T) {
			f := newFixture(t)
			files := f.models()
			path := f.Catalog.Path()
			require.NoError(t, f.Close())
			db, err := sql.Open("sqlite3", path)
			require.NoError(t, err)
			db.SetMaxOpenConns(1)
			_, err = db.Exec("PRAGMA foreign_keys = 0; PRAGMA ignore_check_constraints = 1")
			require.NoError(t, err)
			done, err := db.Exec(update)
			require.NoError(t, err)
			rows, err := done.RowsAffected()
			require.NoError(t, err)
			require.NotZero(t, rows, "or the test shows nothing")
			require.NoError(t, db.Close())
			f.requireRightOrRefused(files)
			if r, err := Open(f.Root, nil); err == nil {
				f.Repo = r
				require.NotEmpty(t, f.fsck(true), "fsck finds it")
				require.NoError(t, f.Close())
			}
			require.NoError(t, Rebuild(f.Root))
			f.reopen()
			for path, want := range files {
				got, err := f.cat("HEAD", path, CatOptions{})
				require.NoError(t, err)
				require.Equal(t, want, string(got))
			}
			require.Empty(t, f.fsck(false))
		})
	}
}

// requireRightOrRefused opens the repository and reads all files in each way.
func (f *fixture) requireRightOrRefused(files map[string]string) {
	f.t.Helper()
	r, err := Open(f.Root, nil)
	if err != nil {
		return
	}
	f.Repo = r
	ctx := context.Background()
	for path, want := range files {
		if got, err := f.cat("HEAD", path, CatOptions{}); err == nil {
			require.Equal(f.t, want, string(got), path)
		}
		if got, err := f.cat("HEAD", path, CatOptions{From: 2, To: 5}); err == nil {
			require.Equal(f.t, want[2:5], string(got), path)
		}
		if got, err := f.cat("HEAD", path, CatOptions{Tensor: "left"}); err == nil {
			require.Contains(f.t, want, string(got), path)
			require.Len(f.t, got, 2*64*1024)
		}
		var out bytes.Buffer
		if err := f.Export(ctx, "HEAD", path, []string{"right"}, &out); err == nil {
			require.Contains(f.t, want, string(out.Bytes()[out.Len()-2*64*1024:]), path)
		}
		if _, err := f.Restore(ctx, RestoreOptions{Source: "HEAD", Paths: []string{path}, Worktree: true}); err == nil {
			require.Equal(f.t, want, f.read(path))
		}
	}
	require.NoError(f.t, f.Close())
}

// One flipped bit anywhere in the catalog.
func TestABitOfTheCatalogThatFlips(t *testing.T) {
	f := newFixture(t)
	files := f.models()
	answers := f.answers()
	path := f.Catalog.Path()
	require.NoError(t, f.Close())
	whole, err := os.ReadFile(path)
	require.NoError(t, err)
	random := rand.New(rand.NewPCG(1, 2))
	for range 160 {
		bad := bytes.Clone(whole)
		bit := random.IntN(8 * len(bad))
		bad[bit/8] ^= 1 << (bit % 8)
		for _, suffix := range []string{"-wal", "-shm"} {
			require.NoError(t, removeIfThere(path+suffix))
		}
		require.NoError(t, os.WriteFile(path, bad, 0o600))
		f.requireRightOrRefused(files)
		r, err := Open(f.Root, nil)
		if err != nil {
			continue
		}
		f.Repo = r
		if n, err := f.Fsck(context.Background(), FsckOptions{Quick: true, Report: func(error) {}}); err == nil && n == 0 {
			require.Equal(t, answers, f.answers(), "bit %d: fsck says that all is right", bit)
		}
		require.NoError(t, f.Close())
	}
	require.NoError(t, Rebuild(f.Root))
	f.reopen()
	require.Empty(t, f.fsck(false))
}

// answers is what SQL says of all that there is.
func (f *fixture) answers() (all []string) {
	for _, view := range []string{"tensors", "chunks", "commits", "files"} {
		err := f.SQL(context.Background(), "SELECT * FROM "+view, func(columns []string, values []any) error {
			all = append(all, fmt.Sprint(values...))
			return nil
		})
		if err != nil {
			all = append(all, err.Error())
		}
	}
	slices.Sort(all)
	return all
}

func removeIfThere(path string) error {
	if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
		return err
	}
	return nil
}

// forge seals a pack of raw records.
func (f *fixture) forge(records map[pack.Kind]map[digest.ID][]byte) {
	f.t.Helper()
	w, err := pack.Create(disk.OS, filepath.Join(f.StoreDir, "packs"))
	require.NoError(f.t, err)
	for kind, all := range records {
		for id, b := range all {
			e := pack.Entry{Kind: kind, ID: id, Encoding: uint8(codec.Raw), RawLen: int64(len(b))}
			_, err := w.Append(e, b)
			require.NoError(f.t, err)
		}
	}
	_, err = w.Seal()
	require.NoError(f.t, err)
	f.reopen()
}

// A manifest that is a lie, and shorter than the right one, so that readers meet it first.
func TestAManifestThatIsALie(t *testing.T) {
	f := newFixture(t)
	files := f.models()
	x, err := f.Index()
	require.NoError(t, err)
	for _, path := range []string{"base.safetensors", "config.json"} {
		right := mustFile(t, f, x.Find(path).ID)
		lie := right
		lie.Layout.Warning = "" // no longer than the right one
		lie.Blobs = append([]digest.ID(nil), right.Blobs...)
		other := mustFile(t, f, x.Find("tuned.safetensors").ID)
		lie.Blobs[len(lie.Blobs)-1] = other.Blobs[len(other.Blobs)-1]
		if path == "config.json" {
			lie.Blobs[0] = mustFile(t, f, x.Find("base.safetensors").ID).Blobs[0]
		}
		f.forge(map[pack.Kind]map[digest.ID][]byte{pack.Manifest: {right.ID: object.EncodeManifest(lie)}})
	}
	read := func() {
		for path, want := range files {
			got, err := f.cat("HEAD", path, CatOptions{})
			require.NoError(t, err, path)
			require.Equal(t, want, string(got))
		}
		got, err := f.cat("HEAD", "base.safetensors", CatOptions{Tensor: "right"})
		require.NoError(t, err)
		require.Equal(t, string(bf16("right", 2, 0).Data), string(got))
	}
	read()
	_, err = f.Repack(context.Background(), RepackOptions{})
	require.NoError(t, err)
	f.reopen()
	read()
	require.Empty(t, f.fsck(false))
}

// A chunk list that is a lie.
func TestAChunkListThatIsALie(t *testing.T) {
	f := newFixture(t)
	big := noise(3, 4<<20)
	content := tensorsFile("big", testTensor{Name: "big", DType: "F32", Shape: []int64{1 << 20}, Data: big})
	f.put("big.safetensors", content)
	f.save("big")
	id := f.blobOf("big.safetensors", "big")
	chunks, err := f.Store.Chunks(id)
	require.NoError(t, err)
	require.Greater(t, len(chunks), 2)
	lie := []byte{1, 1}
	one := digest.Sum([]byte("x"))
	f.forge(map[pack.Kind]map[digest.ID][]byte{
		pack.Chunk: {one: []byte("x")}, pack.Blob: {id: append(lie, one[:]...)}})
	read := func() {
		got, err := f.cat("HEAD", "big.safetensors", CatOptions{Tensor: "big"})
		require.NoError(t, err)
		require.True(t, bytes.Equal(big, got))
		got, err = f.cat("HEAD", "big.safetensors", CatOptions{Tensor: "big", From: 100, To: 200})
		require.NoError(t, err)
		require.True(t, bytes.Equal(big[100:200], got))
	}
	read()
	_, err = f.Repack(context.Background(), RepackOptions{})
	require.NoError(t, err)
	f.reopen()
	read()
	require.Empty(t, f.fsck(false))
}

// An object that cannot be understood does not keep the rest of its pack out of reach.
func TestOneBadObjectInAPack(t *testing.T) {
	f := newFixture(t)
	f.models()
	text := []byte("some text")
	f.forge(map[pack.Kind]map[digest.ID][]byte{
		pack.Chunk: {digest.Sum(text): text},
		pack.Tree:  {digest.Sum([]byte("no tree")): []byte("no tree")},
	})
	damaged := f.Store.Damaged()
	require.Len(t, damaged, 1)
	require.ErrorIs(t, damaged[0], tensorstore.ErrCorrupt)
	got, err := f.Store.Chunk(digest.Sum(text))
	require.NoError(t, err)
	require.Equal(t, text, got)
}

// Damage of a base: a fine-tune of it that is added afterwards can be read, and adding the base
// again heals it.
func TestDamageIsNotCountedAsStored(t *testing.T) {
	for _, tensor := range []string{"left", "right"} {
		f := newFixture(t)
		files := f.models()
		chunks, err := f.Store.Chunks(f.blobOf("base.safetensors", tensor))
		require.NoError(t, err)
		f.flipChunk(chunks[0].ID)
		late := tensorsFile("late", bf16("left", 1, 2), bf16("right", 2, 0))
		f.put("late.safetensors", late)
		f.save("late")
		got, err := f.cat("HEAD", "late.safetensors", CatOptions{})
		require.NoError(t, err)
		require.Equal(t, late, string(got))

		f.put("copy.safetensors", files["base.safetensors"])
		f.put("copy2.safetensors", files["tuned.safetensors"])
		f.save("the originals")
		f.reopen()
		for path, want := range files {
			got, err := f.cat("HEAD", path, CatOptions{})
			require.NoError(t, err, path)
			require.Equal(t, want, string(got))
		}
	}
}

// What was staged is looked for again before the index names it: here a gc takes it meanwhile.
func TestAddStoresAnewWhatIsTakenMeanwhile(t *testing.T) {
	f := newFixture(t)
	files := map[string]string{"a": string(noise(1, 2<<20)), "b": "content of b"}
	for path, content := range files {
		f.put(path, content)
	}
	taken := false
	err := f.Add(context.Background(), []string{""}, AddOptions{Report: func(a Added) {
		if a.Path != "b" || taken {
			return
		}
		taken = true
		// All packs go that were sealed before; a is in one.
		names, err := f.Store.Packs()
		require.NoError(t, err)
		require.NoError(t, f.Store.Remove(names, func() error { return nil }))
	}})
	require.NoError(t, err)
	require.True(t, taken)
	f.commit("both")
	f.reopen()
	for path, want := range files {
		got, err := f.cat("HEAD", path, CatOptions{})
		require.NoError(t, err)
		require.True(t, want == string(got), path)
	}
}

// noise is so many random bytes.
func noise(seed uint64, n int) []byte {
	b := make([]byte, n)
	rand.NewChaCha8([32]byte{byte(seed)}).Read(b)
	return b
}

// What a record is, its pack says: wrong columns in the catalog do no harm.
func TestARecordIsAsItsPackSays(t *testing.T) {
	f := newFixture(t)
	files := f.models()
	path := f.Catalog.Path()
	require.NoError(t, f.Close())
	db, err := sql.Open("sqlite3", path)
	require.NoError(t, err)
	_, err = db.Exec("UPDATE records SET len = 1, encoding = 1, first = 7, prediction = NULL, sum = 3")
	require.NoError(t, err)
	require.NoError(t, db.Close())
	f.reopen()
	for path, want := range files {
		got, err := f.cat("HEAD", path, CatOptions{})
		require.NoError(t, err)
		require.True(t, want == string(got), path)
	}
}

// What fsck has found, adding the same files again heals, though their stat is as it was; the last
// fsck then knows of nothing that cannot be read.
func TestAddAfterFsckHeals(t *testing.T) {
	f := newFixture(t)
	files := f.models()
	for path := range files {
		require.NoError(t, os.Chtimes(f.path(path), time.Time{}, time.Now().Add(-time.Hour)))
	}
	f.status() // their stat is noted
	chunks, err := f.Store.Chunks(f.blobOf("base.safetensors", "left"))
	require.NoError(t, err)
	f.flipChunk(chunks[0].ID)
	require.NotEmpty(t, f.fsck(false))
	f.reopen()
	f.add("")
	f.reopen()
	for path, want := range files {
		got, err := f.cat("HEAD", path, CatOptions{})
		require.NoError(t, err, path)
		require.True(t, want == string(got), path)
	}
	_, err = f.Repack(context.Background(), RepackOptions{})
	require.NoError(t, err)
	require.Empty(t, f.fsck(false))
	f.reopen()
	require.False(t, f.Store.Marked())
}
