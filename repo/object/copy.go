package object

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"runtime"
	"sort"
	"sync"

	"golang.org/x/sync/errgroup"

	"dits/catalog"
	"dits/tensorstore"
	"dits/tensorstore/digest"
)

// pieceBytes is how much of a blob is decoded at a time, at most. With a piece for each processor and two more, this
// bounds the memory that reading a file takes. The first piece is smaller, so that who waits for it does not wait long,
// and who goes away early has wasted little.
const (
	pieceBytes      = 8 << 20
	firstPieceBytes = 1 << 20
)

// CopyMemory is how many bytes of a file are in memory at most while it is copied.
func CopyMemory() int64 { return int64(runtime.GOMAXPROCS(0)+3) * pieceBytes }

// A piece is a range of a file on its way from the store.
type piece struct {
	blob *tensorstore.BlobReader
	off  int64 // in the blob
	buf  *[]byte
	done chan error // capacity 1
	room func()     // gives back what it took of a [Room]; nil: there is none
}

// drop gives back what a piece took, when nobody reads or fills it any more.
func (p *piece) drop() {
	pieceBuffers.Put(p.buf)
	if p.room != nil {
		p.room()
	}
}

// pieceBuffers are used again, also by other copies: to clear one takes long.
var pieceBuffers = sync.Pool{New: func() any { return new([]byte) }}

// pieceBuffer is n bytes that hold anything.
func pieceBuffer(n int64) *[]byte {
	b := pieceBuffers.Get().(*[]byte)
	if int64(cap(*b)) < n {
		*b = make([]byte, n)
	}
	*b = (*b)[:n]
	return b
}

// A copier reads a file's pieces in parallel and hands them on in order.
type copier struct {
	db       *Database
	file     catalog.File
	from, to int64       // bytes of the file
	most     int64       // bytes of the next piece
	queue    chan *piece // in the order of the file; its capacity bounds what is in memory
	pace     *pace       // nil: memory is not shared with other copies
}

func (r *Database) copier(f catalog.File, from, to int64) *copier {
	return &copier{db: r, file: f, from: from, to: to, most: firstPieceBytes, queue: make(chan *piece, runtime.GOMAXPROCS(0)+1)}
}

// run copies. When it returns, nothing is read any more.
func (c *copier) run(ctx context.Context, w io.Writer, p Progress) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		defer close(c.queue)
		return c.read(ctx)
	})
	g.Go(func() error { return c.write(w, p) })
	err := g.Wait()
	for pc := range c.queue { // after an error: who asked may close what they read
		<-pc.done
		pc.drop()
	}
	return err
}

// CopyContent writes the bytes of f to w. When it returns nil they have f's digest;
// [ErrCorrupt] if they do not, after some have been written.
func (r *Database) CopyContent(ctx context.Context, w io.Writer, f catalog.File, p Progress) error {
	if f.Layout.Size <= smallCopy {
		return r.copySmall(w, f, p)
	}
	h := digest.NewHasher()
	if err := r.copier(f, 0, f.Layout.Size).run(ctx, io.MultiWriter(h, w), p); err != nil {
		return err
	}
	return sameDigest(h.ID(), f.ID)
}

// CopyRange writes bytes [from, to) of f to w. Only the chunks that they are in are decoded, several at a time, and
// each has the digest that the file's lists name; of a whole file, [Database.CopyContent] makes sure of that of all of
// it, too.
func (r *Database) CopyRange(ctx context.Context, w io.Writer, f catalog.File, from, to int64) error {
	if from < 0 || from > to || to > f.Layout.Size {
		return fmt.Errorf("range [%d,%d), want one within [0,%d)", from, to, f.Layout.Size)
	}
	return r.copier(f, from, to).run(ctx, w, NoProgress)
}

// CopyWithin is [Database.CopyRange], or [Database.CopyContent] of a whole file, in memory that is shared with other
// copies: it takes room for each piece until that is written. Who takes what is written slowly has little on its way, so
// that others can go on.
func (r *Database) CopyWithin(ctx context.Context, w io.Writer, f catalog.File, from, to int64, room Room) error {
	if from < 0 || from > to || to > f.Layout.Size {
		return fmt.Errorf("range [%d,%d), want one within [0,%d)", from, to, f.Layout.Size)
	}
	c := r.copier(f, from, to)
	c.pace = newPace(room)
	if to-from < f.Layout.Size {
		return c.run(ctx, w, NoProgress)
	}
	h := digest.NewHasher()
	if err := c.run(ctx, io.MultiWriter(h, w), NoProgress); err != nil {
		return err
	}
	return sameDigest(h.ID(), f.ID)
}

// smallCopy is the largest file that is read at once: to share its work out takes longer than to do it.
const smallCopy = 64 << 10

// copySmall is CopyContent of a small file. Nothing is written of one that is not right.
func (r *Database) copySmall(w io.Writer, f catalog.File, p Progress) error {
	b := make([]byte, f.Layout.Size)
	for i, s := range f.Layout.Segments {
		blob, err := r.segment(f, i)
		if err != nil {
			return err
		}
		if err := ReadFull(blob, b[s.Off:s.Off+s.Len], 0); err != nil {
			return err
		}
	}
	if err := sameDigest(digest.Sum(b), f.ID); err != nil {
		return err
	}
	if _, err := w.Write(b); err != nil {
		return err
	}
	p.Add(f.Layout.Size)
	return nil
}

func sameDigest(got, want digest.ID) error {
	if got != want {
		return fmt.Errorf("content has digest %s, want %s: %w", got.Short(), want.Short(), ErrCorrupt)
	}
	return nil
}

// segment opens the blob of segment i.
func (r *Database) segment(f catalog.File, i int) (*tensorstore.BlobReader, error) {
	s := f.Layout.Segments[i]
	blob, err := r.Store.Reopen(f.Blobs[i])
	if err != nil {
		return nil, fmt.Errorf("offset %d: %w", s.Off, err)
	}
	if blob.Len() != s.Len {
		return nil, fmt.Errorf("offset %d: blob %s has %d bytes, want %d: %w",
			s.Off, f.Blobs[i].Short(), blob.Len(), s.Len, ErrCorrupt)
	}
	return blob, nil
}

// read starts the pieces of every segment.
func (c *copier) read(ctx context.Context) error {
	segments := c.file.Layout.Segments
	first := sort.Search(len(segments), func(i int) bool { return segments[i].Off+segments[i].Len > c.from })
	for i := first; i < len(segments) && segments[i].Off < c.to; i++ {
		s := segments[i]
		blob, err := c.db.segment(c.file, i)
		if err != nil {
			return err
		}
		if err := c.pieces(ctx, blob, max(0, c.from-s.Off), min(s.Len, c.to-s.Off)); err != nil {
			return err
		}
	}
	return nil
}

// pieces starts the pieces of bytes [off, end) of a blob. They end where chunks do, so that no chunk is decoded for
// two.
func (c *copier) pieces(ctx context.Context, blob *tensorstore.BlobReader, off, end int64) error {
	cut, chunks := int64(0), blob.Chunks()
	for off < end {
		if ctx.Err() != nil { // select takes any case that is ready
			return context.Cause(ctx)
		}
		to := min(off+c.pace.mostBytes(c.most), end)
		for ; len(chunks) > 0 && cut+chunks[0].Len <= to; chunks = chunks[1:] {
			cut += chunks[0].Len
		}
		if to < end && cut > off {
			to = cut
		}
		c.most = min(2*c.most, pieceBytes)
		room, err := c.pace.room(ctx, to-off)
		if err != nil {
			return err
		}
		p := &piece{blob, off, pieceBuffer(to - off), make(chan error, 1), room}
		select {
		case c.queue <- p:
		case <-ctx.Done():
			p.drop()
			return context.Cause(ctx)
		}
		go p.fill()
		off = to
	}
	return nil
}

func (p *piece) fill() {
	buf := *p.buf
	n, err := p.blob.ReadAt(buf, p.off)
	if n == len(buf) {
		err = nil
	} else if err == nil || err == io.EOF {
		err = fmt.Errorf("blob ends at %d, want %d: %w", p.off+int64(n), p.off+int64(len(buf)), ErrCorrupt)
	}
	p.done <- err
}

// write takes the pieces in order.
func (c *copier) write(w io.Writer, p Progress) error {
	for pc := range c.queue {
		if err := <-pc.done; err != nil {
			pc.drop()
			return err
		}
		n := len(*pc.buf)
		err := c.pace.write(w, *pc.buf)
		pc.drop()
		if err != nil {
			return err
		}
		p.Add(int64(n))
	}
	return nil
}

// ReadFull fills p from off; io.EOF with all bytes read is no error.
func ReadFull(r io.ReaderAt, p []byte, off int64) error {
	n, err := r.ReadAt(p, off)
	if n == len(p) {
		return nil
	}
	if err == nil || err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return fmt.Errorf("offset %d: got %d bytes, want %d: %w", off, n, len(p), err)
}

// Identify fills in the digests of a file whose blobs the store has, by reading all of it.
func (r *Database) Identify(ctx context.Context, f *catalog.File, p Progress) error {
	whole, sha := digest.NewHasher(), sha256.New()
	if err := r.copier(*f, 0, f.Layout.Size).run(ctx, io.MultiWriter(whole, sha), p); err != nil {
		return err
	}
	f.ID = whole.ID()
	sha.Sum(f.SHA256[:0])
	return nil
}
