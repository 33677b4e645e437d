package merge

import (
	"context"
	"fmt"

	"dits/repo/object"
	"dits/tensorstore"
	"dits/tensorstore/choose"
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
)

// Store computes and stores what is new in the merged files, and fills in their digests. Of a
// file only the tensors that are a mean take room; its digest takes reading all of it.
func (m *Merge) Store(ctx context.Context, p object.Progress) error {
	if len(m.pending) == 0 {
		return nil
	}
	p = object.OrQuiet(p)
	p.Start("merging", mergeBytes(m.pending))
	defer p.Done()
	w := m.db.Store.Begin(tensorstore.WriterOptions{})
	defer w.Close()
	for _, t := range m.pending {
		p.Turn("merging", m.Files[t.at].Path)
		if err := m.storeFile(ctx, w, t, p); err != nil {
			return fmt.Errorf("%s: %w", m.Files[t.at].Path, err)
		}
		m.Files[t.at].ID = t.host.ID
	}
	return w.Flush()
}

// mergeBytes is what store has to go through.
func mergeBytes(pending []*tensorMerge) (sum int64) {
	for _, t := range pending {
		sum += t.host.Layout.Size
		for _, side := range t.sides {
			sum += side.Layout.Size
		}
		for _, x := range t.means {
			sum += x.tensor.Len
		}
	}
	return sum
}

// storeFile stores one merged file, once all files that it is made of have their digests: the tensors that are a mean, which have to be readable before the
// whole is read, and the manifest.
func (m *Merge) storeFile(ctx context.Context, w *tensorstore.Writer, t *tensorMerge, p object.Progress) error {
	for _, side := range t.sides {
		if err := m.db.Prove(ctx, side, p); err != nil {
			return fmt.Errorf("file %s: %w", side.ID.Short(), err)
		}
	}
	for _, x := range t.means {
		id, err := m.storeMean(ctx, w, x, p)
		if err != nil {
			return fmt.Errorf("tensor %q: %w", x.tensor.Name, err)
		}
		t.host.Blobs[x.segment] = id
	}
	if len(t.means) > 0 {
		if err := w.Flush(); err != nil {
			return err
		}
	}
	if err := m.db.Identify(ctx, &t.host, p); err != nil {
		return err
	}
	return w.PutObject(pack.Manifest, t.host.ID, object.EncodeManifest(t.host), t.host.Blobs...)
}

// storeMean stores the mean of two tensors.
func (m *Merge) storeMean(ctx context.Context, w *tensorstore.Writer, x mean, p object.Progress) (digest.ID, error) {
	src, err := meanOf(m.db, x)
	if err != nil {
		return digest.ID{}, err
	}
	h := digest.NewHasher()
	buf := make([]byte, min(meanBytes, x.tensor.Len))
	for off := int64(0); off < x.tensor.Len; off += int64(len(buf)) {
		if ctx.Err() != nil {
			return digest.ID{}, context.Cause(ctx)
		}
		buf = buf[:min(int64(len(buf)), x.tensor.Len-off)]
		if err := object.ReadFull(src, buf, off); err != nil {
			return digest.ID{}, err
		}
		h.Write(buf)
		p.Add(int64(len(buf)))
	}
	id := h.ID()
	_, err = w.PutBlob(ctx, src, id, x.tensor.Len, choose.Known{
		DType: x.tensor.DType, Shape: x.tensor.Shape,
		Relatives: []choose.Relative{{Blob: x.ours, DType: x.tensor.DType}, {Blob: x.theirs, DType: x.tensor.DType}},
	})
	return id, err
}
