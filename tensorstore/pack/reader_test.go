package pack

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
)

// damage returns the error that opening and verifying b gives.
func damage(t *testing.T, b []byte) error {
	t.Helper()
	r, err := openMemory(t, b)
	if err != nil {
		return err
	}
	defer r.Close()
	return r.Verify()
}

// part says what an error is expected to name for a flip at offset off.
func part(off int64, info Info) (entry int, name string) {
	for i, e := range info.Entries {
		if off >= e.Off && off < e.Off+e.Len {
			return i, e.Kind.String()
		}
	}
	last := info.Entries[len(info.Entries)-1]
	switch {
	case off < headerSize:
		return -1, "header"
	case off < last.Off+last.Len:
		panic("byte of no entry")
	case off < info.Size-trailerSize:
		return -1, "index"
	}
	return -1, "trailer"
}

// Every single bit that flips is found, and the part that has it named.
func TestFlips(t *testing.T) {
	_, info := build(t, sample())
	b := sampleFile(t)
	for off := range b {
		for bit := range 8 {
			b[off] ^= 1 << bit
			err := damage(t, b)
			b[off] ^= 1 << bit
			entry, name := part(int64(off), info)
			var c *CorruptError
			switch {
			case err == nil:
				t.Fatalf("byte %d bit %d: not found", off, bit)
			case !strings.Contains(err.Error(), name):
				t.Fatalf("byte %d bit %d: got %v, want %s", off, bit, err, name)
			case errors.Is(err, ErrTorn) != (name == "trailer"):
				t.Fatalf("byte %d bit %d: got %v, want %s", off, bit, err, name)
			case entry < 0 && name != "index":
			case !errors.As(err, &c) || c.Entry != entry || c.Part != name || c.Got == c.Want:
				t.Fatalf("byte %d bit %d: got %#v, want entry %d", off, bit, err, entry)
			case entry >= 0 && (c.ID != info.Entries[entry].ID || c.Off != info.Entries[entry].Off || c.Pack != info.Name):
				t.Fatalf("byte %d bit %d: got %#v, want %+v", off, bit, c, info.Entries[entry])
			}
		}
	}
}

// Every prefix is torn, and so is what has bytes after its end.
func TestTruncations(t *testing.T) {
	b := sampleFile(t)
	for n := range b {
		if err := damage(t, b[:n]); !errors.Is(err, ErrTorn) {
			t.Errorf("%d of %d bytes: got %v, want %v", n, len(b), err, ErrTorn)
		}
	}
	for _, tail := range [][]byte{{0}, make([]byte, 4096), b} {
		err := damage(t, append(bytes.Clone(b), tail...))
		if err == nil {
			t.Errorf("%d bytes after the end: no error", len(tail))
		}
	}
}

// Verify names all that is damaged, not just the first.
func TestVerifyAll(t *testing.T) {
	_, info := build(t, sample())
	b := sampleFile(t)
	bad := []int{0, 5, 13}
	for _, i := range bad {
		b[info.Entries[i].Off] ^= 0x10
	}
	err := damage(t, b)
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok || len(joined.Unwrap()) != len(bad) {
		t.Fatalf("got %v, want %d errors", err, len(bad))
	}
	for k, err := range joined.Unwrap() {
		var c *CorruptError
		if !errors.As(err, &c) || c.Entry != bad[k] {
			t.Errorf("error %d: got %v, want entry %d", k, err, bad[k])
		}
	}
	e := info.Entries[0]
	want := fmt.Sprintf("pack %s: entry 0: chunk %s at offset 16: xxhash ", info.Name, e.ID)
	if got := joined.Unwrap()[0].Error(); !strings.HasPrefix(got, want) || !strings.HasSuffix(got, fmt.Sprintf("want %016x", e.Sum)) {
		t.Errorf("got %s", got)
	}
}

// Damage after Open is found too.
func TestVerifyLater(t *testing.T) {
	b, dir := sampleFile(t), t.TempDir()
	for _, change := range []func(b []byte) []byte{
		func(b []byte) []byte { return b[:len(b)-1] },
		func(b []byte) []byte { b[0] ^= 1; return b },
		func(b []byte) []byte { b[len(b)-trailerSize-1] ^= 1; return b },
		func(b []byte) []byte { return nil },
	} {
		r, err := openBytes(t, dir, b)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(r.path, change(bytes.Clone(b)), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := r.Verify(); err == nil {
			t.Error("not found")
		}
		r.Close()
	}
}

// A valid pack put in the place of another is not what was opened.
func TestVerifyReplaced(t *testing.T) {
	dir := t.TempDir()
	r, err := openBytes(t, dir, sampleFile(t))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	path, info := build(t, sample()[:3])
	other, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(r.path, other, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := r.Verify(); err == nil || !strings.Contains(err.Error(), info.Name) {
		t.Errorf("got %v, want the name %s", err, info.Name)
	}
}

// The trailer vouches for the header, whatever a reader knows of its fields.
func TestHeaderSum(t *testing.T) {
	b := sampleFile(t)
	end := len(b) - trailerSize
	tr, err := parseTrailer(b[end:], int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	tr.headerSum++
	tr.append(b[:end])
	var c *CorruptError
	if _, err := openMemory(t, b); !errors.As(err, &c) || c.Part != "header" || c.Want != tr.headerSum {
		t.Errorf("got %v, want a corrupt header", err)
	}
}

// Packs of later versions are not torn: nobody may remove them.
func TestLaterVersion(t *testing.T) {
	for _, test := range []struct {
		off  int
		want string
	}{{8, "version 2"}, {12, "unknown features 0x3"}} {
		b := sampleFile(t)
		b[test.off] ^= 3
		clear(b[len(b)-trailerSize:])
		_, err := openMemory(t, b)
		if err == nil || errors.Is(err, ErrTorn) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("byte %d: got %v, want %s", test.off, err, test.want)
		}
	}
}

// An entry that is not of this pack is an error and reads nothing.
func TestReadBounds(t *testing.T) {
	path, info := build(t, sample())
	r, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	last := info.Entries[len(info.Entries)-1]
	end := last.Off + last.Len
	for _, e := range []Entry{
		{Off: 15, Len: 1}, {Off: -1, Len: 1}, {Off: end, Len: 1}, {Off: end + 1}, {Off: 16, Len: end - 15},
		{Off: 16, Len: -1}, {Off: 16, Len: 1<<63 - 1}, {Off: 1<<63 - 1, Len: 1<<63 - 1}, {Off: -1 << 63, Len: 1},
	} {
		if _, err := r.Read(e, nil); err == nil || !strings.Contains(err.Error(), "want them in") {
			t.Errorf("%d bytes at %d: got %v", e.Len, e.Off, err)
		}
	}
	var c *CorruptError
	stale := info.Entries[3]
	stale.Sum++
	if _, err := r.Read(stale, nil); !errors.As(err, &c) || c.Entry != 3 {
		t.Errorf("stale sum: got %v", err)
	}
	stale.Off++
	if _, err := r.Read(stale, nil); !errors.As(err, &c) || c.Entry != -1 {
		t.Errorf("stale offset: got %v", err)
	}
}

// Read takes the memory that it is given, and only if that suffices.
func TestReadBuffer(t *testing.T) {
	path, info := build(t, sample())
	r, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	buf := make([]byte, 2, 40)
	got, err := r.Read(info.Entries[0], buf)
	if err != nil || len(got) != 40 || &got[0] != &buf[0] {
		t.Errorf("buffer of 40: got %d bytes, %v", len(got), err)
	}
	got, err = r.Read(info.Entries[0], buf[:0:39])
	if err != nil || len(got) != 40 || &got[0] == &buf[0] {
		t.Errorf("buffer of 39: got %d bytes, %v", len(got), err)
	}
}

func TestReadConcurrently(t *testing.T) {
	records := manyWrites()
	path, info := build(t, records)
	r, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			var buf []byte
			for k := range 20 * len(records) {
				i := (g + k*5) % len(records)
				b, err := r.Read(info.Entries[i], buf)
				if err != nil || !bytes.Equal(b, records[i].payload) {
					t.Errorf("entry %d: %d bytes, %v", i, len(b), err)
					return
				}
				buf = b
			}
			if err := r.Verify(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func TestClosed(t *testing.T) {
	path, info := build(t, sample())
	r, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Read(info.Entries[0], nil); !errors.Is(err, os.ErrClosed) {
		t.Errorf("got %v, want %v", err, os.ErrClosed)
	}
}
