package catalog

import (
	"bytes"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"dits/tensorstore/pack"
)

var writeGolden = flag.Bool("golden", false, "write testdata anew")

// schemaText is what the database says that its schema is.
func schemaText(t *testing.T, c *Catalog) string {
	t.Helper()
	rows, err := c.r.Query("SELECT coalesce(sql, '') FROM sqlite_schema WHERE sql NOT NULL ORDER BY name")
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	err = each(rows, func() error {
		var s string
		err := rows.Scan(&s)
		text.WriteString(s + ";\n")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return text.String()
}

// TestSchema holds the tables to testdata/schema.sql. Catalogs in the field have
// exactly those: a change needs a new script in schema/, which brings them there.
func TestSchema(t *testing.T) {
	golden := filepath.Join("testdata", "schema.sql")
	got := schemaText(t, openTemp(t))
	if *writeGolden {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "schema", got, strings.ReplaceAll(string(want), "\r\n", "\n"))
}

func TestReopen(t *testing.T) {
	for _, name := range []string{"catalog.db", "a?b&_query_only=1.db", "c#d.db", "e%20f%zz.db", "g h é.db", "file:i.db"} {
		path := filepath.Join(t.TempDir(), name)
		c, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		update(t, c, fixtureSteps()[0].do)
		want := dump(t, c)
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
		// Who may not make files here needs the other two to read.
		log, lerr := os.Stat(path + "-wal")
		_, serr := os.Stat(path + "-shm")
		if err := errors.Join(lerr, serr); err != nil || log.Size() != 0 {
			t.Fatalf("after closing: %v, %v; want an empty log and its index", log, err)
		}
		if c, err = Open(path); err != nil {
			t.Fatal(err)
		}
		same(t, "path", c.Path(), path)
		same(t, "content", dump(t, c), want)
		if err := c.Check(); err != nil {
			t.Error(err)
		}
		c.Close()
	}
}

func TestSize(t *testing.T) {
	c := openFixture(t)
	got, err := c.Size()
	if err != nil {
		t.Fatal(err)
	}
	var want int64
	entries, err := os.ReadDir(filepath.Dir(c.Path()))
	if err != nil || len(entries) != 3 {
		t.Fatalf("got %v, %v; want the database and two more", entries, err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		want += info.Size()
	}
	same(t, "size", got, want)
}

func TestOpenMissingFolder(t *testing.T) {
	path := filepath.Join(t.TempDir(), "no", "catalog.db")
	var damaged *DamagedError
	if _, err := Open(path); err == nil || errors.As(err, &damaged) || !strings.Contains(err.Error(), path) {
		t.Errorf("got %v, want an error with the path that is no DamagedError", err)
	}
}

// databaseWith is the path of a database that a statement was run on.
func databaseWith(t *testing.T, statements string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "catalog.db")
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(statements); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestOpenRefuses opens what is no catalog of ours. It must stay as it was, byte
// for byte: it may be somebody else's.
func TestOpenRefuses(t *testing.T) {
	ours := fmt.Sprintf("PRAGMA application_id = %d;", applicationID)
	garbage := filepath.Join(t.TempDir(), "garbage.db")
	if err := os.WriteFile(garbage, bytes.Repeat([]byte("no database "), 1000), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, path string
		newer      bool
		says       string
	}{
		{"not a database", garbage, false, "not a database"},
		{"another program's", databaseWith(t, "CREATE TABLE t (x); PRAGMA user_version = 1"), false, "application id: got 0x0, want 0x64697473"},
		{"another program's, empty", databaseWith(t, "PRAGMA application_id = 7"), false, "application id: got 0x7"},
		{"empty with a version", databaseWith(t, ours+"PRAGMA user_version = 1"), false, "schema version 1 with 0 tables"},
		{"version 0 with tables", databaseWith(t, ours+"CREATE TABLE t (x)"), false, "schema version 0 with 1 tables"},
		{"newer", databaseWith(t, ours+"CREATE TABLE t (x); PRAGMA user_version = 99"), true, "schema version 99"},
	} {
		before, err := os.ReadFile(test.path)
		if err != nil {
			t.Fatal(err)
		}
		_, err = Open(test.path)
		var damaged *DamagedError
		if err == nil || errors.Is(err, ErrNewer) != test.newer || errors.As(err, &damaged) == test.newer || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: got %v", test.name, err)
		}
		if damaged != nil && damaged.Path != test.path {
			t.Errorf("%s: path %q", test.name, damaged.Path)
		}
		after, err := os.ReadFile(test.path)
		if err != nil || !bytes.Equal(before, after) {
			t.Errorf("%s: the file was changed (%v)", test.name, err)
		}
	}
}

// TestOpenEmpty opens what a process leaves that died right after it made the file.
func TestOpenEmpty(t *testing.T) {
	path := filepath.Join(t.TempDir(), "catalog.db")
	if err := os.WriteFile(path, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	c, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	same(t, "schema", schemaText(t, c), schemaText(t, openTemp(t)))
}

// everyQuery asks the catalog all there is to ask, and returns the errors.
func everyQuery(c *Catalog) []error {
	all := ids("a", "b", "c", "a0", "a1", "c1", "h1", "h2", "v1", "v2", "t1", "k1", "k2", "p")
	_, e1 := c.Packs()
	_, e2 := c.RecordsOf(pack.Chunk, all)
	_, e3 := c.Has(pack.Blob, all)
	_, e4 := c.Blob(id("a"))
	_, e5 := c.HasBlobs(all)
	_, e6 := c.File(id("v1"))
	_, e7 := c.Prefix(pack.Commit, "", 0)
	_, e8 := c.StoredBytes(ids("v1"), ids("v2"))
	_, e9 := c.Stats(nil)
	_, e10 := c.Tree(id("t1"))
	_, e11 := c.Commit(id("k1"))
	e12 := c.Each(pack.Chunk, func(Record) error { return nil })
	_, e13 := c.Sketches(all)
	_, e14 := c.SketchHashes(10, 100, 10)
	_, e15 := c.Unsketched(10)
	_, e16 := c.Holders(all)
	_, e17 := c.KnownNames([]string{"a.weight"})
	return []error{e1, e2, e3, e4, e5, e6, e7, e8, e9, e10, e11, e12, e13, e14, e15, e16, e17}
}

// TestDamagedPages overwrites each page of a catalog, and cuts it short at each.
// Open or Check must say so, and no query may fail for another reason than damage
// or for what the damage took away.
func TestDamagedPages(t *testing.T) {
	c := openFixture(t)
	path := c.Path()
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const page = 4096
	if len(whole) < 10*page || len(whole)%page != 0 {
		t.Fatalf("%d bytes, want at least 10 whole pages", len(whole))
	}
	for off := 0; off < len(whole); off += page {
		scribbled := bytes.Clone(whole)
		for i := off; i < off+page; i++ {
			scribbled[i] = 0xa5
		}
		wantDamage(t, fmt.Sprintf("page at %d overwritten", off), scribbled)
		if off > 0 {
			wantDamage(t, fmt.Sprintf("cut at %d", off), whole[:off])
		}
	}
}

func wantDamage(t *testing.T, name string, content []byte) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "catalog.db")
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
	var damaged *DamagedError
	c, err := Open(path)
	if err != nil {
		if !errors.As(err, &damaged) {
			t.Errorf("%s: Open: got %v, want a DamagedError", name, err)
		}
		return
	}
	defer c.Close()
	if err := c.Check(); !errors.As(err, &damaged) {
		t.Errorf("%s: Check: got %v, want a DamagedError", name, err)
	}
	for i, err := range everyQuery(c) {
		if err != nil && !errors.As(err, &damaged) && !errors.Is(err, ErrNotFound) {
			t.Errorf("%s: query %d: got %v, want a DamagedError", name, i, err)
		}
	}
}

// TestOpenWaits opens a new catalog while another process looks at the empty file:
// its lock is waited for.
func TestOpenWaits(t *testing.T) {
	path := databaseWith(t, "PRAGMA user_version = 0")
	other, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	look, err := other.Begin()
	if err != nil {
		t.Fatal(err)
	}
	var n int
	if err := look.QueryRow("SELECT count(*) FROM sqlite_schema").Scan(&n); err != nil {
		t.Fatal(err)
	}
	time.AfterFunc(100*time.Millisecond, func() { look.Rollback() })
	c, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
}

// TestCreateAtOnce opens a catalog that is not there from many sides.
func TestCreateAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "catalog.db")
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			c, err := Open(path)
			if err != nil {
				t.Error(err)
				return
			}
			defer c.Close()
			err = c.Update(func(tx *Tx) error {
				return tx.AddPack(Pack{packName(fmt.Sprint(i)), 1}, chunkEntriesOf(i))
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	c, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if packs, err := c.Packs(); err != nil || len(packs) != 8 {
		t.Errorf("got %d packs, %v; want 8", len(packs), err)
	}
}
