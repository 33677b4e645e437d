package choose

import (
	"dits/tensorstore/codec"
	"dits/tensorstore/digest"
	"dits/tensorstore/predict"
)

// combineGain is the share of the cost of the best single relative that a combination has to
// save: each source more is one more to read. On the corpus 0.01, 0.05 and 0.1 differ by 0.5 KB: means of
// fine-tunes cost 0.003 of the best alone, with noise 0.41 to 0.74, chance 0.996 and more; only norms of 512 bytes
// lie between.
const combineGain = 0.05

// combined is the combination of relatives that the tensor is best predicted by, nil when
// that does not save enough. singles are what was tried alone.
func (t *Trial) combined(singles []*candidate, best *candidate) *candidate {
	if !predict.HasCombination(best.pred.From, t.elem) || t.size%int64(t.elem.Size()) != 0 {
		return nil
	}
	var of []*candidate
	for _, c := range singles {
		if c.pred.From == best.pred.From && len(c.pred.Sources) == 1 && c.pred.Kind != predict.Arranged && len(of) < predict.MaxSources {
			of = append(of, c)
		}
	}
	if len(of) < 2 {
		return nil
	}
	blend, err := t.blend(of)
	if err != nil {
		return nil
	}
	chosen, combination := blend.Fit()
	if combination == nil {
		return nil
	}
	p := &predict.Prediction{Kind: predict.Combined, Elem: t.elem, From: best.pred.From, Elements: t.elements(), Width: t.width, By: combination}
	c := &candidate{encoding: codec.Delta, pred: p}
	for _, k := range chosen {
		p.Sources = append(p.Sources, of[k].root())
		c.depth = max(c.depth, of[k].depth)
	}
	if t.estimate(c) != nil || float64(c.cost) > (1-combineGain)*float64(best.cost) {
		return nil
	}
	return c
}

// blend is the sample's elements and the same of the sources.
func (t *Trial) blend(of []*candidate) (*predict.Blend, error) {
	b := &predict.Blend{Elem: t.elem, From: of[0].pred.From, Sources: make([][]byte, len(of))}
	for _, p := range t.sample {
		b.Tensor = append(b.Tensor, p.bytes...)
	}
	for k, c := range of {
		for _, p := range t.sample {
			part, err := t.source(c.root(), b.From, p)
			if err != nil {
				return nil, err
			}
			b.Sources[k] = append(b.Sources[k], part...)
		}
	}
	return b, nil
}

// source is the elements of a blob of type from that lie where piece p does in the tensor.
func (t *Trial) source(id digest.ID, from codec.Elem, p piece) ([]byte, error) {
	r, err := t.sources.Blob(id)
	if err != nil {
		return nil, err
	}
	size := int64(t.elem.Size())
	b := make([]byte, int64(len(p.bytes))/size*int64(from.Size()))
	return b, readFull(r, b, p.off/size*int64(from.Size()))
}
