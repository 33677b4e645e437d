package object

import (
	"context"
	"crypto/sha256"
	"fmt"
	"hash"
	"io"

	"golang.org/x/sync/errgroup"

	"dits/catalog"
	"dits/formats"
	"dits/formats/gguf"
	"dits/formats/safetensors"
	"dits/tensorstore"
	"dits/tensorstore/digest"
)

// Parsers are the formats that dits understands.
var Parsers = []formats.Parser{safetensors.Parser{}, gguf.Parser{}}

// scanBlock is how many bytes of a file are hashed at a time.
const scanBlock = 4 << 20

// Scan reads size bytes of src once and returns how the file is cut and the digests of
// the whole and of each segment, all of the same bytes. path only helps to tell the format.
func Scan(ctx context.Context, src io.ReaderAt, size int64, path string, seen func(n int64)) (catalog.File, error) {
	layout, err := formats.Parse(src, size, path, Parsers...)
	if err != nil {
		return catalog.File{}, err
	}
	if size <= scanSmall {
		return scanBytes(src, *layout, seen)
	}
	s := scanner{file: catalog.File{Layout: *layout}, whole: digest.NewHasher(), sha: sha256.New(), part: digest.NewHasher()}
	buf := make([]byte, min(scanBlock, size))
	for off := int64(0); off < size; off += int64(len(buf)) {
		if err := ctx.Err(); err != nil {
			return catalog.File{}, context.Cause(ctx)
		}
		b := buf[:min(int64(len(buf)), size-off)]
		if n, err := src.ReadAt(b, off); n < len(b) {
			return catalog.File{}, ShortRead(err, off+int64(n), size)
		}
		s.add(b)
		seen(int64(len(b)))
	}
	s.file.ID = s.whole.ID()
	s.sha.Sum(s.file.SHA256[:0])
	return s.file, nil
}

// scanSmall is the largest file that is hashed as a whole: for hashers and goroutines of its own it takes longer to make
// them than to use them.
const scanSmall = 64 << 10

// scanBytes is Scan of a small file.
func scanBytes(src io.ReaderAt, l formats.Layout, seen func(n int64)) (catalog.File, error) {
	b := make([]byte, l.Size)
	if n, err := src.ReadAt(b, 0); n < len(b) {
		return catalog.File{}, ShortRead(err, int64(n), l.Size)
	}
	f := catalog.File{ID: digest.Sum(b), SHA256: sha256.Sum256(b), Layout: l}
	for _, s := range l.Segments {
		id := f.ID
		if s.Len < l.Size {
			id = digest.Sum(b[s.Off : s.Off+s.Len])
		}
		f.Blobs = append(f.Blobs, id)
	}
	seen(l.Size)
	return f, nil
}

// ShortRead is the error of a file that ended at an offset where it had more bytes.
func ShortRead(err error, at, size int64) error {
	if err == nil || err == io.EOF {
		return fmt.Errorf("%w: it ends at %d, had %d bytes", tensorstore.ErrChanged, at, size)
	}
	return err
}

// A scanner hashes a file that passes by, whole and by segment.
type scanner struct {
	file  catalog.File
	whole *digest.Hasher
	sha   hash.Hash
	part  *digest.Hasher // of the segment that has begun
	done  int64          // bytes of it
}

// add hashes the next bytes of the file, the three digests side by side.
func (s *scanner) add(b []byte) {
	var g errgroup.Group
	g.Go(func() error { s.whole.Write(b); return nil })
	g.Go(func() error { s.sha.Write(b); return nil })
	s.addParts(b)
	g.Wait()
}

// addParts hashes b into the segments that it belongs to.
func (s *scanner) addParts(b []byte) {
	for len(b) > 0 {
		segment := s.file.Layout.Segments[len(s.file.Blobs)]
		n := min(int64(len(b)), segment.Len-s.done)
		s.part.Write(b[:n])
		b, s.done = b[n:], s.done+n
		if s.done == segment.Len {
			s.file.Blobs = append(s.file.Blobs, s.part.ID())
			s.part.Reset()
			s.done = 0
		}
	}
}

// CutAs says that src, of size bytes, is what f says of its segments.
func CutAs(src io.ReaderAt, size int64, f catalog.File) (bool, error) {
	if f.Layout.Size != size {
		return false, nil
	}
	for i, s := range f.Layout.Segments {
		h := digest.NewHasher()
		if n, err := io.Copy(h, io.NewSectionReader(src, s.Off, s.Len)); err != nil || n != s.Len {
			return false, err
		}
		if h.ID() != f.Blobs[i] {
			return false, nil
		}
	}
	return true, nil
}
