package catalog

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"

	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
)

func fixtureSketch(blob string, rows int64, hash uint64) Sketch {
	return Sketch{Blob: id(blob), Rows: rows, Width: 100, Hash: hash, Samples: []byte{1, 2, 3, byte(hash)}}
}

func addSketches(t *testing.T, c *Catalog, s ...Sketch) {
	t.Helper()
	update(t, c, func(tx *Tx) error { return tx.AddSketches(s) })
}

func TestSketches(t *testing.T) {
	c := openFixture(t)
	a, b := fixtureSketch("a", 10, 1<<63|5), fixtureSketch("b", 10, 6)
	none := Sketch{Blob: id("c"), Rows: 10, Width: 100, Samples: []byte{}}
	addSketches(t, c, fixtureSketch("a", 1, 1))
	addSketches(t, c, a, b, none, a, fixtureSketch("other", 11, 7)) // a takes the place of the first one
	got, err := c.Sketches(ids("a", "b", "c", "nothing", "a"))
	if err != nil {
		t.Fatal(err)
	}
	same(t, "sketches", got, map[digest.ID]Sketch{id("a"): a, id("b"): b, id("c"): none})

	for _, q := range []struct {
		rows  int64
		limit int
		want  int
	}{{10, 10, 2}, {10, 1, 1}, {11, 10, 1}, {12, 10, 0}} {
		list, err := c.SketchHashes(q.rows, 100, q.limit)
		if err != nil {
			t.Fatal(err)
		}
		if len(list) != q.want {
			t.Errorf("%d rows, at most %d: got %d sketches, want %d", q.rows, q.limit, len(list), q.want)
		}
		for _, x := range list {
			if q.rows == 10 && x.Hash != got[x.Blob].Hash {
				t.Errorf("%s: got hash %x, want %x", x.Blob.Short(), x.Hash, got[x.Blob].Hash)
			}
		}
	}
}

// A file is unsketched until each of its tensors has a sketch, in whatever order they come.
func TestUnsketched(t *testing.T) {
	c := openFixture(t)
	want := func(files ...string) {
		t.Helper()
		got, err := c.Unsketched(10)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "files without sketches", set2(got), set(files...))
	}
	want("v1", "v2")
	addSketches(t, c, fixtureSketch("a", 10, 1))
	update(t, c, func(tx *Tx) error { return tx.MarkSketched(id("v1")) })
	want("v1", "v2") // b of it is missing
	addSketches(t, c, fixtureSketch("b", 10, 1))
	want("v1", "v2")
	update(t, c, func(tx *Tx) error { return tx.MarkSketched(id("v1")) })
	want("v2")
	addSketches(t, c, fixtureSketch("c", 10, 1))
	update(t, c, func(tx *Tx) error { return tx.AddFile(fixtureFile("v2", "h2", 101, "c")) })
	want()
	if got, err := c.Unsketched(0); err != nil || len(got) != 0 {
		t.Errorf("got %v, %v, want none", got, err)
	}
}

func set2(list []digest.ID) map[digest.ID]bool {
	m := map[digest.ID]bool{}
	for _, id := range list {
		m[id] = true
	}
	return m
}

// Sketches go with the last file that has the blob.
func TestSketchesGoWithTheirFile(t *testing.T) {
	c := openFixture(t)
	addSketches(t, c, fixtureSketch("a", 10, 1), fixtureSketch("b", 10, 1), fixtureSketch("c", 10, 1))
	update(t, c, func(tx *Tx) error { return tx.RemovePack(packName("tune")) })
	got, err := c.Sketches(ids("a", "b", "c"))
	if err != nil {
		t.Fatal(err)
	}
	if _, left := got[id("c")]; left || len(got) != 2 {
		t.Errorf("got %d sketches, that of c among them: %v; want those of a and b", len(got), left)
	}
	if err := c.Check(); err != nil {
		t.Error(err)
	}
}

func TestHolders(t *testing.T) {
	c := openFixture(t)
	got, err := c.Holders(ids("a", "b", "c", "h1", "nothing"))
	if err != nil {
		t.Fatal(err)
	}
	v1, v2 := fixtureV1().Layout.Tensors, fixtureFile("v2", "h2", 101, "c").Layout.Tensors
	want := map[digest.ID]Holder{
		id("a"): {id("v1"), "safetensors", v1[1]},
		id("b"): {id("v2"), "safetensors", v2[0]}, // both files have it: the younger
		id("c"): {id("v2"), "safetensors", v2[1]},
	}
	same(t, "holders", got, want)
}

func TestKnownNames(t *testing.T) {
	c := openFixture(t)
	names := []string{"zz", "b.bias", "a.weight", "", "a.weight"}
	for i := range 3 * batch {
		names = append(names, fmt.Sprint(i))
	}
	got, err := c.KnownNames(append(names, "b.bias"))
	if err != nil {
		t.Fatal(err)
	}
	same(t, "names", got, []string{"b.bias", "a.weight", "", "a.weight", "b.bias"})
	if got, err := c.KnownNames(nil); err != nil || len(got) != 0 {
		t.Errorf("got %v, %v, want none", got, err)
	}
}

// TestMigration brings a catalog of version 2 to the latest: what it has stays, and its files
// are listed as those that lack sketches.
func TestMigration(t *testing.T) {
	path := filepath.Join(t.TempDir(), "catalog.db")
	db, err := sql.Open("sqlite3", source(path, ""))
	if err != nil {
		t.Fatal(err)
	}
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	if err := migrate(tx, 0, 2); err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{
		"INSERT INTO digests (n, id) VALUES (1, x'" + id("v1").String() + "'), (2, x'" + id("a").String() + "')",
		"INSERT INTO packs (p, name, size) VALUES (1, '" + packName("base") + "', 1)",
		fmt.Sprintf("INSERT INTO records VALUES (1, %d, 1, 0, 0, 0, 1, 1, NULL, 0, 0, 0)", int64(pack.Manifest)),
		"INSERT INTO files (n, sha256, format, size, warning) VALUES (1, zeroblob(32), 'safetensors', 4, '')",
		"INSERT INTO names VALUES (1, 'a.weight')",
		"INSERT INTO file_tensors VALUES (1, 0, 1, 'F32', '1', 0, 4)",
		"INSERT INTO segments VALUES (1, 0, 3, 0, 4, 0, 2)",
	} {
		if _, err := tx.Exec(statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	db.Close()

	c, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	same(t, "schema", schemaText(t, c), schemaText(t, openTemp(t)))
	if err := c.Check(); err != nil {
		t.Error(err)
	}
	f, err := c.File(id("v1"))
	if err != nil || len(f.Layout.Tensors) != 1 || f.Layout.Tensors[0].Name != "a.weight" {
		t.Errorf("got %+v, %v, want the file that was there", f, err)
	}
	lacking, err := c.Unsketched(10)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "files without sketches", lacking, ids("v1"))
	holders, err := c.Holders(ids("a"))
	if err != nil || holders[id("a")].File != id("v1") {
		t.Errorf("got %v, %v, want the tensor of the file that was there", holders, err)
	}
}
