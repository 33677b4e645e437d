package choose

import (
	"dits/tensorstore/codec"
	"dits/tensorstore/digest"
	"dits/tensorstore/predict"
)

// deeperGain is the share of its cost that a longer chain of sources has to save: it takes
// longer to read, and what is as deep as may be is no source for others.
const deeperGain = 0.03

// bestSingle is the cheapest of cs, a deeper one only where that pays; nil when there is none.
func bestSingle(cs []*candidate) *candidate {
	weighed := func(c *candidate) float64 { return float64(c.cost) * (1 + float64(deeperGain*float64(c.depth))) }
	var best *candidate
	for _, c := range cs {
		if best == nil || weighed(c) < weighed(best) {
			best = c
		}
	}
	return best
}

// singles are the ways to code against one of the relatives, with their costs.
func (t *Trial) singles(rs []Relative) (out []*candidate) {
	tried := map[digest.ID]bool{}
	for _, r := range rs {
		c := t.against(r)
		if c == nil || tried[c.root()] {
			continue
		}
		tried[c.root()] = true
		if t.estimate(c) == nil { // a relative that cannot be read is no relative
			out = append(out, c)
		}
		if len(tried) == maxRelativesTried {
			break
		}
	}
	return out
}

// against is coding against a relative as large as the tensor; nil when it cannot be used.
func (t *Trial) against(r Relative) *candidate {
	src := t.reachable(r)
	if src == nil {
		return nil
	}
	if !t.fits(src) {
		return nil
	}
	p := t.as(src, t.elem)
	if p == nil {
		return nil
	}
	if p.Kind != predict.Arranged {
		p.Width = t.width
	}
	return &candidate{encoding: t.coder(), pred: p, depth: src.depth + 1}
}

// coder is the encoding of chunks that have a prediction.
func (t *Trial) coder() codec.Encoding {
	if _, ok := t.elem.Block(); ok {
		return codec.Blocks
	}
	return codec.Delta
}

// A source is a blob that may be predicted from.
type source struct {
	blob  digest.ID
	elem  codec.Elem
	size  int64 // bytes
	depth uint8
	stack []digest.ID // further blobs that follow, as large
	part  bool        // it has the tensor among others
	skip  int64       // values before those of the tensor
}

// isPart says that the tensor is a part of the source, or more than one blob.
func (s *source) isPart() bool { return s.part || len(s.stack) > 0 }

// reachable is a relative, or that one's own source where the chain would become too
// long; nil when neither can be used.
func (t *Trial) reachable(r Relative) *source {
	from := elemOf(r.DType)
	limit := t.Depth
	if from != t.elem {
		limit = min(limit+DerivedDepth, MaxDepth)
	}
	depth, head, err := t.sources.Lineage(r.Blob)
	if err == nil && int(depth) >= limit {
		if head == nil {
			return nil // a pack of others claims a depth that it does not have
		}
		r.Blob, from = head.Root()
		depth, _, err = t.sources.Lineage(r.Blob)
	}
	if err != nil || int(depth) >= limit {
		return nil
	}
	b, err := t.sources.Blob(r.Blob)
	if err != nil {
		return nil
	}
	s := &source{blob: r.Blob, elem: from, size: b.Len(), depth: depth, stack: r.Stack, part: r.Part, skip: r.Skip}
	return t.whole(s, r)
}

// whole makes of a source whose first blob is known the one that r says; nil when other blobs of it do not
// fit.
func (t *Trial) whole(s *source, r Relative) *source {
	if !s.isPart() {
		return s
	}
	if s.blob != r.Blob {
		return nil // of what it was made may be cut in another way
	}
	each := s.size
	for _, id := range s.stack {
		b, err := t.sources.Blob(id)
		depth, _, lerr := t.sources.Lineage(id)
		if err != nil || lerr != nil || b.Len() != each || int(depth) >= t.Depth+DerivedDepth {
			return nil
		}
		s.size, s.depth = s.size+each, max(s.depth, depth)
	}
	if s.part {
		per := predict.ValuesOf(s.elem)
		part := t.values() / per
		if s.skip%per != 0 || s.skip/per > s.size/int64(s.elem.Size())-part {
			return nil
		}
		s.size = part * int64(s.elem.Size())
	}
	return s
}

// fits says that a source has as many values as the tensor.
func (t *Trial) fits(src *source) bool {
	if src.elem == t.elem {
		return src.size == t.size
	}
	return t.size%int64(t.elem.Size()) == 0 && src.size%int64(src.elem.Size()) == 0 &&
		src.size/int64(src.elem.Size())*predict.ValuesOf(src.elem) == t.values()
}
