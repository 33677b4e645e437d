package pack

import (
	"bytes"
	"errors"
	"testing"
)

// FuzzOpen opens any bytes as a pack: as they are, and with a trailer that
// matches them, so that what lies behind the checksums is reached. A pack that
// opens has entries within its bounds, and writing them again gives its index.
func FuzzOpen(f *testing.F) {
	b := sampleFile(f)
	end := len(b) - trailerSize
	var tr trailer
	tr, err := parseTrailer(b[end:], int64(len(b)))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b, uint16(tr.indexLen))
	f.Add(b[:len(b)-1], uint16(0))
	f.Add(b[:headerSize], uint16(9))
	f.Add([]byte{}, uint16(0))
	f.Fuzz(func(t *testing.T, b []byte, indexLen uint16) {
		if len(b) > 1<<16 {
			return
		}
		open(t, b)
		if room := len(b) - trailerSize - headerSize; room >= 0 {
			sealed := bytes.Clone(b)
			copy(sealed, header[:])
			reseal(sealed, min(int(indexLen), room))
			open(t, sealed)
		}
	})
}

// reseal gives b, whose index is the indexLen bytes before the trailer, a
// trailer that matches.
func reseal(b []byte, indexLen int) {
	end := len(b) - trailerSize
	index := b[end-indexLen : end]
	t := trailer{int64(end - indexLen), int64(indexLen), sum(index), sum(b[:headerSize])}
	t.append(b[:end])
}

func open(t *testing.T, b []byte) {
	r, err := openMemory(t, b)
	if err != nil {
		return
	}
	defer r.Close()
	off := int64(headerSize)
	for i, e := range r.Entries() {
		if e.Off != off || e.Len < 0 {
			t.Fatalf("entry %d: %d bytes at %d, want them at %d", i, e.Len, e.Off, off)
		}
		off += e.Len
		got, err := r.Read(e, nil)
		if want := b[e.Off:off]; err == nil && !bytes.Equal(got, want) || (err == nil) != (sum(want) == e.Sum) {
			t.Fatalf("entry %d: got %x, %v, want %x", i, got, err, want)
		}
	}
	if off != r.end || !bytes.Equal(appendIndex(nil, r.Entries()), b[off:len(b)-trailerSize]) {
		t.Fatalf("payloads end at %d, want %d and the index %x", off, r.end, b[r.end:])
	}
	var c *CorruptError
	if err := r.Verify(); err != nil && !errors.As(err, &c) {
		t.Fatal(err)
	}
}
