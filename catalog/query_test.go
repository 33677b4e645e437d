package catalog

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"dits/formats"
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"

	"github.com/stretchr/testify/assert"
)

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	assert.Equal(t, want, got, what)
}

func TestPacks(t *testing.T) {
	c := openFixture(t)
	got, err := c.Packs()
	if err != nil {
		t.Fatal(err)
	}
	want := []Pack{{packName("base"), 4000}, {packName("tune"), 4000}}
	slices.SortFunc(want, func(a, b Pack) int { return slices.Compare([]byte(a.Name), []byte(b.Name)) })
	same(t, "packs", got, want)
}

func TestRecords(t *testing.T) {
	c := openFixture(t)
	base, tune := fixturePacks["base"], fixturePacks["tune"]
	b, n := packName("base"), packName("tune")
	for _, test := range []struct {
		kind pack.Kind
		name string
		want []Record
	}{
		{pack.Chunk, "a0", []Record{{b, base[1]}}},
		{pack.Chunk, "a1", []Record{{n, tune[3]}, {b, base[3]}, {b, base[2]}}}, // depth before length
		{pack.Chunk, "c1", []Record{{n, tune[2]}}},
		{pack.Chunk, "a", nil}, // a blob of two chunks
		{pack.Blob, "a", []Record{{b, base[5]}}},
		{pack.Prediction, "p", []Record{{n, tune[0]}}},
		{pack.Tag, "p", nil},
		{pack.Chunk, "nobody", nil},
	} {
		got, err := c.Records(test.kind, id(test.name))
		if err != nil {
			t.Fatal(err)
		}
		same(t, fmt.Sprint(test.kind, " ", test.name), got, test.want)
	}
}

func TestRecordKeepsEveryField(t *testing.T) {
	c := openTemp(t)
	e := pack.Entry{Kind: pack.Tag, ID: id("x"), Encoding: 255, Off: 1<<40 + 1, Len: pack.MaxLen, RawLen: pack.MaxLen - 1,
		Prediction: id("y"), First: 1<<62 + 3, Depth: 254, Sum: 0xfedcba9876543210}
	twin := e // the same but for nothing: one index may hold an entry twice
	update(t, c, func(tx *Tx) error { return tx.AddPack(Pack{packName("p"), 1}, []pack.Entry{e, twin}) })
	got, err := c.Records(pack.Tag, id("x"))
	if err != nil {
		t.Fatal(err)
	}
	same(t, "records", got, []Record{{packName("p"), e}, {packName("p"), e}})
}

// TestManyKeys asks for more keys than fit in a batch, with doubles and unknown
// ones at every number around the batch size.
func TestManyKeys(t *testing.T) {
	c := openTemp(t)
	rng := rand.New(rand.NewPCG(7, 8))
	entries := chunkEntries(rng, 3*batch+7)
	update(t, c, func(tx *Tx) error { return tx.AddPack(Pack{packName("p"), 1}, entries) })
	for _, n := range []int{0, 1, 2, batch - 1, batch, batch + 1, 2 * batch, len(entries)} {
		keys := []digest.ID{randomID(rng)}
		want, wantHas := map[digest.ID][]Record{}, map[digest.ID]bool{}
		for _, e := range entries[:n] {
			keys = append(keys, e.ID)
			want[e.ID] = []Record{{packName("p"), e}}
			wantHas[e.ID] = true
		}
		keys = slices.Concat(keys, keys, keys) // three: some of them on both sides of a batch
		rng.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
		before := slices.Clone(keys)
		got, err := c.RecordsOf(pack.Chunk, keys)
		if err != nil {
			t.Fatal(err)
		}
		same(t, fmt.Sprint("records of ", n), got, want)
		has, err := c.Has(pack.Chunk, keys)
		if err != nil {
			t.Fatal(err)
		}
		same(t, fmt.Sprint("has of ", n), has, wantHas)
		same(t, "argument", keys, before)
	}
}

func TestHas(t *testing.T) {
	c := openFixture(t)
	all := ids("h1", "a0", "a1", "a", "b", "c", "v1", "t1", "k1", "p", "run.sh", "k0")
	for _, test := range []struct {
		kind pack.Kind
		want map[digest.ID]bool
	}{
		{pack.Chunk, set("h1", "a0", "a1", "b")},
		{pack.Blob, set("a", "c")},
		{pack.Manifest, set("v1")},
		{pack.Tree, set("t1")},
		{pack.Commit, set("k1")},
		{pack.Prediction, set("p")},
		{pack.Tag, set()},
	} {
		got, err := c.Has(test.kind, all)
		if err != nil {
			t.Fatal(err)
		}
		same(t, test.kind.String(), got, test.want)
	}
}

func TestBlob(t *testing.T) {
	c := openFixture(t)
	for _, want := range []Blob{
		fixtureBlob("a", "a0", "a1"),
		fixtureBlob("c", "a0", "c1"),
		{ID: id("b"), Len: 500, Chunks: []Span{{id("b"), 500}}},
		{ID: id("h1"), Len: 100, Chunks: []Span{{id("h1"), 100}}}, // AddBlob was not called
	} {
		got, err := c.Blob(want.ID)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "blob", got, want)
	}
	for _, name := range []string{"run.sh", "nobody", "v1"} {
		if b, err := c.Blob(id(name)); !errors.Is(err, ErrNotFound) {
			t.Errorf("%s: got %v, %v; want ErrNotFound", name, b, err)
		}
	}
}

func TestHasBlobs(t *testing.T) {
	c := openFixture(t)
	// "lost" is listed, but its last chunk has no record; nor has a chunk "b" of its own digest any more.
	update(t, c, func(tx *Tx) error { return tx.AddBlob(fixtureBlob("lost", "a0", "a1", "gone")) })
	got, err := c.HasBlobs(ids("a", "b", "c", "h1", "h2", "lost", "gone", "run.sh", "v1"))
	if err != nil {
		t.Fatal(err)
	}
	same(t, "has blobs", got, set("a", "b", "c", "h1", "h2"))
	update(t, c, func(tx *Tx) error {
		return tx.AddPack(Pack{packName("late"), 9}, []pack.Entry{entry(pack.Chunk, "gone", 0, 1000, 1000)})
	})
	if got, err = c.HasBlobs(ids("lost")); err != nil || !got[id("lost")] {
		t.Errorf("after its chunk came: %v, %v", got, err)
	}
}

func TestAddBlob(t *testing.T) {
	c := openFixture(t)
	split := fixtureBlob("b", "b0", "b1")
	update(t, c, func(tx *Tx) error { return tx.AddBlob(split) })
	got, err := c.Blob(id("b"))
	if err != nil {
		t.Fatal(err)
	}
	same(t, "implied list replaced", got, split)
	whole := Blob{ID: id("b"), Len: 500, Chunks: []Span{{id("b"), 500}}}
	update(t, c, func(tx *Tx) error { return tx.AddBlob(whole) })
	if got, err = c.Blob(id("b")); err != nil {
		t.Fatal(err)
	}
	same(t, "list replaced", got, whole)

	repeated := fixtureBlob("zeros", "zero", "a0", "zero", "zero")
	update(t, c, func(tx *Tx) error { return tx.AddBlob(repeated) })
	if got, err = c.Blob(id("zeros")); err != nil {
		t.Fatal(err)
	}
	same(t, "list with a chunk three times", got, repeated)

	before := dump(t, c)
	for _, bad := range []Blob{
		{ID: id("x"), Len: 1},
		{ID: id("x"), Len: 3, Chunks: []Span{{id("y"), 1}, {id("z"), 1}}},
		{ID: id("x"), Len: 0, Chunks: []Span{{id("y"), 1}, {id("z"), -1}}},
		{ID: id("x"), Len: -1 << 63, Chunks: []Span{{id("y"), 1<<63 - 1}, {id("z"), 1}}},
	} {
		if err := c.Update(func(tx *Tx) error { return tx.AddBlob(bad) }); err == nil {
			t.Errorf("%+v was accepted", bad)
		}
	}
	same(t, "after refusals", dump(t, c), before)
}

func TestFile(t *testing.T) {
	c := openFixture(t)
	for _, want := range []File{fixtureV1(), fixtureFile("v2", "h2", 101, "c")} {
		got, err := c.File(want.ID)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "file", got, want)
	}
	if _, err := c.File(id("a")); !errors.Is(err, ErrNotFound) {
		t.Errorf("got %v, want ErrNotFound", err)
	}
	empty := File{ID: id("empty"), Layout: formats.Layout{Format: "opaque"}}
	shorter := fixtureFile("v1", "h1", 100, "a")
	update(t, c, func(tx *Tx) error { return errors.Join(tx.AddFile(empty), tx.AddFile(shorter)) })
	for _, want := range []File{empty, shorter} {
		got, err := c.File(want.ID)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "file", got, want)
	}
}

func TestAddFileRefuses(t *testing.T) {
	c := openFixture(t)
	for name, change := range map[string]func(*File){
		"a blob too few":  func(f *File) { f.Blobs = f.Blobs[:2] },
		"a blob too many": func(f *File) { f.Blobs = append(f.Blobs, id("b")) },
		"tensor 2 of 2":   func(f *File) { f.Layout.Segments[1].Tensor = 2 },
		"tensor -2":       func(f *File) { f.Layout.Segments[1].Tensor = -2 },
	} {
		f := fixtureFile("v3", "h2", 101, "c")
		change(&f)
		if err := c.Update(func(tx *Tx) error { return tx.AddFile(f) }); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestTreeAndCommit(t *testing.T) {
	c := openFixture(t)
	update(t, c, func(tx *Tx) error { return tx.AddTree(Tree{ID: id("bare")}) })
	for _, want := range []Tree{fixtureTree("t1", "v1", 2600), fixtureTree("t2", "v2", 2601), {ID: id("bare")}} {
		got, err := c.Tree(want.ID)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "tree", got, want)
	}
	k1, err := c.Commit(id("k1"))
	if err != nil {
		t.Fatal(err)
	}
	want := fixtureCommit("k1", "t1", k1.Time)
	same(t, "commit", k1, want)
	if got := k1.Time.Format("2006-01-02T15:04:05.000000000Z07:00"); got != "2026-03-01T12:00:00.000000123-09:30" {
		t.Errorf("time %s", got)
	}
	k2, err := c.Commit(id("k2"))
	if err != nil {
		t.Fatal(err)
	}
	same(t, "commit", k2, fixtureCommit("k2", "t2", k2.Time, "k1", "k0"))
	for _, parents := range [][]string{{"k0", "k1", "k2"}, {"k2", "k1", "k0"}, {"k1", "k1"}} {
		want := fixtureCommit("merge", "t1", k2.Time, parents...)
		update(t, c, func(tx *Tx) error { return tx.AddCommit(want) })
		got, err := c.Commit(want.ID)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "parents", got, want)
	}
	_, noTree := c.Tree(id("k1"))
	_, noCommit := c.Commit(id("k0"))
	if !errors.Is(noTree, ErrNotFound) || !errors.Is(noCommit, ErrNotFound) {
		t.Errorf("got %v and %v, want ErrNotFound", noTree, noCommit)
	}
}

// Ancestors are the nearest first, each once, and no more than asked for.
func TestAncestors(t *testing.T) {
	c := openFixture(t)
	for _, step := range [][]string{{"a"}, {"b", "a"}, {"c", "a"}, {"d", "b", "c"}, {"e", "d"}} {
		update(t, c, func(tx *Tx) error { return tx.AddCommit(fixtureCommit(step[0], "t1", time.Unix(1, 0), step[1:]...)) })
	}
	for _, test := range []struct {
		from string
		most int
		want []string
	}{
		{"e", 9, []string{"e", "d", "b", "c", "a"}}, {"e", 2, []string{"e", "d"}}, {"a", 9, []string{"a"}}, {"nothing", 9, nil},
	} {
		got, err := c.Ancestors(id(test.from), test.most)
		if err != nil {
			t.Fatal(err)
		}
		same(t, test.from, got, ids(test.want...))
	}
}

func TestPrefix(t *testing.T) {
	c := openTemp(t)
	var entries []pack.Entry
	var all []digest.ID
	for i := range 256 {
		e := pack.Entry{Kind: pack.Commit, ID: digest.ID{0: byte(i), 1: byte(i), 31: 1}}
		if i == 0 || i == 255 { // the first and last that can be
			for j := range e.ID {
				e.ID[j] = byte(i)
			}
			e.ID[31] ^= byte(1 - i/255) // the zero ID names nothing
		}
		all = append(all, e.ID)
		entries = append(entries, e, pack.Entry{Kind: pack.Tree, ID: digest.ID{0: byte(i), 31: 2}})
	}
	update(t, c, func(tx *Tx) error { return tx.AddPack(Pack{packName("p"), 1}, entries) })
	full := all[0x5b].String()
	for _, test := range []struct {
		prefix string
		limit  int
		want   []digest.ID
	}{
		{"", 0, all},
		{"", 3, all[:3]},
		{"0", -1, all[:16]},
		{"5", 0, all[0x50:0x60]},
		{"5", 2, all[0x50:0x52]},
		{"f", 0, all[0xf0:]},
		{"ff", 0, all[0xff:]},
		{"5b", 0, all[0x5b:0x5c]},
		{"5B5", 0, all[0x5b:0x5c]},
		{"5b6", 0, nil},
		{full[:63], 0, all[0x5b:0x5c]},
		{full, 0, all[0x5b:0x5c]},
		{full[:63] + "2", 0, nil},
	} {
		got, err := c.Prefix(pack.Commit, test.prefix, test.limit)
		if err != nil {
			t.Fatal(err)
		}
		same(t, test.prefix, got, test.want)
	}
	for _, bad := range []string{"g", "5g", " 5", "5%", full + "0", "é"} {
		if got, err := c.Prefix(pack.Commit, bad, 0); err == nil {
			t.Errorf("prefix %q: got %v, want an error", bad, got)
		}
	}
}

func TestEach(t *testing.T) {
	c := openFixture(t)
	for _, kind := range []pack.Kind{pack.Chunk, pack.Blob, pack.Manifest, pack.Tree, pack.Commit, pack.Prediction, pack.Tag} {
		want := 0
		for _, entries := range fixturePacks {
			for _, e := range entries {
				if e.Kind == kind {
					want++
				}
			}
		}
		got := 0
		err := c.Each(kind, func(r Record) error {
			got++
			records, err := c.Records(kind, r.ID) // a query inside of a query
			if err == nil && !slices.Contains(records, r) {
				t.Errorf("%v is not among %v", r, records)
			}
			return err
		})
		if err != nil || got != want {
			t.Errorf("%v: got %d, %v; want %d", kind, got, err, want)
		}
	}
	stop, calls := errors.New("stop"), 0
	err := c.Each(pack.Chunk, func(Record) error { calls++; return stop })
	if err != stop || calls != 1 {
		t.Errorf("got %v after %d calls, want the error of the first", err, calls)
	}
}

func TestSimilar(t *testing.T) {
	c := openFixture(t)
	for _, q := range []struct {
		names []string
		limit int
		want  []digest.ID
	}{
		{[]string{"a.weight", "b.bias"}, 10, ids("v2", "v1")}, // as many: the younger first
		{[]string{"a.weight", ""}, 10, ids("v1", "v2")},       // only v1 has the name ""
		{[]string{"a.weight", ""}, 1, ids("v1")},
		{[]string{"nothing"}, 10, nil},
		{nil, 10, nil},
	} {
		got, err := c.Similar(q.names, q.limit)
		if err != nil {
			t.Fatal(err)
		}
		same(t, fmt.Sprint(q.names, q.limit), got, q.want)
	}
}
