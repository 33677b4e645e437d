package object

import (
	"bytes"
	"context"
	"io"

	"dits/tensorstore/digest"
)

// equalBlock is how many bytes of both sides are compared at a time. The first ones tell most files apart.
const equalBlock = 256 << 10

// Equal says that two readers have the same n bytes. It ends at the first block that differs.
func Equal(ctx context.Context, a, b io.ReaderAt, n int64) (bool, error) {
	p, q := make([]byte, min(n, equalBlock)), make([]byte, min(n, equalBlock))
	for off := int64(0); off < n; off += int64(len(p)) {
		if err := ctx.Err(); err != nil {
			return false, context.Cause(ctx)
		}
		k := min(int64(len(p)), n-off)
		if err := ReadFull(a, p[:k], off); err != nil {
			return false, err
		}
		if err := ReadFull(b, q[:k], off); err != nil {
			return false, err
		}
		if !bytes.Equal(p[:k], q[:k]) {
			return false, nil
		}
	}
	return true, nil
}

// SameTensor says that tensor i of f has the bytes of tensor j of g: by their digests where both are known, else by
// reading them up to where they differ.
func SameTensor(ctx context.Context, f *File, i int, g *File, j int) (bool, error) {
	f, i = f.Part(i)
	g, j = g.Part(j)
	n := f.Layout.Tensors[i].Len
	switch {
	case n != g.Layout.Tensors[j].Len:
		return false, nil
	case f.hasDigests() && g.hasDigests():
		return f.Digest(i) == g.Digest(j), nil
	case n == 0:
		return true, nil
	}
	a, err := f.Bytes(i)
	if err != nil {
		return false, err
	}
	b, err := g.Bytes(j)
	if err != nil {
		return false, err
	}
	return Equal(ctx, a, b, n)
}

// Hash is the digest of tensor i, which it reads where that is not known.
func (f *File) Hash(ctx context.Context, i int) (digest.ID, error) {
	f, i = f.Part(i)
	n := f.Layout.Tensors[i].Len
	if n == 0 || f.hasDigests() {
		return f.Digest(i), nil
	}
	src, err := f.Bytes(i)
	if err != nil {
		return digest.ID{}, err
	}
	h := digest.NewHasher()
	buf := make([]byte, min(n, equalBlock))
	for off := int64(0); off < n; off += int64(len(buf)) {
		if err := ctx.Err(); err != nil {
			return digest.ID{}, context.Cause(ctx)
		}
		b := buf[:min(int64(len(buf)), n-off)]
		if err := ReadFull(src, b, off); err != nil {
			return digest.ID{}, err
		}
		h.Write(b)
	}
	return h.ID(), nil
}
