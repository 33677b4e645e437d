package catalog

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"dits/formats"
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
)

// id is the digest of a name, so that tests can say which content they mean.
func id(name string) digest.ID { return digest.Sum([]byte(name)) }

func ids(names ...string) []digest.ID {
	var list []digest.ID
	for _, name := range names {
		list = append(list, id(name))
	}
	return list
}

// set is what Has and HasBlobs return for the names.
func set(names ...string) map[digest.ID]bool {
	m := map[digest.ID]bool{}
	for _, name := range names {
		m[id(name)] = true
	}
	return m
}

func packName(name string) string { return id(name).String() }

// entry is an entry whose sum does not sort as its length does.
func entry(kind pack.Kind, name string, encoding uint8, length, rawLen int64) pack.Entry {
	return pack.Entry{Kind: kind, ID: id(name), Encoding: encoding, Off: 16, Len: length, RawLen: rawLen, Sum: 1<<63 - uint64(length)}
}

// needing is e with a prediction and a depth.
func needing(e pack.Entry, prediction string, depth uint8) pack.Entry {
	e.Prediction, e.Depth = id(prediction), depth
	return e
}

// The fixture is a store of two checkpoints of a model with three tensors:
//
//	file "v1": header h1, tensor a (chunks a0, a1), tensor b (one chunk), empty tensor e
//	file "v2": header h2, tensor c (chunks a0, c1; c1 is predicted by p), tensor b
//
// Chunk a1 lies in two packs, in three encodings.
var fixturePacks = map[string][]pack.Entry{
	"base": {
		entry(pack.Chunk, "h1", 1, 90, 100),
		entry(pack.Chunk, "a0", 2, 600, 1000),
		needing(entry(pack.Chunk, "a1", 3, 200, 1000), "p", 1),
		entry(pack.Chunk, "a1", 2, 700, 1000),
		entry(pack.Chunk, "b", 0, 500, 500),
		entry(pack.Blob, "a", 0, 66, 66),
		entry(pack.Manifest, "v1", 1, 40, 80),
		entry(pack.Tree, "t1", 0, 30, 30),
		entry(pack.Commit, "k1", 0, 20, 20),
	},
	"tune": {
		entry(pack.Prediction, "p", 0, 33, 33),
		entry(pack.Chunk, "h2", 1, 95, 101),
		needing(entry(pack.Chunk, "c1", 3, 300, 1000), "p", 1),
		entry(pack.Chunk, "a1", 1, 650, 1000),
		entry(pack.Blob, "c", 0, 67, 66),
		entry(pack.Manifest, "v2", 1, 41, 81),
		entry(pack.Tree, "t2", 0, 31, 31),
		entry(pack.Commit, "k2", 0, 21, 21),
	},
}

func fixtureBlob(name string, chunks ...string) Blob {
	b := Blob{ID: id(name)}
	for _, c := range chunks {
		b.Chunks = append(b.Chunks, Span{id(c), 1000})
		b.Len += 1000
	}
	return b
}

func fixtureFile(name, header string, headerLen int64, first string) File {
	l := formats.Layout{
		Format: "safetensors",
		Size:   headerLen + 2500,
		Segments: []formats.Segment{
			{Kind: formats.Header, Off: 0, Len: headerLen, Tensor: -1},
			{Kind: formats.Data, Off: headerLen, Len: 2000, Tensor: 1},
			{Kind: formats.Data, Off: headerLen + 2000, Len: 500, Tensor: 0},
		},
		Tensors: []formats.Tensor{
			{Name: "b.bias", DType: "F32", Shape: []int64{125}, Off: headerLen + 2000, Len: 500},
			{Name: "a.weight", DType: "BF16", Shape: []int64{10, 100}, Off: headerLen, Len: 2000},
		},
	}
	return File{ID: id(name), SHA256: [32]byte(id("sha of " + name)), Layout: l, Blobs: ids(header, first, "b")}
}

func fixtureV1() File {
	f := fixtureFile("v1", "h1", 100, "a")
	f.Layout.Tensors = append(f.Layout.Tensors, formats.Tensor{Name: "e\x00\xff", DType: "U8", Shape: []int64{0, 3}, Off: 2600})
	f.Layout.Tensors = append(f.Layout.Tensors, formats.Tensor{Name: "", DType: "F8_E4M3", Off: 2600})
	f.Layout.Warning = "tensor \"e\": no bytes"
	return f
}

func fixtureTree(name, file string, size int64) Tree {
	return Tree{ID: id(name), Entries: []TreeEntry{
		{Name: "model.safetensors", Mode: 0o100644, ID: id(file), Size: size},
		{Name: "run.sh", Mode: 0o100755, ID: id("run.sh"), Size: 12},
	}}
}

func fixtureCommit(name, tree string, at time.Time, parents ...string) Commit {
	return Commit{ID: id(name), Tree: id(tree), Parents: ids(parents...), Author: "Ada <ada@example.org>", Time: at, Message: "step " + name + "\n"}
}

// A step is one addition to a catalog.
type step struct {
	name string
	do   func(*Tx) error
}

// fixtureSteps are all additions of the fixture, in an order that a store would have.
func fixtureSteps() []step {
	var steps []step
	add := func(name string, do func(*Tx) error) { steps = append(steps, step{name, do}) }
	for _, name := range []string{"base", "tune"} {
		add("pack "+name, func(tx *Tx) error {
			return tx.AddPack(Pack{packName(name), int64(1000 * len(name))}, fixturePacks[name])
		})
	}
	for _, b := range []Blob{fixtureBlob("a", "a0", "a1"), fixtureBlob("c", "a0", "c1"), {ID: id("b"), Len: 500, Chunks: []Span{{id("b"), 500}}}} {
		add("blob", func(tx *Tx) error { return tx.AddBlob(b) })
	}
	for _, f := range []File{fixtureV1(), fixtureFile("v2", "h2", 101, "c")} {
		add("file", func(tx *Tx) error { return tx.AddFile(f) })
	}
	add("tree", func(tx *Tx) error { return tx.AddTree(fixtureTree("t1", "v1", 2600)) })
	add("tree", func(tx *Tx) error { return tx.AddTree(fixtureTree("t2", "v2", 2601)) })
	at := time.Date(2026, 3, 1, 12, 0, 0, 123, time.FixedZone("", -9*3600-1800))
	add("commit", func(tx *Tx) error { return tx.AddCommit(fixtureCommit("k1", "t1", at)) })
	add("commit", func(tx *Tx) error { return tx.AddCommit(fixtureCommit("k2", "t2", at.UTC(), "k1", "k0")) })
	return steps
}

// openFixture is a catalog with all of the fixture.
func openFixture(tb testing.TB) *Catalog {
	tb.Helper()
	c := openTemp(tb)
	update(tb, c, func(tx *Tx) error {
		for _, s := range fixtureSteps() {
			if err := s.do(tx); err != nil {
				return err
			}
		}
		return nil
	})
	return c
}

// dumpQueries are all the tables, with digests for their numbers.
var dumpQueries = []string{
	`SELECT 'pack', name, size FROM packs ORDER BY name`,
	`SELECT 'record', hex(d.id), kind, p.name, ord, encoding, off, len, raw_len, hex(q.id), first, depth, sum FROM records r
	 JOIN digests d USING (n) JOIN packs p ON p.p = r.pack LEFT JOIN digests q ON q.n = prediction ORDER BY d.id, kind, p.name, ord`,
	`SELECT 'blob', hex(d.id), len FROM blobs JOIN digests d USING (n) ORDER BY d.id`,
	`SELECT 'span', hex(d.id), seq, hex(e.id), len FROM blob_chunks JOIN digests d ON d.n = blob JOIN digests e ON e.n = chunk ORDER BY d.id, seq`,
	`SELECT 'file', hex(d.id), hex(sha256), format, size, warning FROM files JOIN digests d USING (n) ORDER BY d.id`,
	`SELECT 'segment', hex(d.id), seq, kind, off, len, tensor, hex(e.id) FROM segments JOIN digests d ON d.n = file JOIN digests e ON e.n = blob ORDER BY d.id, seq`,
	`SELECT 'tensor', hex(d.id), seq, hex(m.name), dtype, shape, off, len FROM file_tensors t JOIN digests d ON d.n = file JOIN names m ON m.n = t.name ORDER BY d.id, seq`,
	`SELECT 'tree', hex(id) FROM trees JOIN digests USING (n) ORDER BY id`,
	`SELECT 'entry', hex(d.id), seq, name, mode, hex(e.id), size FROM tree_entries t JOIN digests d ON d.n = tree JOIN digests e ON e.n = t.id ORDER BY d.id, seq`,
	`SELECT 'commit', hex(d.id), hex(t.id), author, sec, nsec, zone, message FROM commits c JOIN digests d USING (n) JOIN digests t ON t.n = c.tree ORDER BY d.id`,
	`SELECT 'parent', hex(d.id), seq, hex(p.id) FROM commit_parents JOIN digests d ON d.n = child JOIN digests p ON p.n = parent ORDER BY d.id, seq`,
}

// dump is everything in the catalog, as text that does not depend on the order in
// which it came.
func dump(tb testing.TB, c *Catalog) string {
	tb.Helper()
	var out strings.Builder
	for _, query := range dumpQueries {
		rows, err := c.r.Query(query)
		if err != nil {
			tb.Fatal(err)
		}
		columns, err := rows.Columns()
		if err != nil {
			tb.Fatal(err)
		}
		err = each(rows, func() error {
			values := make([]any, len(columns))
			for i := range values {
				values[i] = new(any)
			}
			err := rows.Scan(values...)
			for _, v := range values {
				fmt.Fprintf(&out, " %v", *v.(*any))
			}
			out.WriteByte('\n')
			return err
		})
		if err != nil {
			tb.Fatal(err)
		}
	}
	return out.String()
}
