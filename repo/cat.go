package repo

import (
	"context"
	"fmt"
	"io"
	"sort"
	"strings"

	"dits/catalog"
	"dits/formats"
	"dits/repo/object"
	"dits/repo/refs"
	"dits/tensorstore"
	"dits/tensorstore/digest"
)

// CatOptions of [Repo.Cat]. The zero value is the whole file.
type CatOptions struct {
	Tensor   string // only the bytes of this tensor
	From, To int64  // only bytes [From, To) of that; To 0 is its end
}

// Cat writes bytes of the file at path, in the commit that rev names or as staged
// when rev is "", to w. It decodes only the chunks that the range touches, one at a
// time, and checks each against its digest before it is written.
func (r *Repo) Cat(ctx context.Context, rev, path string, o CatOptions, w io.Writer) error {
	f, err := r.fileOf(refs.Spec{Rev: rev, Path: path})
	if err != nil {
		return err
	}
	start, size := int64(0), f.Layout.Size
	if o.Tensor != "" {
		t := findTensor(&f.Layout, o.Tensor)
		if t == nil {
			return noTensor(path, o.Tensor, f.Layout.Tensors)
		}
		start, size = t.Off, t.Len
	}
	to := o.To
	if to == 0 {
		to = size
	}
	if o.From < 0 || o.From > to || to > size {
		return fmt.Errorf("%s: range [%d,%d), want one within [0,%d)", path, o.From, to, size)
	}
	if err := r.catRange(ctx, f, start+o.From, start+to, w); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// noTensor says that a file has no tensor of that name, and which it may be.
func noTensor(path, name string, tensors []formats.Tensor) error {
	names := make([]string, len(tensors))
	for i, t := range tensors {
		names[i] = t.Name
	}
	if near := refs.Nearest(name, names); len(near) > 0 {
		return object.Absent("%s: has no tensor %q (did you mean %s?)", path, name, strings.Join(near, ", "))
	}
	return object.Absent("%s: has no tensor %q (`dits ls` lists them)", path, name)
}

// catRange writes bytes [from, to) of a file. A whole file, and a whole segment, has to have its digest: the
// chunks are checked, but which they are is no more than a list says.
func (r *Repo) catRange(ctx context.Context, f catalog.File, from, to int64, w io.Writer) error {
	if from == 0 && to == f.Layout.Size {
		return hashed(w, f.ID, func(w io.Writer) error { return r.catSegments(ctx, f, from, to, w, false) })
	}
	return r.catSegments(ctx, f, from, to, w, true)
}

// hashed runs write and compares the digest of what that has written.
func hashed(w io.Writer, want digest.ID, write func(io.Writer) error) error {
	h := digest.NewHasher()
	if err := write(io.MultiWriter(w, h)); err != nil {
		return err
	}
	if got := h.ID(); got != want {
		return fmt.Errorf("what was written has digest %s, want %s: %w", got.Short(), want.Short(), object.ErrCorrupt)
	}
	return nil
}

// catSegments writes bytes [from, to) of a file; with check, the digests of whole segments are compared.
func (r *Repo) catSegments(ctx context.Context, f catalog.File, from, to int64, w io.Writer, check bool) error {
	segments := f.Layout.Segments
	first := sort.Search(len(segments), func(i int) bool { return segments[i].Off+segments[i].Len > from })
	for i := first; i < len(segments) && segments[i].Off < to; i++ {
		s := segments[i]
		a, b := max(from-s.Off, 0), min(to-s.Off, s.Len)
		cat := func(w io.Writer) error { return r.catSegment(ctx, w, f.Blobs[i], s.Len, a, b) }
		var err error
		if check && a == 0 && b == s.Len {
			err = hashed(w, f.Blobs[i], cat)
		} else {
			err = cat(w)
		}
		if err != nil {
			return fmt.Errorf("offset %d: %w", s.Off, err)
		}
	}
	return nil
}

// catSegment writes bytes [from, to) of a segment of size bytes.
func (r *Repo) catSegment(ctx context.Context, w io.Writer, id digest.ID, size, from, to int64) error {
	blob, err := r.Store.Blob(id)
	if err != nil {
		return err
	}
	if blob.Len() != size {
		return fmt.Errorf("blob %s has %d bytes, want %d: %w", id.Short(), blob.Len(), size, object.ErrCorrupt)
	}
	return catBlob(ctx, w, blob, from, to)
}

// findTensor returns the tensor of that name, or nil.
func findTensor(l *formats.Layout, name string) *formats.Tensor {
	for i := range l.Tensors {
		if l.Tensors[i].Name == name {
			return &l.Tensors[i]
		}
	}
	return nil
}

// catBlob writes bytes [from, to) of a blob, chunk by chunk, so that none is
// decoded twice.
func catBlob(ctx context.Context, w io.Writer, blob *tensorstore.BlobReader, from, to int64) error {
	var off int64
	var buf []byte
	for _, c := range blob.Chunks() {
		a, b := max(from, off), min(to, off+c.Len)
		off += c.Len
		if a >= b {
			continue
		}
		if err := ctx.Err(); err != nil {
			return context.Cause(ctx)
		}
		if int64(cap(buf)) < b-a {
			buf = make([]byte, b-a)
		}
		if err := object.ReadFull(blob, buf[:b-a], a); err != nil {
			return err
		}
		if _, err := w.Write(buf[:b-a]); err != nil {
			return err
		}
	}
	return nil
}
