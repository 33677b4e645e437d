package explore

import (
	"context"
	"net/url"

	"dits/tensorstore/digest"
)

// A Sharing is a page of the answer to "sharing": which files have which bytes, and how those are kept.
//
// Bytes are named by small numbers, the index of their blob (the bytes of one segment of a file: header, tensor, padding
// or all of another file). Numbers count up from page to page in the order in which they are met, so that a page has what
// came with it: Blobs are those from FirstBlob on. What follows from them is for the page to find: two rows share a
// segment where they have the same number, or one whose blob is made of the other's.
type Sharing struct {
	Total     int      `json:"total"`      // rows of all pages
	LeftOut   int      `json:"left_out"`   // rows that no page has, since there are too many
	Rows      []Row    `json:"rows"`       // by model, path and age
	Layouts   []Layout `json:"layouts"`    // those from FirstLayout on
	Blobs     Blobs    `json:"blobs"`      // those from FirstBlob on
	Kinds     []string `json:"kinds"`      // of all pages until now: "delta", "cast", "quantised replayed", …; 0 is ""
	Kin       [][3]int `json:"kin"`        // two blobs that are not the same, and how many bytes of chunks they have in common
	FirstRow  int      `json:"first_row"`  //
	FirstBlob int      `json:"first_blob"` //
	FirstLay  int      `json:"first_layout"`
	Next      string   `json:"next"` // ?cursor= of the next page, "" for the last one
}

// A Row is a file: one content at one path of one model.
type Row struct {
	Model  string    `json:"model"`
	Path   string    `json:"path"`
	Refs   []string  `json:"refs"` // branches and tags that have it, HEAD's branch first; of those that were asked for
	File   digest.ID `json:"file"` // of its bytes
	Size   int64     `json:"size"`
	Format string    `json:"format"` // safetensors, gguf, or "" for another file
	Age    int       `json:"age"`    // 0 for the file that was stored first; counts all rows
	Layout int       `json:"layout"`
	Blobs  []int     `json:"blobs"` // one for each segment of the layout
}

// A Layout is the segments of files, which tile them; the files of a family mostly have the same.
type Layout struct {
	Names    []string `json:"names"`    // of tensors; "" of what is none
	Kinds    []string `json:"kinds"`    // tensor, header, padding, other
	Types    []string `json:"types"`    // "BF16 4096×4096", "" of what is no tensor
	Elements []int64  `json:"elements"` // weights; 0 of what is no tensor
	Lens     []int64  `json:"lens"`     // bytes; each begins where the one before it ends
}

// How a blob is kept.
const (
	kept       = 0 // stored for itself
	different  = 1 // as the difference to another
	recomputed = 2 // made anew of others, with or without a difference
)

// Blobs are the blobs of a page, a list for each of their properties.
type Blobs struct {
	Len    []int64 `json:"len"`    // bytes
	How    []int   `json:"how"`    // 0 stored for itself, 1 as a difference, 2 recomputed: most of its bytes
	Kind   []int   `json:"kind"`   // how it is made of its source: an index of Kinds
	Stored []int64 `json:"stored"` // bytes in packs of all of its chunks
	Source []int   `json:"source"` // the blob that it is mostly made of; -1 for none
	Chunks []int   `json:"chunks"` // how many
}

// A ChunkList answers "chunks": the chunks of ?segment= of the file ?file= of ?model=, in order.
type ChunkList struct {
	Chunks []ChunkInfo `json:"chunks"`
	Kinds  []string    `json:"kinds"`
}

// A ChunkInfo is one chunk.
type ChunkInfo struct {
	Len    int64 `json:"len"`    // bytes
	How    int   `json:"how"`    // as of blobs
	Kind   int   `json:"kind"`   // an index of Kinds
	Stored int64 `json:"stored"` // bytes in packs
	Blobs  int   `json:"blobs"`  // how many blobs of all rows have it, this one among them
}

// A Sharers answers "sharers": all places in the models that have the bytes of ?segment= of the file ?file= of ?model=, or
// of its chunk ?chunk=; or of files of which some are made of them (Made).
type Sharers struct {
	Places []SharedPlace `json:"places"`
	More   int           `json:"more"` // places that are left out
}

// A SharedPlace is a segment of a file that has some bytes, or is made of some.
type SharedPlace struct {
	Model  string    `json:"model"`
	Path   string    `json:"path"`
	Refs   []string  `json:"refs"`
	File   digest.ID `json:"file"`
	Tensor string    `json:"tensor"`
	Off    int64     `json:"off"`   // in the file, bytes
	Bytes  int64     `json:"bytes"` // in common
	Made   string    `json:"made"`  // "" has the same bytes; else how it is made of them, or "source": they are made of it
}

// sharing answers "sharing": a page of rows of ?of= (several; MODEL or MODEL@REV, each a branch, tag or commit; without it
// all branches of all models), from ?cursor= on, at most ?limit= of them.
func (e *Explorer) sharing(ctx context.Context, about url.Values) (any, error) { return nil, nil }
func (e *Explorer) chunks(ctx context.Context, about url.Values) (any, error)  { return nil, nil }
func (e *Explorer) sharers(ctx context.Context, about url.Values) (any, error) { return nil, nil }

type sharing struct{}
