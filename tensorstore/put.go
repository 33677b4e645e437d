package tensorstore

import (
	"context"
	"fmt"
	"io"

	"golang.org/x/sync/errgroup"

	"dits/cdc"
	"dits/tensorstore/buffer"
	"dits/tensorstore/choose"
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
	"dits/tensorstore/predict"
)

// A Put says what became of a blob.
type Put struct {
	Known  bool      // the store had it; nothing was done
	Stored int64     // bytes added to packs
	Source digest.ID // what it was coded against; zero: nothing
	// Derived says that it is computed from its source, which it need not be like: see [predict.Kind.Derives].
	Derived bool
	// Prediction is what its chunks were coded with, nil for none. Do not change it.
	Prediction *predict.Prediction
}

// PutBlob stores the size bytes of src under their digest id, which the caller has
// computed: a known blob costs a lookup. Others are cut into chunks, and each new
// chunk is coded in the way that [Known] promises and a sample confirms, decoded again
// and compared. When src does not have digest id (any more) the error is [ErrChanged].
//
// It reads src up to three times and holds, for each chunk in work, a few buffers of
// the largest chunk.
func (w *Writer) PutBlob(ctx context.Context, src io.ReaderAt, id digest.ID, size int64, k choose.Known) (Put, error) {
	known, err := w.hasBlob(id)
	if err != nil {
		return Put{}, err
	}
	if known {
		w.done(size)
		return Put{Known: true}, nil
	}
	p, err := w.plan(ctx, src, size, k)
	if err != nil {
		return Put{}, err
	}
	put := putting{w: w, plan: p, src: src, size: size, cut: chunking(k, w.store.options.Chunking)}
	if put.kept, err = w.keep(p); err != nil {
		return Put{}, err
	}
	if err := put.run(ctx, id); err != nil {
		return Put{}, err
	}
	w.mu.Lock()
	w.blobs[id] = true
	w.mu.Unlock()
	done := Put{Stored: put.stored(), Prediction: p.Prediction()}
	if done.Prediction != nil {
		done.Source, _ = done.Prediction.Root()
		done.Derived = done.Prediction.Kind.Derives()
	}
	return done, nil
}

// A putting is one blob on its way in.
type putting struct {
	w      *Writer
	plan   *choose.Plan // of the part that is coded
	kept   int64        // bytes that were added to packs for plans
	src    io.ReaderAt
	size   int64
	cut    cdc.Params
	rest   []byte // read after the chunk that was cut last
	chunks []*coding
}

// A coding is one chunk on its way in.
type coding struct {
	Span
	off    int64
	stored int64
}

func (p *putting) run(ctx context.Context, id digest.ID) error {
	g, ctx := errgroup.WithContext(ctx)
	got, err := p.split(ctx, g)
	if werr := g.Wait(); werr != nil {
		return werr
	}
	if err != nil {
		return err
	}
	if got != id {
		return fmt.Errorf("%w: content has digest %s, want %s", ErrChanged, got, id)
	}
	b := Blob{ID: id, Len: p.size}
	for _, c := range p.chunks {
		b.Chunks = append(b.Chunks, c.Span)
	}
	p.w.store.lists.Add(id, newChunkList(b)) // the next file may be made of it
	if len(p.chunks) == 1 {
		return nil // a chunk with the blob's digest says it all
	}
	return p.w.PutObject(pack.Blob, id, b.marshal())
}

// split cuts the blob and starts the coding of each new chunk in g. It returns the
// digest of what it has read.
func (p *putting) split(ctx context.Context, g *errgroup.Group) (digest.ID, error) {
	var whole *digest.Hasher // of several chunks
	for off := int64(0); off < p.size; {
		plan, most, err := p.at(ctx, off)
		if err != nil {
			return digest.ID{}, err
		}
		if err := p.w.acquire(ctx); err != nil {
			return digest.ID{}, err
		}
		b, err := p.next(off, most)
		if err != nil {
			p.w.release()
			return digest.ID{}, err
		}
		c := &coding{Span: Span{ID: digest.Sum(*b), Len: int64(len(*b))}, off: off}
		p.chunks = append(p.chunks, c)
		store := func() error {
			defer p.w.release()
			defer buffer.Put(b)
			return p.store(plan, c, *b)
		}
		if off += c.Len; c.Len == p.size {
			return c.ID, store() // to hand a small file over takes longer than to code it
		}
		if whole == nil {
			whole = digest.NewHasher()
		}
		whole.Write(*b)
		g.Go(store)
	}
	if whole == nil {
		return digest.Sum(nil), nil
	}
	return whole.ID(), nil
}

// at is the plan for the chunk that starts at off, and how many bytes that may have.
func (p *putting) at(ctx context.Context, off int64) (*choose.Plan, int64, error) {
	next, err := p.plan.Next(ctx, off)
	if err != nil {
		return nil, 0, err
	}
	if next != p.plan {
		n, err := p.w.keep(next)
		if err != nil {
			return nil, 0, err
		}
		p.plan, p.kept = next, p.kept+n
	}
	plan, most := p.plan.At(off, p.size)
	return plan, most, nil
}

// next reads the chunk that starts at off, of at most so many bytes, into a buffer.
func (p *putting) next(off, most int64) (*[]byte, error) {
	b := buffer.Get(int(min(int64(p.cut.Max), most)))
	have := copy(*b, p.rest)
	if n, err := p.src.ReadAt((*b)[have:], off+int64(have)); have+n < len(*b) {
		buffer.Put(b)
		if err == nil || err == io.EOF {
			err = fmt.Errorf("%w: it ends %d bytes early", ErrChanged, p.size-off-int64(have+n))
		}
		return nil, err
	}
	n := p.cut.Cut(*b)
	if have < len(*b) {
		p.rest = append(p.rest[:0], (*b)[n:]...)
	} else {
		p.rest = p.rest[n:]
	}
	*b = (*b)[:n]
	return b, nil
}

// store codes one chunk unless it is known. It waits for a worker that codes the same.
func (p *putting) store(plan *choose.Plan, c *coding, b []byte) error {
	defer p.w.done(c.Len)
	_, err, _ := p.w.coding.Do(string(c.ID[:]), func() (any, error) { return nil, p.code(plan, c, b) })
	return err
}

// code is store for one chunk of a digest at a time.
func (p *putting) code(plan *choose.Plan, c *coding, b []byte) error {
	known, err := p.w.hasChunk(c.ID)
	if known || err != nil {
		return err
	}
	enc := buffer.Get(len(b))
	defer buffer.Put(enc)
	r := plan.Encode(*enc, b, c.off)
	e := pack.Entry{Kind: pack.Chunk, ID: c.ID, Encoding: uint8(r.Encoding), RawLen: c.Len}
	e.Prediction, e.First, e.Depth = r.Prediction, r.First, r.Depth
	c.stored, err = p.w.append(e, r.Payload, nil)
	return err
}

func (p *putting) stored() int64 {
	n := p.kept
	for _, c := range p.chunks {
		n += c.stored
	}
	return n
}

// acquire waits for a slot to code a chunk in.
func (w *Writer) acquire(ctx context.Context) error {
	select {
	case w.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (w *Writer) release() { <-w.slots }
