package choose

import (
	"context"

	"dits/formats/ggml"
	"dits/tensorstore/codec"
	"dits/tensorstore/digest"
	"dits/tensorstore/predict"
)

const (
	// probeValues is about how many values tell which source and recipe explain quants best.
	probeValues = 16 << 10
	// stranger is the share of bytes of quants that come out otherwise from which on a source is none. On the corpus
	// it is 0 of what quants were made of, 0.19 to 0.63 of a fine-tune's Q4_K_M from its base and 0.80 to 0.86 of its
	// Q8_0, 0.75 to 0.94 of weights at random. 0.9 takes the last two too: that Q8_0 is 39% smaller then, and a Q4_K_M
	// without a source takes four times as long to try.
	stranger = 0.8
	// dearerGain is the share of the tensor that a way has to save over one that is read faster.
	dearerGain = 0.01
)

// bestQuantised is storing quants as what a quantiser makes of a relative, nil where none explains
// them.
func (t *Trial) bestQuantised(ctx context.Context, rs []Relative) (*candidate, error) {
	probe, ok := t.probe()
	if !ok {
		return nil, nil
	}
	best := t.bestQuantSource(rs, probe)
	if best == nil {
		return nil, ctx.Err()
	}
	return t.quantisedFrom(best, probe)
}

// probe is the part of the sample that tells what quants were made of; not ok for what is no quants that
// could be made.
func (t *Trial) probe() (p piece, ok bool) {
	typ, ok := t.elem.Block()
	if !ok || t.row == 0 || !typ.CanRound() {
		return piece{}, false
	}
	p = t.sample[0]
	row := t.row * int64(t.elem.Size())
	p.bytes = p.bytes[:min(int64(len(p.bytes)), max(probeValues/t.columns(), 1)*row)]
	return p, true
}

// quantisedFrom is the cheapest recipe for the tensor with the source of best; nil if that cannot be read.
func (t *Trial) quantisedFrom(best *quantSource, probe piece) (*candidate, error) {
	typ, _ := t.elem.Block()
	rounded := best.candidate(predict.Recipe{Way: predict.Rounded})
	if err := t.estimate(rounded); err != nil {
		return nil, nil // a relative that cannot be read is no relative
	}
	way := t.way(typ)
	if way == predict.Rounded {
		return rounded, nil
	}
	replayed := t.bestRecipe(best, probe, way)
	if t.estimate(replayed) != nil || float64(replayed.cost) > float64(rounded.cost)-t.leastGain() {
		return rounded, nil
	}
	return replayed, nil
}

// leastGain is how many bytes a way that is read more slowly has to save.
func (t *Trial) leastGain() float64 {
	if t.Level == MaxLevel {
		return 0
	}
	return float64(dearerGain * float64(t.size))
}

// way is how quants of a type are predicted at the level of the trial.
func (t *Trial) way(typ ggml.Type) predict.Way {
	switch {
	case !typ.CanQuantise():
		return predict.Rounded
	case t.Level == FastLevel && (!quickly[typ] || len(t.importance) > 0):
		return predict.Rounded
	case t.Level != MaxLevel && typ.HintElems() > 0:
		return predict.Hinted
	}
	return predict.Replayed
}

// quickly are the types whose quantiser, without an importance matrix, does not search, or so little that it is
// read at the speed of other predictions.
var quickly = map[ggml.Type]bool{
	ggml.Q4_0: true, ggml.Q4_1: true, ggml.Q5_0: true, ggml.Q5_1: true, ggml.Q8_0: true,
	ggml.TQ1_0: true, ggml.TQ2_0: true, ggml.MXFP4: true,
}

// A quantSource is what quants may have been made of.
type quantSource struct {
	src    *source
	base   *predict.Prediction // the source's values in the order of the tensor, perhaps cast
	blocks *Trial
	misses int // bytes of the probe's quants that it does not explain, given their scales
}

// candidate is storing the tensor as this source, quantised.
func (o *quantSource) candidate(r predict.Recipe) *candidate {
	t := o.blocks
	p := &predict.Prediction{Kind: predict.Quantised, Elem: t.elem, From: o.base.Elem, Elements: t.elements(), Width: t.row, By: &r}
	if o.base.Kind == predict.Relative {
		p.Sources = o.base.Sources
	} else {
		p.Of = o.base
	}
	c := &candidate{encoding: codec.Blocks, pred: p, depth: o.src.depth + 1}
	if r.Importance != nil {
		c.depth = max(c.depth, t.depths[r.Importance.Blob]+1)
	}
	return c
}

// quantSources are what the quants may be made of if they come from a source: converters write F16 or BF16,
// which is what the quantiser reads then.
func (t *Trial) quantSources(src *source) (out []*quantSource) {
	if src.elem == t.elem || !t.fits(src) || !predict.HasQuantised(src.elem, t.elem, predict.Rounded) {
		return nil
	}
	plain := t.as(src, src.elem)
	out = append(out, &quantSource{src: src, base: plain, blocks: t})
	if _, quants := src.elem.Block(); quants {
		return out
	}
	for _, via := range []codec.Elem{codec.F16, codec.BF16} {
		if src.elem == codec.F32 || via == codec.F16 && src.elem == codec.BF16 {
			out = append(out, &quantSource{src: src, base: castOf(plain, via), blocks: t})
		}
	}
	return out
}

// bestQuantSource is the one that explains most of the probe's quants, given their scales.
func (t *Trial) bestQuantSource(rs []Relative, probe piece) (best *quantSource) {
	tried := 0
	for _, r := range rs {
		src := t.reachable(r)
		if src == nil || tried == maxRelativesTried {
			continue
		}
		for i, o := range t.quantSources(src) {
			if i == 0 {
				tried++
			}
			if o.round(probe) && (best == nil || o.misses < best.misses) {
				best = o
			}
		}
	}
	return best
}

// round sets misses. It is not ok if the source cannot be read, or explains nothing.
func (o *quantSource) round(probe piece) (ok bool) {
	g := o.guide(predict.Recipe{Way: predict.Rounded}, probe)
	if g == nil {
		return false
	}
	got := append([]byte(nil), probe.bytes...)
	g.Settle(got, nil)
	o.misses = differing(got, probe.bytes)
	return float64(o.misses) < stranger*float64(len(probe.bytes))
}

// guide is that of a recipe for the probe, nil if the source cannot be read.
func (o *quantSource) guide(r predict.Recipe, probe piece) codec.Guide {
	size := o.blocks.elem.Size()
	p := o.candidate(r).pred
	g, err := p.Guide(probe.off/int64(size), len(probe.bytes)/size, o.blocks.sources.Opener())
	if err != nil {
		return nil
	}
	return g
}

// bestRecipe is storing the tensor in the given way by the recipe whose replay of the probe is nearest, with the
// source of o however it was cast.
func (t *Trial) bestRecipe(o *quantSource, probe piece, way predict.Way) *candidate {
	var best *candidate
	least := len(probe.bytes) + 1
	for _, from := range t.quantSources(o.src) {
		for _, r := range t.recipes() {
			g := from.guide(r, probe)
			if g == nil {
				continue
			}
			got := make([]byte, len(probe.bytes))
			g.Guess(got, nil)
			if n := differing(got, probe.bytes); n < least {
				r.Way = way
				best, least = from.candidate(r), n
			}
			if least == 0 {
				return best
			}
		}
	}
	return best
}

// recipes are those to try, the likeliest first: replayed, for that either is right or is not.
func (t *Trial) recipes() (out []predict.Recipe) {
	const way = predict.Replayed
	for _, fused := range []bool{false, true} {
		for i := range t.importance {
			if t.hasInReach(t.importance[i].Blob) {
				out = append(out, predict.Recipe{Way: way, Fused: fused, Importance: &t.importance[i]})
			}
		}
		out = append(out, predict.Recipe{Way: way, Fused: fused})
	}
	return out
}

// hasInReach says that a blob with an importance matrix is there and not so deep that nothing can need it; it
// notes its depth.
func (t *Trial) hasInReach(id digest.ID) bool {
	depth, _, err := t.sources.Lineage(id)
	if err != nil || int(depth) >= min(t.Depth+DerivedDepth, MaxDepth) {
		return false
	}
	if t.depths == nil {
		t.depths = map[digest.ID]uint8{}
	}
	t.depths[id] = depth
	return true
}

// differing is the number of places at which two runs of bytes of one length differ.
func differing(a, b []byte) (n int) {
	for i := range a {
		if a[i] != b[i] {
			n++
		}
	}
	return n
}
