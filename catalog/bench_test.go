package catalog

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"dits/formats"
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
)

// randomID is an ID as content has: no order, no two alike.
func randomID(rng *rand.Rand) digest.ID {
	var id digest.ID
	for i := range id {
		id[i] = byte(rng.Uint32())
	}
	return id
}

// chunkEntries is the index of a pack of n chunks, 16 to a tensor that is predicted.
func chunkEntries(rng *rand.Rand, n int) []pack.Entry {
	entries := make([]pack.Entry, n)
	var prediction digest.ID
	off := int64(16)
	for i := range entries {
		if i%16 == 0 {
			prediction = randomID(rng)
		}
		entries[i] = pack.Entry{
			Kind: pack.Chunk, ID: randomID(rng), Encoding: uint8(i % 5), Off: off, Len: 100_000 + rng.Int64N(60_000),
			RawLen: 190_000 + rng.Int64N(100_000), Prediction: prediction, First: int64(i%16) * 95_000, Depth: uint8(i % 3),
			Sum: rng.Uint64(),
		}
		off += entries[i].Len
	}
	return entries
}

func openTemp(tb testing.TB) *Catalog {
	tb.Helper()
	c, err := Open(filepath.Join(tb.TempDir(), "catalog.db"))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { c.Close() })
	return c
}

func update(tb testing.TB, c *Catalog, fn func(*Tx) error) {
	tb.Helper()
	if err := c.Update(fn); err != nil {
		tb.Fatal(err)
	}
}

// BenchmarkAddPack inserts records, 100,000 in a transaction, into one catalog
// that grows; each is new, as is its digest.
func BenchmarkAddPack(b *testing.B) {
	const n = 100_000
	rng := rand.New(rand.NewPCG(1, 2))
	c := openTemp(b)
	packs := 0
	for b.Loop() {
		b.StopTimer()
		entries := chunkEntries(rng, n)
		packs++
		b.StartTimer()
		update(b, c, func(tx *Tx) error { return tx.AddPack(Pack{fmt.Sprintf("%064x", packs), 1 << 30}, entries) })
	}
	b.ReportMetric(float64(b.N)*n/b.Elapsed().Seconds(), "records/s")
	if _, err := c.w.Exec("PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		b.Fatal(err)
	}
	size, err := c.Size()
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(size)/float64(packs*n), "B/record")
}

// BenchmarkLookups asks a catalog of 500,000 chunks for batches of 4,000.
func BenchmarkLookups(b *testing.B) {
	const n, keys = 500_000, 4000
	rng := rand.New(rand.NewPCG(3, 4))
	c := openTemp(b)
	entries := chunkEntries(rng, n)
	update(b, c, func(tx *Tx) error { return tx.AddPack(Pack{fmt.Sprintf("%064x", 1), 1 << 40}, entries) })
	pick := func(known bool) []digest.ID {
		ids := make([]digest.ID, keys)
		for i := range ids {
			if ids[i] = randomID(rng); known {
				ids[i] = entries[rng.IntN(n)].ID
			}
		}
		return ids
	}
	for _, known := range []bool{true, false} {
		run := func(name string, f func([]digest.ID) (int, error)) {
			b.Run(fmt.Sprintf("%s/known=%v", name, known), func(b *testing.B) {
				ids := pick(known)
				for b.Loop() {
					if found, err := f(ids); err != nil || (found > 0) != known {
						b.Fatal(found, err)
					}
				}
				b.ReportMetric(float64(b.N)*keys/b.Elapsed().Seconds(), "keys/s")
			})
		}
		run("Has", func(ids []digest.ID) (int, error) { m, err := c.Has(pack.Chunk, ids); return len(m), err })
		run("RecordsOf", func(ids []digest.ID) (int, error) { m, err := c.RecordsOf(pack.Chunk, ids); return len(m), err })
		run("HasBlobs", func(ids []digest.ID) (int, error) { m, err := c.HasBlobs(ids); return len(m), err })
	}
}

// BenchmarkFiles adds checkpoints of one model, 300 tensors of 16 chunks each, a
// tenth of them new in each checkpoint, and asks what one of them takes.
func BenchmarkFiles(b *testing.B) {
	rng := rand.New(rand.NewPCG(5, 6))
	c := openTemp(b)
	var f File
	f.Layout.Format = "safetensors"
	for i := range 300 {
		f.Layout.Segments = append(f.Layout.Segments, formats.Segment{Kind: formats.Data, Tensor: i})
		f.Layout.Tensors = append(f.Layout.Tensors, formats.Tensor{
			Name: fmt.Sprintf("model.layers.%d.self_attn.q_proj.weight", i), DType: "BF16", Shape: []int64{4096, 4096}})
		f.Blobs = append(f.Blobs, digest.ID{})
	}
	var files []digest.ID
	add := func() {
		f.ID = randomID(rng)
		files = append(files, f.ID)
		update(b, c, func(tx *Tx) error {
			for i := range f.Blobs {
				if len(files) > 1 && i%10 != len(files)%10 {
					continue
				}
				entries := chunkEntries(rng, 16)
				blob := Blob{ID: randomID(rng)}
				for _, e := range entries {
					blob.Chunks = append(blob.Chunks, Span{e.ID, e.RawLen})
					blob.Len += e.RawLen
				}
				f.Blobs[i] = blob.ID
				err := tx.AddPack(Pack{fmt.Sprintf("%064x", rng.Uint64()), 1 << 30}, entries)
				if err == nil {
					err = tx.AddBlob(blob)
				}
				if err != nil {
					return err
				}
			}
			return tx.AddFile(f)
		})
	}
	for range 100 {
		add()
	}
	b.Run("StoredBytes", func(b *testing.B) {
		for b.Loop() {
			if n, err := c.StoredBytes(files[50:51], files[49:50]); err != nil || n == 0 {
				b.Fatal(n, err)
			}
		}
	})
	b.Run("Stats", func(b *testing.B) {
		for b.Loop() {
			if _, err := c.Stats(files); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("File", func(b *testing.B) {
		for b.Loop() {
			if _, err := c.File(files[7]); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("Blob", func(b *testing.B) {
		for b.Loop() {
			if _, err := c.Blob(f.Blobs[9]); err != nil {
				b.Fatal(err)
			}
		}
	})
}
