package pack

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"dits/tensorstore/digest"
	"dits/tensorstore/disk"
	"dits/tensorstore/disk/faultfs"
)

func TestRoundTrip(t *testing.T) {
	path, info := build(t, sample())
	check(t, path, sample())
	r, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if got := r.Info(); !reflect.DeepEqual(got, info) {
		t.Errorf("Open: %+v, Seal: %+v", got, info)
	}
	st, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if st.Size() != info.Size || r.Size() != info.Size || st.Mode().Perm()&0o222 != 0 {
		t.Errorf("file of %d bytes, mode %v; want %d, read-only", st.Size(), st.Mode(), info.Size)
	}
}

func TestWriterState(t *testing.T) {
	w, err := Create(disk.OS, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer w.Abort()
	// What the caller has in Off, Len and Sum, say of another pack, is not taken.
	in := Entry{Kind: Chunk, ID: id("a"), RawLen: 5, Off: 99, Len: 98, Sum: 97}
	e, err := w.Append(in, []byte("a"))
	if err != nil {
		t.Fatal(err)
	}
	want := Entry{Kind: Chunk, ID: id("a"), RawLen: 5, Off: 16, Len: 1, Sum: 0xd24ec4f1a98c6e5b}
	if e != want || w.Size() != 17 || len(w.Entries()) != 1 || w.Entries()[0] != want {
		t.Errorf("got %+v, size %d, entries %+v; want %+v", e, w.Size(), w.Entries(), want)
	}
}

// A Writer returns its first error for ever, and leaves nothing behind.
func TestWriterError(t *testing.T) {
	good := Entry{Kind: Chunk, ID: id("a")}
	for _, test := range []struct {
		name  string
		entry Entry
		want  string
	}{
		{"no kind", Entry{ID: id("a")}, "kind 0 is not known"},
		{"unknown kind", Entry{Kind: 8, ID: id("a")}, "kind 8 is not known"},
		{"no ID", Entry{Kind: Tree}, "ID is zero"},
		{"negative length", Entry{Kind: Tree, ID: id("a"), RawLen: -1}, "decoded length -1"},
		{"great length", Entry{Kind: Tree, ID: id("a"), RawLen: MaxLen + 1}, "decoded length 1073741825"},
		{"negative element", Entry{Kind: Chunk, ID: id("a"), First: -1}, "first element -1"},
		{"self", Entry{Kind: Prediction, ID: id("p"), Prediction: id("p")}, "needs itself"},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			w, err := Create(disk.OS, dir)
			if err != nil {
				t.Fatal(err)
			}
			_, first := w.Append(test.entry, nil)
			if first == nil || !strings.Contains(first.Error(), test.want) {
				t.Errorf("got %v, want %s", first, test.want)
			}
			if _, err := w.Append(good, nil); err != first {
				t.Errorf("second Append: got %v, want the first error", err)
			}
			if _, err := w.Seal(); err != first {
				t.Errorf("Seal: got %v, want the first error", err)
			}
			wantFiles(t, dir, 0)
		})
	}
}

// A payload of this length is too long to make one here.
func TestLongPayload(t *testing.T) {
	e := Entry{Kind: Chunk, ID: id("a"), Len: MaxLen}
	if err := e.check(); err != nil {
		t.Error(err)
	}
	for _, n := range []int64{-1, MaxLen + 1} {
		e.Len = n
		if err := e.check(); err == nil {
			t.Errorf("%d bytes: no error", n)
		}
	}
}

func TestSealEmpty(t *testing.T) {
	dir := t.TempDir()
	if _, err := write(disk.OS, dir, nil); err != ErrEmpty {
		t.Errorf("got %v, want %v", err, ErrEmpty)
	}
	wantFiles(t, dir, 0)
}

func TestAbort(t *testing.T) {
	dir := t.TempDir()
	w, err := Create(disk.OS, dir)
	if err != nil {
		t.Fatal(err)
	}
	wantFiles(t, dir, 1)
	w.Abort()
	w.Abort()
	wantFiles(t, dir, 0)
	if _, err := w.Append(Entry{Kind: Chunk, ID: id("a")}, nil); err == nil {
		t.Error("Append after Abort: no error")
	}
	if _, err := w.Seal(); err == nil {
		t.Error("Seal after Abort: no error")
	}
}

func TestAbortAfterSeal(t *testing.T) {
	dir := t.TempDir()
	w, err := Create(disk.OS, dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Append(Entry{Kind: Chunk, ID: id("a")}, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Seal(); err != nil {
		t.Fatal(err)
	}
	w.Abort()
	wantFiles(t, dir, 1)
	if _, err := w.Seal(); err == nil {
		t.Error("second Seal: no error")
	}
	wantFiles(t, dir, 1)
}

// The same records make the same pack, and sealing it twice is no error.
func TestSealTwice(t *testing.T) {
	dir := t.TempDir()
	first, err := write(disk.OS, dir, sample())
	if err != nil {
		t.Fatal(err)
	}
	second, err := write(disk.OS, dir, sample())
	if err != nil {
		t.Fatal(err)
	}
	if first.Name != second.Name {
		t.Errorf("names %s and %s", first.Name, second.Name)
	}
	wantFiles(t, dir, 1)
}

// wantFiles holds the number of files in dir.
func wantFiles(t *testing.T, dir string, want int) {
	t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != want {
		t.Errorf("files %v, want %d", files, want)
	}
}

// manyWrites is records that are written in several steps, as real packs are.
func manyWrites() []record {
	return append(sample(),
		record{Entry{Kind: Chunk, ID: id("f"), RawLen: bufferSize}, fill(bufferSize, 20)},
		record{Entry{Kind: Chunk, ID: id("g"), RawLen: 100}, fill(100, 21)})
}

// A crash at any operation, with any loss, leaves no pack or a whole one; once
// Seal returned, the pack.
func TestCrash(t *testing.T) {
	faultfs.Sweep(t, "", 8, func(t *testing.T, fsys *faultfs.FS) (func() error, func(bool)) {
		dir := fsys.Dir()
		return writeMany(fsys), func(done bool) {
			n := checkPacks(t, dir)
			if n > 1 || done && n != 1 {
				t.Errorf("done %v, %d packs", done, n)
			}
			if err := RemoveTemporaries(fsys, dir, 0); err != nil {
				t.Error(err)
			}
			wantFiles(t, dir, n)
		}
	})
}

func writeMany(fsys *faultfs.FS) func() error {
	return func() error {
		_, err := write(fsys, fsys.Dir(), manyWrites())
		return err
	}
}

// checkPacks holds that the packs in dir are what writeMany writes, and counts them.
func checkPacks(t *testing.T, dir string) int {
	t.Helper()
	names, err := List(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		check(t, Path(dir, name), manyWrites())
	}
	return len(names)
}

// Any one operation failing is reported and leaves no temporary file.
func TestFailure(t *testing.T) {
	faultfs.SweepFailures(t, "", 8, func(t *testing.T, fsys *faultfs.FS) (func() error, func(bool)) {
		return writeMany(fsys), func(done bool) {
			if done == fsys.Failed() {
				t.Errorf("done %v, failed %v", done, fsys.Failed())
			}
			n := checkPacks(t, fsys.Dir())
			wantFiles(t, fsys.Dir(), n)
			inPlace := done || strings.HasSuffix(fsys.Log(), "syncdir .: injected failure\n")
			if inPlace != (n == 1) {
				t.Errorf("%d packs", n)
			}
		}
	})
}

// What goes wrong on the way to the disk with anything but a payload is noticed while there
// is still something to write it from.
func TestSealReadsTheFrameBack(t *testing.T) {
	info, err := write(disk.OS, t.TempDir(), sample())
	if err != nil {
		t.Fatal(err)
	}
	last := info.Entries[len(info.Entries)-1]
	for off := range info.Size {
		if off >= headerSize && off < last.Off+last.Len {
			continue
		}
		dir := t.TempDir()
		fsys, err := faultfs.New(dir)
		if err != nil {
			t.Fatal(err)
		}
		fsys.FlipAt(off)
		if _, err := write(fsys, dir, sample()); err == nil {
			t.Errorf("offset %d of %d: sealed with a byte flipped", off, info.Size)
		}
		wantFiles(t, dir, 0)
	}
}

// The index on disk is sound and says something else than what was appended.
func TestSealComparesWhatItReadsBack(t *testing.T) {
	path, info := build(t, sample())
	for what, change := range map[string]func(*Info){
		"name":    func(i *Info) { i.Name = id("other").String() },
		"size":    func(i *Info) { i.Size++ },
		"entries": func(i *Info) { i.Entries = i.Entries[1:] },
		"sum":     func(i *Info) { i.Entries = slices.Clone(i.Entries); i.Entries[0].Sum++ },
	} {
		want := info
		change(&want)
		if readBack(path, want) == nil {
			t.Errorf("another %s reads back", what)
		}
	}
	if err := readBack(path, info); err != nil {
		t.Error(err)
	}
}

// A typical entry, of a tensor in one chunk, stays small in the index.
func TestEntrySize(t *testing.T) {
	e := Entry{Kind: Chunk, Encoding: 4, Len: 40 << 10, RawLen: 64 << 10, Prediction: id("p"), Depth: 1}
	list := func(n int) []Entry {
		p := make([]Entry, 0, 2*n)
		for i := range n {
			e.ID = digest.Sum([]byte{byte(i), byte(i >> 8)})
			p = append(p, e)
		}
		return p
	}
	small, large := len(appendIndex(nil, list(1000))), len(appendIndex(nil, list(3000)))
	if perEntry := float64(large-small) / 2000; perEntry > 52 {
		t.Errorf("%.1f bytes an entry, want at most 52", perEntry)
	}
}

func TestTemporaryName(t *testing.T) {
	dir := t.TempDir()
	w, err := Create(disk.OS, dir)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Abort()
	if ok, _ := filepath.Match(filepath.Join(dir, ".tmp-pack-*"), w.file.Name()); !ok {
		t.Errorf("temporary file %s", w.file.Name())
	}
}
