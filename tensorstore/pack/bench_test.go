package pack

import (
	"encoding/binary"
	"testing"

	"dits/tensorstore/digest"
	"dits/tensorstore/disk"
)

const benchChunk = 64 << 10

// chunks is n entries of tensors of 16 chunks each, all of which need a
// prediction.
func chunks(n int) []Entry {
	list := make([]Entry, n)
	var key [8]byte
	for i := range list {
		binary.LittleEndian.PutUint64(key[:], uint64(i))
		e := Entry{Kind: Chunk, ID: digest.Sum(key[:]), Encoding: 4, RawLen: 2 * benchChunk, Depth: 1}
		binary.LittleEndian.PutUint64(key[:], uint64(i/16)|1<<63)
		e.Prediction, e.First = digest.Sum(key[:]), int64(i%16)*benchChunk
		list[i] = e
	}
	return list
}

// BenchmarkAppend writes packs of 64 MiB, sealing included.
func BenchmarkAppend(b *testing.B) {
	dir, payload, entries := b.TempDir(), fill(benchChunk, 1), chunks(1024)
	b.SetBytes(int64(len(entries)) * benchChunk)
	for b.Loop() {
		records := make([]record, len(entries))
		for i, e := range entries {
			records[i] = record{e, payload}
		}
		if _, err := write(disk.OS, dir, records); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRead(b *testing.B) {
	r := benchPack(b, 1024, fill(benchChunk, 1))
	buf := make([]byte, benchChunk)
	b.SetBytes(benchChunk)
	i := 0
	for b.Loop() {
		if _, err := r.Read(r.Entries()[i%1024], buf); err != nil {
			b.Fatal(err)
		}
		i++
	}
}

// BenchmarkOpen opens packs of 8,192 entries: 512 MiB of chunks of 64 KiB.
func BenchmarkOpen(b *testing.B) {
	r := benchPack(b, 8192, []byte{1})
	for b.Loop() {
		s, err := Open(r.path)
		if err != nil {
			b.Fatal(err)
		}
		s.Close()
	}
	b.ReportMetric(float64(r.Size()-r.end-trailerSize)/8192, "B/entry")
}

func benchPack(b *testing.B, n int, payload []byte) *Reader {
	b.Helper()
	var records []record
	for _, e := range chunks(n) {
		records = append(records, record{e, payload})
	}
	path, _ := build(b, records)
	r, err := Open(path)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { r.Close() })
	return r
}
