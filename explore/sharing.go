package explore

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"

	"dits/tensorstore/digest"
)

// A Sharing is a page of the answer to "sharing": which files have which bytes, and how those are kept.
//
// Bytes are named by small numbers, the index of their blob (the bytes of one segment of a file: header, tensor, padding
// or all of another file). Numbers count up from page to page in the order in which they are met, so that a page has what
// came with it: Blobs are those from FirstBlob on. What follows from them is for the page to find: two rows share a
// segment where they have the same number, or one whose blob is made of the other's.
type Sharing struct {
	Total   int      `json:"total"`    // rows of all pages
	LeftOut int      `json:"left_out"` // rows that no page has, since there are too many
	Rows    []Row    `json:"rows"`     // by model, path and age
	Layouts []Layout `json:"layouts"`  // those from FirstLayout on
	Blobs   Blobs    `json:"blobs"`    // those from FirstBlob on
	Kinds   []string `json:"kinds"`    // of all pages until now: "delta", "cast", "quantised replayed", …; 0 is ""
	Kin     [][3]int `json:"kin"`      // two blobs that are not the same, and how many bytes of chunks they have in common

	FirstRow    int    `json:"first_row"`
	FirstLayout int    `json:"first_layout"`
	FirstBlob   int    `json:"first_blob"`
	Next        string `json:"next"` // ?cursor= of the next page, "" for the last one; who asks for it after a change is refused
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

// Blobs are the blobs of a page, a list for each of their properties.
type Blobs struct {
	Len    []int64 `json:"len"`    // bytes
	How    []int   `json:"how"`    // [lineage.How]: 0 stored for itself, 1 as a difference, 2 recomputed
	Kind   []int   `json:"kind"`   // how it is made of its source: an index of Kinds
	Stored []int64 `json:"stored"` // bytes in packs of all of its chunks
	Source []int   `json:"source"` // the blob that it is mostly made of; -1 for none
	Chunks []int   `json:"chunks"` // how many
}

// Pages of a sharing.
const (
	usualRows = 100
	mostPage  = 1000
)

// sharing answers "sharing": rows of ?of= (several: MODEL, which is all of its branches, or MODEL@REV; without it all
// branches of all models) from ?cursor= on, at most ?limit= of them.
func (e *Explorer) sharing(ctx context.Context, about url.Values) (any, error) {
	limit, err := numberOf(about, "limit", usualRows, 1, mostPage)
	if err != nil {
		return nil, err
	}
	at, err := cursorOf(about)
	if err != nil {
		return nil, err
	}
	s, err := e.sharingOf(ctx, about)
	if err != nil {
		return nil, err
	}
	if at != (cursor{}) && at.version != s.version {
		return nil, &ChangedError{}
	}
	return s.page(ctx, at.row, limit)
}

// keptSharings is how many are kept for who pages through them.
const keptSharings = 4

// sharingOf is that of ?of=, begun or kept from an earlier question about the same commits.
func (e *Explorer) sharingOf(ctx context.Context, about url.Values) (*sharing, error) {
	chosen, err := e.selectFiles(ctx, about)
	if err != nil {
		return nil, err
	}
	version, err := e.versionOf(about["of"], chosen)
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if i := slices.IndexFunc(e.sharings, func(s *sharing) bool { return s.version == version }); i >= 0 {
		return e.sharings[i], nil
	}
	s := newSharing(e, version, chosen)
	e.sharings = append([]*sharing{s}, e.sharings[:min(len(e.sharings), keptSharings-1)]...)
	return s, nil
}

// numberOf is a number of a query, in [least, most].
func numberOf(about url.Values, name string, usual, least, most int) (int, error) {
	text := about.Get(name)
	if text == "" {
		return usual, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > most {
		return 0, &WrongError{fmt.Sprintf("%s=%.20q, want a number from %d to %d", name, text, least, most)}
	}
	return n, nil
}
