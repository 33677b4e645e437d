package tensorstore

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
	weighed := func(c *candidate) float64 { return float64(c.cost) * (1 + deeperGain*float64(c.depth)) }
	var best *candidate
	for _, c := range cs {
		if best == nil || weighed(c) < weighed(best) {
			best = c
		}
	}
	return best
}

// singles are the ways to code against one of the relatives, with their costs.
func (t *trial) singles(rs []Relative) (out []*candidate) {
	tried := map[digest.ID]bool{}
	for _, r := range rs {
		c := t.against(r)
		if c == nil || tried[c.pred.Sources[0]] {
			continue
		}
		tried[c.pred.Sources[0]] = true
		if t.estimate(c) == nil { // a relative that cannot be read is no relative
			out = append(out, c)
		}
		if len(tried) == maxRelatives {
			break
		}
	}
	return out
}

// against is coding against a relative as large as the tensor; nil when it cannot be used.
func (t *trial) against(r Relative) *candidate {
	src := t.reachable(r)
	if src == nil {
		return nil
	}
	p := &predict.Prediction{Kind: predict.Relative, Elem: t.elem, From: src.elem, Elements: t.elements(), Width: t.width, Sources: []digest.ID{src.blob}}
	if src.elem != t.elem {
		p.Kind = predict.Cast
	}
	if !t.fits(p, src.size) {
		return nil
	}
	return &candidate{encoding: codec.Delta, pred: p, depth: src.depth + 1}
}

// A source is a blob that may be predicted from.
type source struct {
	blob  digest.ID
	elem  codec.Elem
	size  int64 // bytes
	depth uint8
}

// reachable is a relative, or that one's own source where the chain would become too
// long; nil when neither can be used.
func (t *trial) reachable(r Relative) *source {
	from := elems[r.DType]
	depth, head, err := t.store.lineage(r.Blob)
	if err == nil && int(depth) >= t.store.options.Depth {
		if head == nil || len(head.Sources) == 0 {
			return nil // a pack of others claims a depth that it does not have
		}
		r.Blob, from = head.Sources[0], head.From
		depth, _, err = t.store.lineage(r.Blob)
	}
	if err != nil || int(depth) >= t.store.options.Depth {
		return nil
	}
	b, err := t.store.Blob(r.Blob)
	if err != nil {
		return nil
	}
	return &source{r.Blob, from, b.Len(), depth}
}

// fits says that a source of n bytes has an element for each of the tensor.
func (t *trial) fits(p *predict.Prediction, n int64) bool {
	if p.Kind == predict.Cast {
		return predict.CanCast(p.From, p.Elem) && n%int64(p.From.Size()) == 0 &&
			t.size%int64(t.elem.Size()) == 0 && n/int64(p.From.Size()) == t.elements()
	}
	return n == t.size
}
