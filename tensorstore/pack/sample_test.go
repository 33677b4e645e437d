package pack

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"dits/tensorstore/digest"
	"dits/tensorstore/disk"
)

// A record is what a test appends.
type record struct {
	entry   Entry
	payload []byte
}

// id is a digest of no content in particular.
func id(name string) digest.ID { return digest.Sum([]byte(name)) }

// fill is n bytes that depend on seed.
func fill(n int, seed byte) []byte {
	b := make([]byte, n)
	x := uint32(seed) + 1
	for i := range b {
		x = x*1664525 + 1013904223
		b[i] = byte(x >> 24)
	}
	return b
}

// sample has every kind, and every shape of reference: to no prediction, to
// one in the pack before and after it, to imports, to one of two of the same
// ID; a content in two encodings; an empty payload; each field at its limit.
func sample() []record {
	return []record{
		{Entry{Kind: Chunk, ID: id("a"), Encoding: 1, RawLen: 40}, fill(40, 1)},
		{Entry{Kind: Chunk, ID: id("a"), Encoding: 4, RawLen: 40, Prediction: id("p"), Depth: 1}, fill(3, 2)},
		{Entry{Kind: Prediction, ID: id("p"), Encoding: 1, RawLen: 12, Depth: 1}, fill(12, 3)},
		{Entry{Kind: Chunk, ID: id("b"), Encoding: 4, RawLen: 65536, Prediction: id("p"), First: 1<<63 - 1, Depth: 255}, fill(5, 4)},
		{Entry{Kind: Chunk, ID: id("c"), Encoding: 200, RawLen: MaxLen, Prediction: id("elsewhere 2"), First: 32768, Depth: 2}, nil},
		{Entry{Kind: Chunk, ID: id("d"), Encoding: 4, RawLen: 9, Prediction: id("elsewhere 1"), Depth: 2}, fill(9, 5)},
		{Entry{Kind: Prediction, ID: id("p"), Encoding: 2, RawLen: 12, Depth: 1}, fill(4, 6)},
		{Entry{Kind: Prediction, ID: id("q"), RawLen: 7, Prediction: id("elsewhere 2"), Depth: 3}, fill(7, 7)},
		{Entry{Kind: Chunk, ID: id("e"), RawLen: 8, Prediction: id("q"), Depth: 3}, fill(2, 8)},
		{Entry{Kind: Blob, ID: id("blob"), RawLen: 33}, fill(33, 9)},
		{Entry{Kind: Manifest, ID: id("file"), Encoding: 2, RawLen: 100}, fill(20, 10)},
		{Entry{Kind: Tree, ID: id("tree"), RawLen: 1}, fill(1, 11)},
		{Entry{Kind: Commit, ID: id("commit"), RawLen: 6}, fill(6, 12)},
		{Entry{Kind: Tag, ID: id("tag"), RawLen: 2}, fill(2, 13)},
	}
}

// write appends records to a new pack in dir and seals it, which has to clean up
// after itself if it fails.
func write(fsys disk.FS, dir string, records []record) (Info, error) {
	w, err := Create(fsys, dir)
	if err != nil {
		return Info{}, err
	}
	for _, r := range records {
		if _, err := w.Append(r.entry, r.payload); err != nil {
			w.Abort()
			return Info{}, err
		}
	}
	return w.Seal()
}

// build seals a pack of records and returns its file and what Seal said.
func build(t testing.TB, records []record) (path string, info Info) {
	t.Helper()
	dir := t.TempDir()
	info, err := write(disk.OS, dir, records)
	if err != nil {
		t.Fatal(err)
	}
	return Path(dir, info.Name), info
}

// check opens the pack at path and holds everything in it to records.
func check(t *testing.T, path string, records []record) {
	t.Helper()
	r, err := Open(path)
	if err != nil {
		t.Error(err)
		return
	}
	defer r.Close()
	if err := r.Verify(); err != nil {
		t.Error(err)
	}
	if len(r.Entries()) != len(records) {
		t.Errorf("%d entries, want %d", len(r.Entries()), len(records))
		return
	}
	for i, e := range r.Entries() {
		b, err := r.Read(e, nil)
		if err != nil || !bytes.Equal(b, records[i].payload) {
			t.Errorf("entry %d: got %x, %v, want %x", i, b, err, records[i].payload)
		}
		e.Off, e.Len, e.Sum = 0, 0, 0
		if e != records[i].entry {
			t.Errorf("entry %d: got %+v, want %+v", i, e, records[i].entry)
		}
	}
}

// sampleFile is the bytes of the sample pack.
func sampleFile(t testing.TB) []byte {
	t.Helper()
	path, _ := build(t, sample())
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// openMemory opens b as a pack of no particular name, without a real file.
func openMemory(t testing.TB, b []byte) (*Reader, error) {
	t.Helper()
	f, err := fstest.MapFS{"bytes": {Data: b}}.Open("bytes")
	if err != nil {
		t.Fatal(err)
	}
	return newReader(f.(file), "bytes")
}

// openBytes opens b as the file of a pack of no particular name in dir.
func openBytes(t testing.TB, dir string, b []byte) (*Reader, error) {
	t.Helper()
	path := filepath.Join(dir, "bytes")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return Open(path)
}
