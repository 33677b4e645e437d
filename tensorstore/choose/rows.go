package choose

import (
	"context"
	"io"

	"dits/tensorstore/codec"
	"dits/tensorstore/digest"
	"dits/tensorstore/predict"
)

const (
	// maxRowSources is how many relatives of another number of rows are compared row by row,
	// which takes reading them.
	maxRowSources = 2
	// maxRows is the most rows that are compared: the signatures of two tensors take 128 MiB.
	maxRows = 1 << 20
	// signatureBlock is about how many bytes are read at a time.
	signatureBlock = 1 << 20
)

// bestRows is coding against the rows of a relative that has another number of them, nil
// when none can be used.
func (t *Trial) bestRows(ctx context.Context, rs []Relative, thorough bool) (*candidate, error) {
	row := t.row * int64(t.elem.Size())
	if _, blocks := t.elem.Block(); blocks || row == 0 || t.size%row != 0 || t.size/row > maxRows {
		return nil, nil
	}
	var mine *predict.RowSignatures
	var best *candidate
	tried := map[digest.ID]bool{}
	for _, r := range rs {
		src := t.reachable(r)
		if src == nil || src.isPart() || tried[src.blob] || src.elem != t.elem || src.size == t.size || src.size/row > maxRows {
			continue
		}
		if len(tried) == maxRowSources {
			break
		}
		tried[src.blob] = true
		if mine == nil {
			var err error
			if mine, err = t.signatures(ctx, t.src, t.size); err != nil {
				return nil, err
			}
		}
		c, err := t.againstRows(ctx, src, mine)
		if err != nil {
			return nil, err
		}
		if c != nil {
			best = cheaper(best, c)
		}
	}
	if best == nil {
		return nil, nil
	}
	cut := t.cutAt(best.pred)
	if thorough {
		return cut.withLowRank(ctx, best)
	}
	return cut.withScales(ctx, best)
}

// againstRows is coding against the rows of src, nil when it has none of them or cannot be read.
func (t *Trial) againstRows(ctx context.Context, src *source, mine *predict.RowSignatures) (*candidate, error) {
	b, err := t.sources.Blob(src.blob)
	if err != nil {
		return nil, nil
	}
	theirs, err := t.signatures(ctx, b, src.size)
	if err != nil {
		return nil, context.Cause(ctx)
	}
	runs := predict.MatchRows(mine, theirs)
	if len(runs) == 0 {
		return nil, nil
	}
	p := &predict.Prediction{Kind: predict.Rows, Elem: t.elem, From: t.elem, Elements: t.elements(), Width: t.row, Sources: []digest.ID{src.blob}, By: runs}
	c := &candidate{encoding: codec.Delta, pred: p, depth: src.depth + 1}
	if t.cutAt(p).estimate(c) != nil {
		return nil, nil
	}
	return c, nil
}

// signatures are those of a tensor with rows as long as those of t.
func (t *Trial) signatures(ctx context.Context, src io.ReaderAt, size int64) (*predict.RowSignatures, error) {
	row := t.row * int64(t.elem.Size())
	s := predict.NewRowSignatures(t.row)
	buf := make([]byte, min(max(signatureBlock/row, 1)*row, size))
	for off := int64(0); off < size; off += int64(len(buf)) {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		b := buf[:min(int64(len(buf)), size-off)]
		if err := readFull(src, b, off); err != nil {
			return nil, err
		}
		s.Add(b, t.elem)
	}
	return s, nil
}

// cutAt is t with its sample cut where rows with a source and rows without meet, as chunks are.
func (t *Trial) cutAt(p *predict.Prediction) *Trial {
	u := *t
	u.sample = nil
	size := int64(t.elem.Size())
	for _, s := range t.sample {
		for len(s.bytes) > 0 {
			_, end := p.Covered(s.off / size)
			n := min(end*size-s.off, int64(len(s.bytes)))
			u.sample = append(u.sample, piece{s.off, s.bytes[:n]})
			s = piece{s.off + n, s.bytes[n:]}
		}
	}
	return &u
}

// uncover makes the elements of pred, from element first on, that p has no source for the same
// as those of b, so that they do not count as change.
func uncover(p *predict.Prediction, first int64, b, pred []byte) {
	size := int64(p.Elem.Size())
	for at := int64(0); at < int64(len(b)) && p.HasGaps(); {
		covered, end := p.Covered(first + at/size)
		n := min(end-first, int64(len(b))/size) * size
		if !covered {
			copy(pred[at:n], b[at:n])
		}
		at = n
	}
}
