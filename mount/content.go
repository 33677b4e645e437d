package mount

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"sort"
	"sync"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/sync/singleflight"

	"dits/catalog"
	"dits/repo/object"
	"dits/tensorstore"
	"dits/tensorstore/digest"
)

// A decoder reads files of a database by chunks. One that several ask for at once is decoded once. It is safe for
// concurrent use.
type decoder struct {
	db     *object.Database
	files  *lru.Cache[digest.ID, *content]
	flight singleflight.Group
	slots  chan struct{}  // one for each piece that is decoded ahead
	work   sync.WaitGroup // of pieces that are decoded ahead
}

// keptFiles is how many files are remembered with where their chunks are.
const keptFiles = 64

func newDecoder(db *object.Database) *decoder {
	d := &decoder{db: db, slots: make(chan struct{}, runtime.GOMAXPROCS(0))}
	d.files, _ = lru.New[digest.ID, *content](keptFiles)
	return d
}

// A content is the bytes of a file.
type content struct {
	decoder *decoder
	file    catalog.File
}

// open is the content of the file id.
func (d *decoder) open(id digest.ID) (*content, error) {
	if c, ok := d.files.Get(id); ok {
		return c, nil
	}
	f, err := d.db.ReadFile(id)
	if err != nil {
		return nil, err
	}
	c := &content{d, f}
	d.files.Add(id, c)
	return c, nil
}

func (c *content) size() int64 { return c.file.Layout.Size }

// A chunk is a part of a file that is decoded as one.
type chunk struct {
	id       digest.ID
	blob     *tensorstore.BlobReader
	from, to int64 // of the file
	start    int64 // in the blob
}

// chunkAt is the chunk that has the byte at off, which is below the size.
func (c *content) chunkAt(off int64) (chunk, error) {
	segments := c.file.Layout.Segments
	i := sort.Search(len(segments), func(i int) bool { return segments[i].Off+segments[i].Len > off })
	if i == len(segments) {
		return chunk{}, fmt.Errorf("no segment has it: %w", object.ErrCorrupt)
	}
	s := segments[i]
	blob, err := c.decoder.db.Store.Reopen(c.file.Blobs[i])
	if err != nil {
		return chunk{}, err
	}
	if blob.Len() != s.Len {
		return chunk{}, fmt.Errorf("blob %s has %d bytes, want %d: %w", c.file.Blobs[i].Short(), blob.Len(), s.Len, object.ErrCorrupt)
	}
	var start int64
	for _, k := range blob.Chunks() {
		if off < s.Off+start+k.Len {
			return chunk{k.ID, blob, s.Off + start, s.Off + start + k.Len, start}, nil
		}
		start += k.Len
	}
	return chunk{}, fmt.Errorf("no chunk of blob %s has it: %w", c.file.Blobs[i].Short(), object.ErrCorrupt)
}

// bytes are those of a chunk, not to be changed.
func (d *decoder) bytes(k chunk) ([]byte, error) {
	b, err, _ := d.flight.Do(string(k.id[:]), func() (any, error) {
		n := k.to - k.from
		if b, err := k.blob.View(k.start, int(n)); b != nil || err != nil {
			return b, err
		}
		b := make([]byte, n) // it is cut anew since
		return b, object.ReadFull(k.blob, b, k.start)
	})
	if err != nil {
		return nil, err
	}
	return b.([]byte), nil
}

// A readError is one of reading a file, with where.
type readError struct {
	at  int64 // where what cannot be read begins
	err error
}

func (e *readError) Error() string { return fmt.Sprintf("offset %d: %v", e.at, e.err) }
func (e *readError) Unwrap() error { return e.err }

// from is the bytes from off, which is below the size, to the end of a chunk; not to be changed.
func (c *content) from(off int64) ([]byte, error) {
	k, err := c.chunkAt(off)
	if err != nil {
		return nil, &readError{off, err}
	}
	b, err := c.decoder.bytes(k)
	if err != nil {
		return nil, &readError{k.from, err}
	}
	return b[off-k.from:], nil
}

// ReadAt implements [io.ReaderAt].
func (c *content) ReadAt(p []byte, off int64) (int, error) {
	n := 0
	for n < len(p) && off+int64(n) < c.size() {
		b, err := c.from(off + int64(n))
		if err != nil {
			return n, err
		}
		n += copy(p[n:], b)
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// decodeAhead decodes bytes [from, to) while others go on, so that they are at hand when they are asked for. What cannot
// be read is told then.
func (c *content) decodeAhead(ctx context.Context, from, to int64) {
	for at := from; at < to; at += aheadPiece {
		end := min(at+aheadPiece, to)
		c.decoder.work.Go(func() {
			select {
			case c.decoder.slots <- struct{}{}:
				defer func() { <-c.decoder.slots }()
				c.decodePiece(ctx, at, end)
			case <-ctx.Done():
			}
		})
	}
}

// decodePiece decodes the chunks that begin in [from, to), and the one that has from.
func (c *content) decodePiece(ctx context.Context, from, to int64) {
	for from < to && ctx.Err() == nil {
		k, err := c.chunkAt(from)
		if err != nil {
			return
		}
		if _, err := c.decoder.bytes(k); err != nil {
			return
		}
		from = k.to
	}
}
