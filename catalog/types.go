package catalog

import (
	"time"

	"dits/formats"
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
)

// A Pack is a sealed pack of the store.
type Pack struct {
	Name string // 64 hexadecimal digits, without ".pack"
	Size int64  // of the pack file, bytes
}

// A Record says where one record lies: the pack by name, and the entry of its index.
type Record struct {
	Pack string
	pack.Entry
}

// A Span is a chunk in the order of its blob.
type Span struct {
	ID  digest.ID
	Len int64 // decoded bytes
}

// A Blob is the chunk list of a tensor or of another segment: its bytes are those
// of its chunks, one after the other.
type Blob struct {
	ID     digest.ID
	Len    int64 // bytes, the sum over Chunks
	Chunks []Span
}

// A File is what a manifest says: how the file is cut, and the blob of each segment.
type File struct {
	ID     digest.ID
	SHA256 [32]byte
	Layout formats.Layout
	Blobs  []digest.ID // one for each of Layout.Segments
}

// TensorBlobs returns the blob of each tensor, zero of one that has no bytes.
func (f *File) TensorBlobs() []digest.ID {
	blobs := make([]digest.ID, len(f.Layout.Tensors))
	for i, s := range f.Layout.DataSegments() {
		if s >= 0 {
			blobs[i] = f.Blobs[s]
		}
	}
	return blobs
}

// A TreeEntry is one name in a folder.
type TreeEntry struct {
	Name string
	Mode uint32
	ID   digest.ID // of the file's bytes, or of the tree
	Size int64     // bytes
}

// A Tree is the content of a folder, in the order of its record.
type Tree struct {
	ID      digest.ID
	Entries []TreeEntry
}

// A Commit is a version of a tree, with where it came from. Time keeps its
// nanoseconds and its offset from UTC, not the name of its zone.
type Commit struct {
	ID, Tree digest.ID
	Parents  []digest.ID
	Author   string
	Time     time.Time
	Message  string
}

// Usage is what some chunks take.
type Usage struct {
	Chunks       int64
	LogicalBytes int64 // decoded
	StoredBytes  int64 // payload in packs
}

// Stats are sums over some files. Files, Tensors and LogicalBytes count a file as
// often as it is named; the others count each blob and each chunk once.
type Stats struct {
	Files         int64
	Tensors       int64 // entries in the files' tensor lists, empty tensors too
	UniqueTensors int64 // distinct blobs of them
	Chunks        int64 // distinct chunks of all segments, tensors or not
	LogicalBytes  int64 // of the files
	ByEncoding    map[uint8]Usage
}
