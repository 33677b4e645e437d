package tensorstore

import (
	"encoding/binary"
	"fmt"

	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
)

// An Index knows where records lie. It is a cache of what the packs say, and not believed: what it
// says of a record is held to the pack. Implementations are safe for concurrent use.
type Index interface {
	// Packs lists the names of the packs that it has adopted.
	Packs() ([]string, error)
	// Locate lists the records of a content, the best to read first; none is no error.
	Locate(kind pack.Kind, id digest.ID) ([]Location, error)
	// LocateAll is Locate of many contents. It has no entry for those without records.
	LocateAll(kind pack.Kind, ids []digest.ID) (map[digest.ID][]Location, error)
	// Adopt takes over all that a sealed pack holds, in one transaction. An object that cannot be
	// understood is left out; the error is [ErrCorrupt] then, and the rest is taken over.
	Adopt(Sealed) error
	// Forget drops what it knows of packs that are gone.
	Forget(packs []string) error
}

// A Location is a record and the pack that it is in.
type Location struct {
	Pack string
	pack.Entry
}

// A Span is one chunk of a blob.
type Span struct {
	ID  digest.ID
	Len int64 // bytes, > 0
}

// A Blob is the recipe of a blob: its chunks, in order.
type Blob struct {
	ID     digest.ID
	Len    int64 // bytes
	Chunks []Span
}

// An Object is a record that is not a chunk, decoded.
type Object struct {
	Kind    pack.Kind
	ID      digest.ID
	Payload []byte
}

// A Sealed pack is what an [Index] adopts.
type Sealed struct {
	Name    string
	Size    int64 // bytes of the file
	Entries []pack.Entry
	Blobs   []Blob   // the blobs of more than one chunk that it describes
	Objects []Object // the rest but chunks and predictions
}

// marshal is the stored form of a chunk list. The blob's id is the record's.
//
//	count   uvarint
//	lengths count uvarints, bytes
//	ids     count times 32 bytes
func (b Blob) marshal() []byte {
	out := binary.AppendUvarint(nil, uint64(len(b.Chunks)))
	for _, c := range b.Chunks {
		out = binary.AppendUvarint(out, uint64(c.Len))
	}
	for _, c := range b.Chunks {
		out = append(out, c.ID[:]...)
	}
	return out
}

// unmarshalBlob reads what marshal wrote.
func unmarshalBlob(id digest.ID, b []byte) (Blob, error) {
	bad := func(what string) (Blob, error) {
		return Blob{}, fmt.Errorf("chunk list of %s: %s", id.Short(), what)
	}
	n, w := binary.Uvarint(b)
	if w <= 0 || n > uint64(len(b))/(digest.Size+1) {
		return bad("count of chunks does not fit its bytes")
	}
	b = b[w:]
	blob := Blob{ID: id, Chunks: make([]Span, n)}
	for i := range blob.Chunks {
		v, w := binary.Uvarint(b)
		if w <= 0 || v == 0 || v > maxChunk {
			return bad(fmt.Sprintf("length of chunk %d is %d, want 1 to %d", i, v, maxChunk))
		}
		blob.Chunks[i].Len = int64(v)
		blob.Len += int64(v)
		b = b[w:]
	}
	if uint64(len(b)) != n*digest.Size {
		return bad(fmt.Sprintf("%d bytes of ids, want %d", len(b), n*digest.Size))
	}
	for i := range blob.Chunks {
		b = b[copy(blob.Chunks[i].ID[:], b):]
	}
	return blob, nil
}
