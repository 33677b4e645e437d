package relatives

import (
	"context"
	"fmt"
	"io"
	"maps"

	"dits/catalog"
	"dits/repo/object"
	"dits/repo/work"
	"dits/tensorstore/digest"
)

// madeAtOnce bounds the sketches that one call makes of tensors of the store, which takes
// decoding some of them. A catalog that was made again lacks them all: it gets them bit by bit.
const madeAtOnce = 256

// A sketchbook is the sketches that a call has read or made. The catalog keeps them.
type sketchbook struct {
	folder *work.Folder
	known  map[digest.ID]*sketch
	keep   map[digest.ID]bool                // of known, what forget leaves: the tensors of the file at hand
	shapes map[[2]int64][]catalog.HashedBlob // of the store, as far as asked for
	left   int                               // that may be made of tensors of the store
}

func newSketchbook(r *work.Folder) *sketchbook {
	return &sketchbook{folder: r, known: map[digest.ID]*sketch{}, shapes: map[[2]int64][]catalog.HashedBlob{}, left: madeAtOnce}
}

// forget drops the sketches that were read but those of the file at hand, to bound memory.
func (b *sketchbook) forget() {
	maps.DeleteFunc(b.known, func(id digest.ID, _ *sketch) bool { return !b.keep[id] })
}

// read takes the sketches of tensors from the catalog, as far as they are there, and
// returns those that have none.
func (b *sketchbook) read(tensors []traced) ([]traced, error) {
	var ask []digest.ID
	for _, t := range tensors {
		if b.known[t.blob] == nil {
			ask = append(ask, t.blob)
		}
	}
	found, err := b.folder.Catalog.Sketches(ask)
	if err != nil {
		return nil, err
	}
	for id, s := range found {
		b.known[id] = unpackSketch(s.Rows, s.Width, s.Samples)
	}
	var missing []traced
	for _, t := range tensors {
		if b.known[t.blob] == nil {
			missing = append(missing, t)
		}
	}
	return missing, nil
}

// make makes the sketches of tensors that have none from where open finds their bytes. What
// is lost has an empty one, in the book alone.
func (b *sketchbook) make(ctx context.Context, missing []traced, open func(traced) (io.ReaderAt, error)) error {
	var made []catalog.Sketch
	for _, t := range missing {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if b.known[t.blob] != nil {
			continue
		}
		s, err := sketchIn(t, open)
		if isLost(err) {
			b.known[t.blob] = &sketch{}
			continue
		}
		if err != nil {
			return err
		}
		b.known[t.blob] = s
		made = append(made, catalog.Sketch{Blob: t.blob, Rows: s.rows, Width: s.width, Hash: s.hash(), Samples: s.pack()})
	}
	return b.save(made)
}

// sketchIn is the sketch of a tensor whose bytes open finds. That of a small one is empty: it would be as large as the
// tensor, and its neighbours tell as much.
func sketchIn(t traced, open func(traced) (io.ReaderAt, error)) (*sketch, error) {
	if n, ok := t.dtype.Bytes(t.shape); ok && n < leastByLooks {
		s := &sketch{}
		s.rows, s.width = asMatrix(t.shape)
		return s, nil
	}
	r, err := open(t)
	if err != nil {
		return nil, err
	}
	return makeSketch(r, 0, t.dtype, t.shape)
}

func (b *sketchbook) save(made []catalog.Sketch) error {
	if len(made) == 0 {
		return nil
	}
	for _, s := range made {
		shape := [2]int64{s.Rows, s.Width}
		if list, asked := b.shapes[shape]; asked && len(s.Samples) > 0 {
			b.shapes[shape] = append(list, catalog.HashedBlob{Blob: s.Blob, Hash: s.Hash})
		}
	}
	return b.folder.Catalog.Update(func(tx *catalog.Tx) error { return tx.AddSketches(made) })
}

// ofFile reads or makes the sketches of all tensors of a new file, whose bytes are src. It is then
// the file at hand.
func (b *sketchbook) ofFile(ctx context.Context, me *file, src io.ReaderAt) error {
	segments := me.segments()
	b.keep = map[digest.ID]bool{}
	for _, i := range segments {
		b.keep[me.file.Blobs[i]] = true
	}
	b.forget()
	missing, err := b.read(me.traced(segments))
	if err != nil {
		return err
	}
	at := map[digest.ID]int64{}
	for _, i := range segments {
		at[me.file.Blobs[i]] = me.tensor(i).Off
	}
	return b.make(ctx, missing, func(t traced) (io.ReaderAt, error) { return shifted{src, at[t.blob]}, nil })
}

// ofStore reads the sketches of tensors of the store, and makes those that are missing as
// long as that is within bounds.
func (b *sketchbook) ofStore(ctx context.Context, tensors []traced) error {
	missing, err := b.read(tensors)
	if err != nil {
		return err
	}
	missing = missing[:min(len(missing), b.left)]
	b.left -= len(missing)
	return b.make(ctx, missing, b.open)
}

// open finds the bytes of a tensor of the store, which are as many as its manifest says.
func (b *sketchbook) open(t traced) (io.ReaderAt, error) {
	r, err := b.folder.Store.Blob(t.blob)
	if err != nil {
		return nil, err
	}
	if n, ok := t.dtype.Bytes(t.shape); !ok || n != r.Len() {
		return nil, fmt.Errorf("blob %s: %d bytes, want those of %s%v: %w", t.blob.Short(), r.Len(), t.dtype, t.shape, object.ErrCorrupt)
	}
	return r, nil
}

// fill makes sketches of files that came without: from another repository or process, or
// before the catalog was made again. The latest come first.
func (b *sketchbook) fill(ctx context.Context) error {
	ids, err := b.folder.Catalog.Unsketched(b.left)
	if err != nil || len(ids) == 0 {
		return err
	}
	for _, id := range ids {
		f, err := b.folder.ReadFile(id)
		if isLost(err) {
			continue
		}
		if err != nil {
			return err
		}
		m := newFile("", f)
		if err := b.ofStore(ctx, m.traced(m.segments())); err != nil {
			return err
		}
		b.forget()
		if b.left == 0 {
			break
		}
	}
	return b.folder.Catalog.Update(func(tx *catalog.Tx) error {
		for _, id := range ids {
			if err := tx.MarkSketched(id); err != nil {
				return err
			}
		}
		return nil
	})
}

// shifted reads from off on.
type shifted struct {
	r   io.ReaderAt
	off int64
}

func (s shifted) ReadAt(p []byte, at int64) (int, error) { return s.r.ReadAt(p, s.off+at) }
