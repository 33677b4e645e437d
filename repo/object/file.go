package object

import (
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"sync"

	"dits/catalog"
	"dits/formats"
	"dits/formats/gguf"
	"dits/tensorstore/digest"
	"dits/tensorstore/disk"
)

// A File is an open file: how it is cut, and its bytes, which come from the store or from the file
// system. That of shards has the tensors of all, and no segments. Close it.
type File struct {
	catalog.File
	segment  func(i int) (io.ReaderAt, error) // the bytes of a segment that has some
	close    func() error
	segments []int   // of each tensor, -1 of one that has no bytes
	parts    []*File // the shards
	first    []int   // index of the first tensor of each shard
	naming   sync.Once
	byName   map[string]int
}

func newFile(f catalog.File, segment func(i int) (io.ReaderAt, error), close func() error) *File {
	return &File{File: f, segment: segment, close: close, segments: f.Layout.DataSegments()}
}

// OpenFile opens the stored file id.
func (r *Database) OpenFile(id digest.ID) (*File, error) {
	f, err := r.ReadFile(id)
	if err != nil {
		return nil, err
	}
	return newFile(f, func(i int) (io.ReaderAt, error) { return r.Store.Blob(f.Blobs[i]) }, nil), nil
}

// ScanFile opens a file of the file system, which it reads once for the digests. No store is needed.
func ScanFile(ctx context.Context, path string) (*File, error) {
	src, err := disk.OpenRegular(path)
	if err != nil {
		return nil, err
	}
	info, err := src.Stat()
	var f catalog.File
	if err == nil {
		f, err = Scan(ctx, src, info.Size(), path, func(int64) {})
	}
	if err != nil {
		src.Close()
		return nil, err
	}
	return OnDisk(f, src), nil
}

// OpenDisk opens a file of the file system of which only the header is read: its digests are not known. No store is
// needed.
func OpenDisk(path string) (*File, error) {
	src, err := disk.OpenRegular(path)
	if err != nil {
		return nil, err
	}
	info, err := src.Stat()
	var layout *formats.Layout
	if err == nil {
		layout, err = formats.Parse(src, info.Size(), path, Parsers...)
	}
	if err != nil {
		src.Close()
		return nil, err
	}
	return OnDisk(catalog.File{Layout: *layout}, src), nil
}

// OnDisk is a file of the file system that was scanned as f. It closes src.
func OnDisk(f catalog.File, src *os.File) *File {
	return newFile(f, func(i int) (io.ReaderAt, error) {
		s := f.Layout.Segments[i]
		return io.NewSectionReader(src, s.Off, s.Len), nil
	}, src.Close)
}

// Shards are the files of one model as one; nil for none.
func Shards(parts []*File) *File {
	switch len(parts) {
	case 0:
		return nil
	case 1:
		return parts[0]
	}
	f := &File{parts: parts}
	for _, p := range parts {
		f.first = append(f.first, len(f.Layout.Tensors))
		f.Layout.Tensors = append(f.Layout.Tensors, p.Tensors()...)
		if f.Layout.Format == "" || p.IsOpaque() {
			f.Layout.Format, f.Layout.Warning = p.Layout.Format, p.Layout.Warning
		}
	}
	return f
}

// Close releases the file; nil is no file.
func (f *File) Close() error {
	if f == nil {
		return nil
	}
	var err error
	for _, p := range f.parts {
		err = errors.Join(err, p.Close())
	}
	if f.close != nil {
		err = errors.Join(err, f.close())
	}
	return err
}

// Tensors is the file's list, none for no file.
func (f *File) Tensors() []formats.Tensor {
	if f == nil {
		return nil
	}
	return f.Layout.Tensors
}

// IsBigEndian says that the numbers of a GGUF are big endian; not of shards.
func (f *File) IsBigEndian() (bool, error) {
	if f == nil || f.Layout.Format != "gguf" || f.Layout.Size < 8 || len(f.parts) > 0 {
		return false, nil
	}
	var start [8]byte
	err := ReadFull(f, start[:], 0)
	return err == nil && gguf.IsBigEndian(start[:]), err
}

// IsOpaque says that there are no tensors to be looked for; true for no file.
func (f *File) IsOpaque() bool { return f == nil || f.Layout.Format == "opaque" }

// Part is the shard that has tensor i, and its index there.
func (f *File) Part(i int) (*File, int) {
	if len(f.parts) == 0 {
		return f, i
	}
	k, found := slices.BinarySearch(f.first, i)
	if !found {
		k--
	}
	for k+1 < len(f.first) && f.first[k+1] == i { // shards without tensors
		k++
	}
	return f.parts[k], i - f.first[k]
}

// Index is the index of the tensor of that name.
func (f *File) Index(name string) (i int, ok bool) {
	f.naming.Do(func() {
		f.byName = make(map[string]int, len(f.Layout.Tensors))
		for i, t := range f.Layout.Tensors {
			f.byName[t.Name] = i
		}
	})
	i, ok = f.byName[name]
	return i, ok
}

// Lead is the first shard, whose header speaks for all of them: it need not have tensors. Of one file it is that.
func (f *File) Lead() *File {
	if len(f.parts) == 0 {
		return f
	}
	return f.parts[0]
}

// Digest names the bytes of tensor i; the zero ID when it has none, or in a file that was only opened: see [OpenDisk].
func (f *File) Digest(i int) digest.ID {
	f, i = f.Part(i)
	if s := f.segments[i]; s >= 0 && f.hasDigests() {
		return f.Blobs[s]
	}
	return digest.ID{}
}

// hasDigests says that the file was scanned.
func (f *File) hasDigests() bool { return len(f.Blobs) == len(f.Layout.Segments) }

// Bytes reads tensor i, from offset 0; nil when it has no bytes.
func (f *File) Bytes(i int) (io.ReaderAt, error) {
	f, i = f.Part(i)
	if s := f.segments[i]; s >= 0 && f.Layout.Tensors[i].Len > 0 {
		return f.segment(s)
	}
	return nil, nil
}

// Header is the first segment of a file that has a header.
func (f *File) Header() ([]byte, error) {
	if len(f.Layout.Segments) == 0 || f.Layout.Segments[0].Kind != formats.Header {
		return nil, formats.Damaged(0, "no header")
	}
	b := make([]byte, f.Layout.Segments[0].Len)
	return b, ReadFull(f, b, 0)
}

// ReadAt implements [io.ReaderAt] over the bytes of the file; not of shards.
func (f *File) ReadAt(p []byte, off int64) (n int, err error) {
	for i, s := range f.Layout.Segments {
		if len(p) == 0 {
			return n, nil
		}
		if off >= s.Off+s.Len || s.Len == 0 {
			continue
		}
		b, err := f.segment(i)
		if err != nil {
			return n, err
		}
		k := min(int64(len(p)), s.Off+s.Len-off)
		if err := ReadFull(b, p[:k], off-s.Off); err != nil {
			return n, err
		}
		p, off, n = p[k:], off+k, n+int(k)
	}
	if len(p) > 0 {
		return n, io.EOF
	}
	return n, nil
}

var _ io.ReaderAt = (*File)(nil)

// Distinct is the IDs, each once.
func Distinct(ids []digest.ID) []digest.ID {
	seen := make(map[digest.ID]bool, len(ids))
	return slices.DeleteFunc(slices.Clone(ids), func(id digest.ID) bool {
		again := seen[id]
		seen[id] = true
		return again
	})
}
