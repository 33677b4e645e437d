package catalog

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"dits/tensorstore/pack"
)

// chunkEntriesOf is a small pack of its own for each seed, all with one chunk in common.
func chunkEntriesOf(seed int) []pack.Entry {
	return append(chunkEntries(rand.New(rand.NewPCG(uint64(seed), 1)), 40), entry(pack.Chunk, "common", 0, 10, 10))
}

// TestAnyOrder adds the fixture in many orders, in one transaction or in several,
// some of it twice. What comes out is the same.
func TestAnyOrder(t *testing.T) {
	want := dump(t, openFixture(t))
	if lines := strings.Count(want, "\n"); lines < 50 {
		t.Fatalf("a dump of %d lines", lines)
	}
	rng := rand.New(rand.NewPCG(9, 10))
	for range 40 {
		steps := fixtureSteps()
		steps = append(steps, steps[rng.IntN(len(steps))])
		rng.Shuffle(len(steps), func(i, j int) { steps[i], steps[j] = steps[j], steps[i] })
		c := openTemp(t)
		var order []string
		for len(steps) > 0 {
			n := 1 + rng.IntN(len(steps))
			update(t, c, func(tx *Tx) error {
				for _, s := range steps[:n] {
					order = append(order, s.name)
					if err := s.do(tx); err != nil {
						return err
					}
				}
				return nil
			})
			steps = steps[n:]
		}
		same(t, strings.Join(order, ", "), dump(t, c), want)
		if t.Failed() {
			break
		}
	}
}

func TestReadersCannotWrite(t *testing.T) {
	c := openFixture(t)
	if _, err := c.r.Exec("DELETE FROM packs"); err == nil {
		t.Error("a reading connection has deleted rows")
	}
}

func TestAddPackAgain(t *testing.T) {
	c := openFixture(t)
	before := dump(t, c)
	update(t, c, func(tx *Tx) error { return tx.AddPack(Pack{packName("base"), 4000}, fixturePacks["base"]) })
	same(t, "the same pack", dump(t, c), before)
	err := c.Update(func(tx *Tx) error { return tx.AddPack(Pack{packName("base"), 4001}, fixturePacks["base"]) })
	if err == nil || !strings.Contains(err.Error(), "4001 bytes, want the 4000") {
		t.Errorf("another size: got %v", err)
	}
	same(t, "after the refusal", dump(t, c), before)
}

func TestRollback(t *testing.T) {
	c := openFixture(t)
	before := dump(t, c)
	stop := errors.New("stop")
	err := c.Update(func(tx *Tx) error {
		if err := errors.Join(tx.AddPack(Pack{packName("new"), 5}, chunkEntriesOf(1)), tx.RemovePack(packName("base")),
			tx.AddBlob(fixtureBlob("n", "a0")), tx.AddFile(fixtureFile("v3", "h1", 100, "n")), tx.AddTree(Tree{ID: id("t3")}),
			tx.AddCommit(Commit{ID: id("k3")})); err != nil {
			return err
		}
		return stop
	})
	if err != stop {
		t.Errorf("got %v, want fn's error as it was", err)
	}
	same(t, "after the rollback", dump(t, c), before)
	func() {
		defer func() { recover() }()
		c.Update(func(tx *Tx) error { tx.RemovePack(packName("base")); panic("a bug in the caller") })
	}()
	same(t, "after the panic", dump(t, c), before)
	update(t, c, func(tx *Tx) error { return tx.AddPack(Pack{packName("new"), 5}, chunkEntriesOf(1)) })
	if has, err := c.Has(pack.Chunk, ids("common")); err != nil || !has[id("common")] {
		t.Errorf("a transaction after it: %v, %v", has, err)
	}
}

func TestRemovePack(t *testing.T) {
	c := openFixture(t)
	update(t, c, func(tx *Tx) error { return tx.RemovePack(packName("tune")) })
	update(t, c, func(tx *Tx) error { return tx.RemovePack(packName("nobody")) })
	for _, name := range []string{"c", "v2", "t2", "k2"} {
		_, e1 := c.Blob(id(name))
		_, e2 := c.File(id(name))
		_, e3 := c.Tree(id(name))
		_, e4 := c.Commit(id(name))
		for _, err := range []error{e1, e2, e3, e4} {
			if !errors.Is(err, ErrNotFound) {
				t.Errorf("%s: got %v, want ErrNotFound", name, err)
			}
		}
	}
	records, err := c.Records(pack.Chunk, id("a1"))
	if err != nil || len(records) != 2 {
		t.Errorf("got %v, %v; want the two of the other pack", records, err)
	}
	blobs, err := c.HasBlobs(ids("a", "b", "c", "h1", "h2"))
	if err != nil {
		t.Fatal(err)
	}
	same(t, "blobs", blobs, set("a", "b", "h1"))

	steps := fixtureSteps()
	want := openTemp(t)
	update(t, want, steps[0].do)
	update(t, want, func(tx *Tx) error {
		at, err := c.Commit(id("k1"))
		return errors.Join(err, tx.AddBlob(fixtureBlob("a", "a0", "a1")), tx.AddFile(fixtureV1()),
			tx.AddTree(fixtureTree("t1", "v1", 2600)), tx.AddCommit(fixtureCommit("k1", "t1", at.Time)))
	})
	same(t, "what is left", dump(t, c), dump(t, want))
	if err := c.Check(); err != nil {
		t.Error(err)
	}
}

// TestReplacePack moves all records to another pack, as repack does. Files, trees
// and the rest stay, whether the old pack goes before or after the new one comes.
func TestReplacePack(t *testing.T) {
	for _, removeFirst := range []bool{true, false} {
		c := openFixture(t)
		update(t, c, func(tx *Tx) error {
			remove := func() error { return tx.RemovePack(packName("base")) }
			add := func() error { return tx.AddPack(Pack{packName("moved"), 4000}, fixturePacks["base"]) }
			if removeFirst {
				return errors.Join(remove(), add())
			}
			return errors.Join(add(), remove())
		})
		want := strings.ReplaceAll(dump(t, openFixture(t)), packName("base"), packName("moved"))
		got := dump(t, c)
		if len(got) != len(want) {
			t.Errorf("remove first %v: %d bytes of dump, want %d", removeFirst, len(got), len(want))
		}
		for line := range strings.Lines(want) {
			if !strings.Contains(got, line) { // packs sort in another order
				t.Errorf("remove first %v: no line%s", removeFirst, line)
			}
		}
	}
}

// TestPackNameNotReused removes the last pack and adds another: readers that
// remember pack names by number must not take one for the other.
func TestPackNameNotReused(t *testing.T) {
	c := openTemp(t)
	for _, name := range []string{"one", "two"} {
		update(t, c, func(tx *Tx) error { return tx.AddPack(Pack{packName(name), 1}, chunkEntriesOf(1)) })
		records, err := c.Records(pack.Chunk, id("common"))
		if err != nil || len(records) != 1 || records[0].Pack != packName(name) {
			t.Errorf("got %v, %v; want one in pack %s", records, err, packName(name))
		}
		update(t, c, func(tx *Tx) error { return tx.RemovePack(packName(name)) })
	}
}

// TestLargePack adds a pack of more entries than are sorted at once, and more
// digests than are remembered.
func TestLargePack(t *testing.T) {
	c := openTemp(t)
	entries := chunkEntries(rand.New(rand.NewPCG(11, 12)), 4*recordBlock+5)
	for i := range 20 {
		entries[len(entries)-1-i].ID = entries[i].ID // in the first block and in the last
	}
	update(t, c, func(tx *Tx) error {
		if err := tx.AddPack(Pack{packName("large"), 1}, entries); err != nil {
			return err
		}
		if n := len(tx.digests.known); n > internerCache {
			t.Errorf("%d digests remembered, want at most %d", n, internerCache)
		}
		return nil
	})
	n := 0
	err := c.Each(pack.Chunk, func(Record) error { n++; return nil })
	if err != nil || n != len(entries) {
		t.Errorf("got %d records, %v; want %d", n, err, len(entries))
	}
	records, err := c.Records(pack.Chunk, entries[3].ID)
	if err != nil || len(records) != 2 {
		t.Errorf("got %v, %v; want two", records, err)
	}
}

// TestTwoWriters updates one catalog through two, while readers read. An update
// adds a pack and a tree of the same number; no reader may see one without the other.
func TestTwoWriters(t *testing.T) {
	a := openTemp(t)
	b, err := Open(a.Path())
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	const each = 25
	var writers, readers sync.WaitGroup
	for w, c := range []*Catalog{a, b, a, b} {
		writers.Go(func() {
			for i := range each {
				if err := writePair(c, w*each+i); err != nil {
					t.Error(err)
				}
			}
		})
	}
	done := make(chan struct{})
	for _, c := range []*Catalog{a, b} {
		readers.Go(func() {
			for seen := 0; ; {
				select {
				case <-done:
					return
				default:
				}
				seen = readPairs(t, c, seen)
			}
		})
	}
	writers.Wait()
	close(done)
	readers.Wait()
	if n := readPairs(t, b, 0); n != 4*each {
		t.Errorf("got %d updates, want %d", n, 4*each)
	}
	if err := a.Check(); err != nil {
		t.Error(err)
	}
}

// writePair adds pack i, and counts the packs in a tree that all updates replace.
func writePair(c *Catalog, i int) error {
	return c.Update(func(tx *Tx) error {
		if err := tx.AddPack(Pack{packName(fmt.Sprint("pair ", i)), 1}, chunkEntriesOf(i)); err != nil {
			return err
		}
		var n int64
		if err := tx.tx.QueryRow("SELECT count(*) FROM packs").Scan(&n); err != nil {
			return err
		}
		return tx.AddTree(Tree{ID: id("count"), Entries: []TreeEntry{{Name: "packs", ID: id("n"), Size: n}}})
	})
}

// readPairs returns how many packs there are, at least min, in one look.
func readPairs(t *testing.T, c *Catalog, min int) int {
	var packs, counted int
	err := c.r.QueryRow(`SELECT (SELECT count(*) FROM packs), (SELECT coalesce(sum(size), 0) FROM tree_entries)`).Scan(&packs, &counted)
	if err != nil || packs != counted || packs < min {
		t.Errorf("%d packs, %d counted, %d before, %v", packs, counted, min, err)
	}
	return packs
}

// TestTwoProcesses is TestTwoWriters with writers in processes of their own.
func TestTwoProcesses(t *testing.T) {
	if path := os.Getenv("CATALOG_TEST_PATH"); path != "" {
		childProcess(t, path)
		return
	}
	c := openTemp(t)
	var wg sync.WaitGroup
	for child := range 3 {
		wg.Go(func() {
			cmd := exec.Command(os.Args[0], "-test.run=^TestTwoProcesses$")
			cmd.Env = append(os.Environ(), "CATALOG_TEST_PATH="+c.Path(), fmt.Sprint("CATALOG_TEST_CHILD=", child))
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("child %d: %v\n%s", child, err, out)
			}
		})
	}
	wg.Wait()
	if n := readPairs(t, c, 0); n != 60 {
		t.Errorf("got %d updates, want 60", n)
	}
	if err := c.Check(); err != nil {
		t.Error(err)
	}
}

func childProcess(t *testing.T, path string) {
	c, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	var child int
	fmt.Sscan(os.Getenv("CATALOG_TEST_CHILD"), &child)
	for i := range 20 {
		if err := writePair(c, child*20+i); err != nil {
			t.Fatal(err)
		}
	}
}
