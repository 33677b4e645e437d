package catalog

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"

	"github.com/mattn/go-sqlite3"
)

// Where other machines may have the catalog open, or where a file cannot be shared as memory, it
// has a journal that is rolled back, holds what it holds elsewhere, and changes from one to the other.
func TestRolledBack(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("unix-none is not there")
	}
	path := filepath.Join(t.TempDir(), "catalog.db")
	var want string
	for _, step := range []struct {
		name string
		c    *Catalog
		mode string
	}{
		{"local", &Catalog{path: path}, "wal"},
		{"remote", &Catalog{path: path, remote: true}, "delete"},
		{"without shared memory", &Catalog{path: path, access: "vfs=unix-none&"}, "delete"},
		{"local again", &Catalog{path: path}, "wal"},
	} {
		c, err := open(step.c)
		if err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		if want == "" {
			for _, s := range fixtureSteps() {
				update(t, c, s.do)
			}
			want = dump(t, c)
		}
		same(t, step.name, dump(t, c), want)
		var mode string
		if err := c.w.QueryRow("PRAGMA journal_mode").Scan(&mode); err != nil || mode != step.mode {
			t.Errorf("%s: journal mode %s, %v; want %s", step.name, mode, err, step.mode)
		}
		if err := errors.Join(c.Check(), c.Close()); err != nil {
			t.Errorf("%s: %v", step.name, err)
		}
	}
}

// Readers and a writer that have to wait for each other do, and get through.
func TestRolledBackAtOnce(t *testing.T) {
	c, err := open(&Catalog{path: filepath.Join(t.TempDir(), "catalog.db"), remote: true})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for j := range 10 {
				name := packName(string(rune('a'+i)) + string(rune('a'+j)))
				if err := c.Update(func(tx *Tx) error { return tx.AddPack(Pack{name, 1}, chunkEntriesOf(10*i+j)) }); err != nil {
					t.Error(err)
				}
				if _, err := c.Packs(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if packs, err := c.Packs(); err != nil || len(packs) != 40 {
		t.Errorf("got %d packs, %v; want 40", len(packs), err)
	}
}

// What a full or read-only disk, or a missing permission, says is told from damage and from a
// catalog that is busy.
func TestUnwritable(t *testing.T) {
	for _, test := range []struct {
		err  error
		want bool
	}{
		{nil, false},
		{sqlite3.Error{Code: sqlite3.ErrFull}, true},
		{sqlite3.Error{Code: sqlite3.ErrReadonly}, true},
		{sqlite3.Error{Code: sqlite3.ErrCantOpen}, true},
		{sqlite3.Error{Code: sqlite3.ErrIoErr}, true},
		{sqlite3.Error{Code: sqlite3.ErrBusy}, false},
		{sqlite3.Error{Code: sqlite3.ErrCorrupt}, false},
		{sqlite3.Error{Code: sqlite3.ErrNotADB}, false},
		{&fs.PathError{Op: "open", Path: "x", Err: fs.ErrPermission}, true},
		{ErrNewer, false},
		{ErrNotFound, false},
	} {
		if got := Unwritable(failed("x", "open", test.err)); got != test.want {
			t.Errorf("%v: got %v, want %v", test.err, got, test.want)
		}
	}
}

// A catalog that is read as it lies is not read any more once somebody changes it.
func TestChangedMeanwhile(t *testing.T) {
	c := openFixture(t)
	path := c.Path()
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	read, err := openAs(path, "immutable=1&")
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	read.seen = lies(path)
	if packs, err := read.Packs(); err != nil || len(packs) == 0 {
		t.Fatalf("got %v, %v", packs, err)
	}
	other, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	update(t, other, func(tx *Tx) error { return tx.AddPack(Pack{packName("new"), 1}, chunkEntriesOf(77)) })
	if _, err := read.Packs(); !errors.Is(err, errChanged) {
		t.Errorf("while it is written: got %v, want %v", err, errChanged)
	}
	if err := other.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := read.Packs(); !errors.Is(err, errChanged) {
		t.Errorf("once it was written: got %v, want %v", err, errChanged)
	}
}

// A private catalog begins as a copy, in a file or in memory, goes its own way from there, and a
// damaged one is begun anew.
func TestPrivate(t *testing.T) {
	seed := openFixture(t)
	want := dump(t, seed)
	path := filepath.Join(t.TempDir(), "own.db")
	for name, open := range map[string]func() (*Catalog, error){
		"file":   func() (*Catalog, error) { return OpenPrivate(path, seed) },
		"memory": func() (*Catalog, error) { return OpenMemory(seed) },
	} {
		c, err := open()
		if err != nil {
			t.Fatal(name, err)
		}
		same(t, name, dump(t, c), want)
		update(t, c, func(tx *Tx) error { return tx.AddPack(Pack{packName("own"), 1}, chunkEntriesOf(77)) })
		if size, err := c.Size(); err != nil || size < 4096 {
			t.Errorf("%s: size %d, %v", name, size, err)
		}
		if err := errors.Join(c.Check(), c.Close()); err != nil {
			t.Error(name, err)
		}
	}
	same(t, "seed", dump(t, seed), want)
	if err := os.WriteFile(path, []byte("no database at all, whatever its name says it is"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := OpenPrivate(path, seed)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	same(t, "anew", dump(t, c), want)
}
