package object

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"dits/catalog"
	"dits/formats"
	"dits/tensorstore"
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
)

// manifestVersion is the first byte of a manifest. A manifest is no identity: it
// is kept under the digest of the file that it describes and can be made again.
//
//	len  what
//	1    version, 1
//	v    format: length, then the name ("safetensors", "gguf", "opaque")
//	v    size of the file in bytes
//	v    warning: length, then UTF-8
//	v    number of dtypes, then each: length, name
//	v    number of segments, then each:
//	       1  kind
//	       v  bytes
//	       v  only if kind is data: index of the tensor, zigzag, less that of the data segment before, less 1
//	v    number of tensors, then each:
//	       v  name: length, UTF-8
//	       v  dtype: index into the list above
//	       v  number of dimensions, then each dimension, outermost first
//	       v  only if no segment is the tensor's: its offset in the file (it has no bytes)
//	32   SHA-256 of the file
//	32   for each segment: digest of its bytes
//
// v is a uvarint. All digests are together at the end, so that what precedes
// them compresses. Offsets follow from the segments' lengths: they tile the file.
const manifestVersion = 1

// EncodeManifest returns the manifest of f, whose layout has to be valid.
func EncodeManifest(f catalog.File) []byte {
	l := &f.Layout
	b := []byte{manifestVersion}
	b = AppendString(b, l.Format)
	b = binary.AppendUvarint(b, uint64(l.Size))
	b = AppendString(b, l.Warning)
	dtypes, b := appendDTypes(b, l.Tensors)
	b = appendSegments(b, l.Segments)
	segments := l.DataSegments()
	b = binary.AppendUvarint(b, uint64(len(l.Tensors)))
	for i, t := range l.Tensors {
		b = AppendString(b, t.Name)
		b = binary.AppendUvarint(b, uint64(dtypes[t.DType]))
		b = binary.AppendUvarint(b, uint64(len(t.Shape)))
		for _, d := range t.Shape {
			b = binary.AppendUvarint(b, uint64(d))
		}
		if segments[i] < 0 {
			b = binary.AppendUvarint(b, uint64(t.Off))
		}
	}
	b = append(b, f.SHA256[:]...)
	for _, id := range f.Blobs {
		b = append(b, id[:]...)
	}
	return b
}

func appendDTypes(b []byte, tensors []formats.Tensor) (map[formats.DType]int, []byte) {
	index := map[formats.DType]int{}
	var names []formats.DType
	for _, t := range tensors {
		if _, ok := index[t.DType]; !ok {
			index[t.DType] = len(names)
			names = append(names, t.DType)
		}
	}
	b = binary.AppendUvarint(b, uint64(len(names)))
	for _, n := range names {
		b = AppendString(b, string(n))
	}
	return index, b
}

func appendSegments(b []byte, segments []formats.Segment) []byte {
	b = binary.AppendUvarint(b, uint64(len(segments)))
	last := -1
	for _, s := range segments {
		b = append(b, byte(s.Kind))
		b = binary.AppendUvarint(b, uint64(s.Len))
		if s.Kind == formats.Data {
			b = binary.AppendVarint(b, int64(s.Tensor-last-1))
			last = s.Tensor
		}
	}
	return b
}

// maxDTypes is how many dtypes a manifest may list: more than there are.
const maxDTypes = 1 << 10

// DecodeManifest reads and checks the manifest of the file id. It takes memory in
// proportion to len(b), whatever the manifest claims, and no more than a layout may: see [formats.MaxTensors].
func DecodeManifest(id digest.ID, b []byte) (catalog.File, error) {
	c := Cursor{What: "manifest " + id.Short(), B: b}
	f := catalog.File{ID: id}
	l := &f.Layout
	if v := c.byte(); c.Err == nil && v != manifestVersion {
		c.Fail("version %d, want %d", v, manifestVersion)
	}
	l.Format, l.Size, l.Warning = c.String(), c.Length(), c.String()
	dtypes := make([]formats.DType, c.atMost(maxDTypes, c.Count(1), "dtypes"))
	for i := range dtypes {
		dtypes[i] = formats.DType(c.String())
	}
	l.Segments = readSegments(&c)
	l.Tensors = readTensors(&c, dtypes, l.Segments)
	copy(f.SHA256[:], c.bytes(uint64(len(f.SHA256))))
	f.Blobs = make([]digest.ID, len(l.Segments))
	for i := range f.Blobs {
		f.Blobs[i] = c.ID()
	}
	if err := c.End(); err != nil {
		return catalog.File{}, err
	}
	if err := l.Validate(); err != nil {
		return catalog.File{}, fmt.Errorf("manifest %s: %w: %w", id.Short(), err, ErrCorrupt)
	}
	return f, nil
}

func readSegments(c *Cursor) []formats.Segment {
	segments := make([]formats.Segment, c.atMost(formats.MaxSegments, c.Count(2+digest.Size), "segments"))
	var off int64
	last := -1
	for i := range segments {
		s := formats.Segment{Kind: formats.Kind(c.byte()), Off: off, Len: c.Length(), Tensor: -1}
		if s.Kind == formats.Data {
			delta := c.Varint()
			if delta < -1<<31 || delta > 1<<31 {
				c.Fail("segment %d: tensor index out of range", i)
			}
			last += int(delta) + 1
			s.Tensor = last
		}
		if c.Err == nil && s.Len > 1<<62-off {
			c.Fail("segment %d: %d bytes at %d overflow", i, s.Len, off)
		}
		if c.Err != nil {
			return nil
		}
		off += s.Len
		segments[i] = s
	}
	return segments
}

func readTensors(c *Cursor, dtypes []formats.DType, segments []formats.Segment) []formats.Tensor {
	var tensors []formats.Tensor
	if n := c.atMost(formats.MaxTensors, c.Count(3), "tensors"); n > 0 {
		tensors = make([]formats.Tensor, n)
	}
	owner := make([]int, len(tensors)) // 1 + index of the segment
	for i, s := range segments {
		if s.Kind != formats.Data {
			continue
		}
		if s.Tensor < 0 || s.Tensor >= len(tensors) || owner[s.Tensor] != 0 {
			c.Fail("segment %d: tensor %d of %d, or claimed twice", i, s.Tensor, len(tensors))
			return nil
		}
		owner[s.Tensor] = i + 1
	}
	room := formats.MaxShapes // for dimensions
	for i := range tensors {
		t := &tensors[i]
		t.Name = c.String()
		if d := c.Uvarint(); d < uint64(len(dtypes)) {
			t.DType = dtypes[d]
		} else {
			c.Fail("tensor %.80q: dtype %d of %d", t.Name, d, len(dtypes))
		}
		t.Shape = c.shape(&room)
		if o := owner[i]; o > 0 {
			t.Off, t.Len = segments[o-1].Off, segments[o-1].Len
		} else {
			t.Off = c.Length()
		}
		if c.Err != nil {
			return nil
		}
	}
	return tensors
}

// shape reads dimensions, for which there has to be room.
func (c *Cursor) shape(room *int) []int64 {
	n := c.atMost(min(formats.MaxDimensions, *room), c.Count(1), "dimensions")
	*room -= n
	shape := make([]int64, n)
	for k := range shape {
		shape[k] = c.Length()
	}
	return shape
}

// ReadFile returns how the file id is stored, as its manifest says.
func (r *Database) ReadFile(id digest.ID) (catalog.File, error) {
	b, err := r.Manifest(id)
	if err != nil {
		return catalog.File{}, err
	}
	return DecodeManifest(id, b)
}

// ReadFiles reads the manifests of many files, asking the catalog once. Left out is what only [Database.ReadFile] can
// tell about: what the store does not have or cannot read, and files with several manifests.
func (r *Database) ReadFiles(ids []digest.ID) (map[digest.ID]catalog.File, error) {
	manifests, err := r.Store.Objects(pack.Manifest, ids)
	files := make(map[digest.ID]catalog.File, len(manifests))
	for id, b := range manifests {
		if f, err := DecodeManifest(id, b); err == nil {
			files[id] = f
		}
	}
	return files, err
}

// Manifest is the manifest of a file. Of several that differ it is one by which the file has its
// digest: a manifest is named by what it describes, so that one may be a lie.
func (r *Database) Manifest(id digest.ID) ([]byte, error) {
	if b, ok := r.proven.Get(id); ok {
		return b, nil
	}
	manifests, err := r.Store.Variants(pack.Manifest, id)
	if err != nil || len(manifests) == 1 {
		return first(manifests), err
	}
	var errs []error
	for _, b := range manifests {
		f, err := DecodeManifest(id, b)
		if err == nil {
			err = r.Prove(context.Background(), f, NoProgress)
		}
		if err == nil {
			r.proven.Add(id, b)
			return b, nil
		}
		errs = append(errs, err)
	}
	return nil, fmt.Errorf("file %s: %w", id.Short(), errors.Join(errs...))
}

func first(all [][]byte) []byte {
	if len(all) == 0 {
		return nil
	}
	return all[0]
}

// Prove reads a file as its manifest says; [ErrCorrupt] if it has not its digest.
func (r *Database) Prove(ctx context.Context, f catalog.File, p Progress) error {
	return r.CopyContent(ctx, io.Discard, f, p)
}

// HasFile says that the store has a file with all its parts.
func (r *Database) HasFile(id digest.ID) (bool, error) {
	f, err := r.ReadFile(id)
	if errors.Is(err, tensorstore.ErrUnknown) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return r.Store.HasWhole(Distinct(f.Blobs)...)
}

// HasFiles says that the store has files with all their parts. It is not sure of those that [Database.ReadFiles] leaves
// out, for which it says no.
func (r *Database) HasFiles(ids []digest.ID) (bool, error) {
	files, err := r.ReadFiles(ids)
	if err != nil {
		return false, err
	}
	var blobs []digest.ID
	for _, id := range ids {
		f, found := files[id]
		if !found {
			return false, nil
		}
		blobs = append(blobs, f.Blobs...)
	}
	return r.Store.HasWhole(Distinct(blobs)...)
}

// Sound is HasFile where all parts have their checksums, see [tensorstore.Store.Sound].
func (r *Database) Sound(f catalog.File) (bool, error) { return r.Store.Sound(Distinct(f.Blobs)...) }
