package tensorstore

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"sync/atomic"

	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
)

// A BlobReader reads a blob at any offset, decoding only the chunks that it
// touches; each is checked against its digest. It is safe for concurrent use.
type BlobReader struct {
	store *Store
	list  atomic.Pointer[chunkList]
	reach *reach // nil: each chunk has its own
}

// Blob opens a blob; [ErrUnknown] when the store does not have it.
func (s *Store) Blob(id digest.ID) (*BlobReader, error) {
	l, err := s.chunkList(id)
	if err != nil {
		return nil, err
	}
	return s.reader(l, nil), nil
}

// Reopen is [Store.Blob] by the list of chunks that was read last, where it is kept: for who reads the same blobs again
// and again. What it reads is as right: chunks have their digests, and where some are gone the list is read anew.
func (s *Store) Reopen(id digest.ID) (*BlobReader, error) {
	l, err := s.keptList(id)
	if err != nil {
		return nil, err
	}
	return s.reader(l, nil), nil
}

// source opens a blob that chunks with this reach are predicted from, by the list of its
// chunks that is kept: one tensor's chunks open its source thousands of times.
func (s *Store) source(id digest.ID, to reach) (*BlobReader, error) {
	l, err := s.keptList(id)
	if err != nil {
		return nil, err
	}
	return s.reader(l, &to), nil
}

func (s *Store) reader(l *chunkList, to *reach) *BlobReader {
	r := &BlobReader{store: s, reach: to}
	r.list.Store(l)
	return r
}

// HasWhole says that the store has blobs and each of their chunks.
func (s *Store) HasWhole(blobs ...digest.ID) (bool, error) {
	chunks, err := s.chunksOf(blobs)
	if err == nil {
		err = s.haveChunks(chunks)
	}
	if errors.Is(err, ErrUnknown) {
		return false, nil
	}
	return err == nil, err
}

// haveChunks makes sure that the store has chunks; the error for one that it does not have is an [UnknownError].
func (s *Store) haveChunks(chunks []digest.ID) error {
	located, err := s.index.LocateAll(pack.Chunk, chunks)
	if err != nil {
		return err
	}
	for _, c := range chunks {
		if len(located[c]) == 0 {
			return &UnknownError{pack.Chunk, c}
		}
	}
	return nil
}

// Len is the blob's length in bytes.
func (r *BlobReader) Len() int64 { return r.list.Load().Len }

// Chunks is the blob's recipe; not to be changed.
func (r *BlobReader) Chunks() []Span { return r.list.Load().Chunks }

// ReadAt implements io.ReaderAt.
func (r *BlobReader) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 {
		return 0, fmt.Errorf("blob %s: offset %d, want 0 or more", r.list.Load().ID.Short(), off)
	}
	n := 0
	for n < len(p) && off+int64(n) < r.Len() {
		b, err := r.from(off + int64(n))
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

// View is n bytes from off on, not to be changed; nil unless they all lie in one chunk.
func (r *BlobReader) View(off int64, n int) ([]byte, error) {
	l := r.list.Load()
	if off < 0 || n <= 0 || off >= l.Len || int64(n) > l.ends[l.at(off)]-off {
		return nil, nil
	}
	b, err := r.from(off)
	if err != nil || len(b) < n {
		return nil, err
	}
	return b[:n:n], nil
}

// WriteTo writes the whole blob. It implements io.WriterTo.
func (r *BlobReader) WriteTo(w io.Writer) (int64, error) {
	var n int64
	for n < r.Len() {
		b, err := r.from(n)
		if err != nil {
			return n, err
		}
		m, err := w.Write(b)
		n += int64(m)
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// from is the bytes from off, which lies in the blob, to the end of a chunk. Where chunks
// of the list are gone, the blob may have been cut anew since the list was read.
func (r *BlobReader) from(off int64) ([]byte, error) {
	l := r.list.Load()
	b, err := r.read(l, off)
	if !errors.Is(err, ErrUnknown) {
		return b, err
	}
	now, lerr := r.store.chunkList(l.ID)
	if lerr != nil || now.Len != l.Len || slices.Equal(now.Chunks, l.Chunks) {
		return nil, err
	}
	r.list.Store(now)
	return r.read(now, off)
}

// read is the same, by one list.
func (r *BlobReader) read(l *chunkList, off int64) ([]byte, error) {
	i := l.at(off)
	c := l.Chunks[i]
	to := r.reach
	if to == nil {
		own := newReach()
		to = &own
	}
	b, err := r.store.chunkOf(l, i, *to)
	if err != nil {
		return nil, err
	}
	if int64(len(b)) != c.Len {
		return nil, fmt.Errorf("blob %s: chunk %d has %d bytes, want %d: %w", l.ID, i, len(b), c.Len, ErrCorrupt)
	}
	return b[off-(l.ends[i]-c.Len):], nil
}
