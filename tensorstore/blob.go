package tensorstore

import (
	"fmt"
	"io"
	"sort"

	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
)

// A BlobReader reads a blob at any offset, decoding only the chunks that it
// touches; each is checked against its digest. It is safe for concurrent use.
type BlobReader struct {
	store *Store
	blob  Blob
	ends  []int64 // of each chunk, bytes from the start of the blob
	reach *reach  // nil: each chunk has its own
}

// Blob opens a blob; [ErrUnknown] when the store does not have it.
func (s *Store) Blob(id digest.ID) (*BlobReader, error) { return s.blob(id, nil) }

// HasBlob says that the store has a blob.
func (s *Store) HasBlob(id digest.ID) (bool, error) { return found(s.index.Blob(id)) }

// hasWhole says that the store has a blob and each of its chunks.
func (s *Store) hasWhole(id digest.ID) (bool, error) {
	b, err := s.index.Blob(id)
	if has, err := found(b, err); !has || err != nil {
		return false, err
	}
	for _, c := range b.Chunks {
		if has, err := s.HasObject(pack.Chunk, c.ID); !has || err != nil {
			return false, err
		}
	}
	return true, nil
}

func (s *Store) blob(id digest.ID, to *reach) (*BlobReader, error) {
	b, err := s.index.Blob(id)
	if err != nil {
		return nil, err
	}
	r := &BlobReader{store: s, blob: b, ends: make([]int64, len(b.Chunks)), reach: to}
	var end int64
	for i, c := range b.Chunks {
		end += c.Len
		r.ends[i] = end
	}
	return r, nil
}

// Len is the blob's length in bytes.
func (r *BlobReader) Len() int64 { return r.blob.Len }

// Chunks is the blob's recipe; not to be changed.
func (r *BlobReader) Chunks() []Span { return r.blob.Chunks }

// ReadAt implements io.ReaderAt.
func (r *BlobReader) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 {
		return 0, fmt.Errorf("blob %s: offset %d, want 0 or more", r.blob.ID.Short(), off)
	}
	n := 0
	i := sort.Search(len(r.ends), func(i int) bool { return r.ends[i] > off })
	for ; n < len(p) && i < len(r.ends); i++ {
		b, err := r.chunk(i)
		if err != nil {
			return n, err
		}
		n += copy(p[n:], b[off+int64(n)-(r.ends[i]-int64(len(b))):])
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// View is n bytes from off on, not to be changed; nil unless they all lie in one chunk.
func (r *BlobReader) View(off int64, n int) ([]byte, error) {
	i := sort.Search(len(r.ends), func(i int) bool { return r.ends[i] > off })
	if off < 0 || n <= 0 || i == len(r.ends) || int64(n) > r.ends[i]-off {
		return nil, nil
	}
	b, err := r.chunk(i)
	if err != nil {
		return nil, err
	}
	at := off - (r.ends[i] - int64(len(b)))
	return b[at : at+int64(n) : at+int64(n)], nil
}

// WriteTo writes the whole blob. It implements io.WriterTo.
func (r *BlobReader) WriteTo(w io.Writer) (int64, error) {
	var n int64
	for i := range r.blob.Chunks {
		b, err := r.chunk(i)
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

func (r *BlobReader) chunk(i int) ([]byte, error) {
	c := r.blob.Chunks[i]
	to := r.reach
	if to == nil {
		own := newReach()
		to = &own
	}
	b, err := r.store.chunk(c.ID, *to)
	if err != nil {
		return nil, err
	}
	if int64(len(b)) != c.Len {
		return nil, fmt.Errorf("blob %s: chunk %d has %d bytes, want %d: %w", r.blob.ID, i, len(b), c.Len, ErrCorrupt)
	}
	return b, nil
}
