package choose

import (
	"slices"

	"dits/tensorstore/codec"
	"dits/tensorstore/predict"
)

// bestScaled is storing a tensor of few values, or the scales of one, as what a relative with more
// exact values gives; nil where none explains it.
func (t *Trial) bestScaled(rs []Relative) *candidate {
	var best *candidate
	for i, r := range rs {
		if i == maxRelativesTried {
			break
		}
		src := t.reachable(r)
		if src == nil || src.elem == t.elem && r.Columns == 0 {
			continue
		}
		// A relative that cannot be read is no relative.
		if c := t.scaledFrom(src, r.Columns); c != nil && t.estimate(c) == nil {
			best = cheaper(best, c)
		}
	}
	return best
}

// scaledFrom is the tensor as the values of a source over scales, or as these scales where
// columns says that the tensor has the scales of a matrix with so many.
func (t *Trial) scaledFrom(src *source, columns int64) *candidate {
	switch {
	case predict.HasScaled(src.elem, t.elem) && t.columns() > 0 && t.fits(src):
		return t.nearest(src, t.valueScalings(src))
	case columns > 0 && src.size <= maxScaleSource && predict.HasLowRank(t.elem) && predict.HasLowRank(src.elem) && src.size%(columns*int64(src.elem.Size())) == 0:
		return t.nearest(src, t.scaleScalings(src, columns))
	}
	return nil
}

// maxScaleSource bounds the matrix whose scales are predicted: a chunk may hold all of them, and then reading it takes
// all of the matrix, and all of what that comes from.
const maxScaleSource = MaxWork / 8

// valueScalings are the tilings that values may have been made with.
func (t *Trial) valueScalings(src *source) (out []predict.Scaling) {
	columns := t.columns()
	for _, largest := range largestOf(t.elem) {
		s := predict.Scaling{Rows: t.values() / columns, Columns: columns, Largest: largest, Scale: codec.F32}
		out = append(out, tilings(s)...)
		if given := t.wholeScale(src, largest); given > 0 {
			s.TileRows, s.TileCols, s.Given = 1, columns, given
			out = append(out, s)
		}
	}
	return withVariants(out)
}

// largestOf are the magnitudes that the largest value of a tile may have become.
func largestOf(e codec.Elem) []float32 {
	if e == codec.E4M3 {
		return []float32{448, 240}
	}
	return []float32{127, 128, 127.5}
}

// tilings are s with the tiles that are in use: rows, groups of a row and squares.
func tilings(s predict.Scaling) (out []predict.Scaling) {
	for _, tile := range [][2]int64{{1, s.Columns}, {1, 32}, {1, 64}, {1, 128}, {64, 64}, {128, 128}} {
		if s.TileRows, s.TileCols = tile[0], tile[1]; s.TileCols <= s.Columns {
			out = append(out, s)
		}
	}
	return out
}

// withVariants adds to each scaling those that compute the same in other ways.
func withVariants(all []predict.Scaling) (out []predict.Scaling) {
	for _, s := range all {
		for _, e := range []codec.Elem{codec.F32, codec.BF16, codec.F16} {
			for _, inverse := range []bool{false, true} {
				s.Scale, s.Inverse = e, inverse
				out = append(out, s)
			}
		}
	}
	return out
}

// scaleScalings are the tilings that have as many scales as the tensor has elements.
func (t *Trial) scaleScalings(src *source, columns int64) (out []predict.Scaling) {
	rows := src.size / int64(src.elem.Size()) / columns
	for _, largest := range []float32{127, 448, 128, 127.5, 240, 1} {
		for _, s := range tilings(predict.Scaling{Rows: rows, Columns: columns, Largest: largest, Scale: t.elem}) {
			if s.Count() == t.elements() {
				out = append(out, s)
			}
		}
	}
	return out
}

// nearest is the candidate whose prediction of a part is right most often, nil if none is
// of half of it.
func (t *Trial) nearest(src *source, all []predict.Scaling) *candidate {
	probe, first := t.sample[0].bytes, t.sample[0].off/int64(t.elem.Size())
	probe = probe[:min(len(probe), scaledProbe)]
	glance := probe[:min(len(probe), scaledGlance)]
	var best *candidate
	least := len(probe)/2 + 1
	for _, s := range all {
		c := t.scaledBy(src, s)
		if c == nil || t.misses(c.pred, glance, first) > len(glance)/2 {
			continue
		}
		if n := t.misses(c.pred, probe, first); n < least {
			best, least = c, n
		}
		if least == 0 {
			break
		}
	}
	return best
}

// scaledProbe is how many bytes tell which tiling it was, and scaledGlance how many that it was none: with a source that
// has nothing to do with the tensor, no tiling is right.
const (
	scaledProbe  = 4 << 10
	scaledGlance = 256
)

// misses is how many bytes from an element on a prediction does not give; all of them where it cannot be made.
func (t *Trial) misses(p *predict.Prediction, want []byte, first int64) int {
	got := make([]byte, len(want))
	if p.Predict(got, first, t.sources.Opener()) != nil {
		return len(want)
	}
	return differing(got, want)
}

// scaledBy is the candidate of one scaling, nil if it is not valid for the tensor.
func (t *Trial) scaledBy(src *source, s predict.Scaling) *candidate {
	base := t.as(src, src.elem)
	p := &predict.Prediction{Kind: predict.Scaled, Elem: t.elem, From: src.elem, Elements: t.elements(), By: &s}
	if t.elements() == s.Count() && t.values() != s.Rows*s.Columns {
		p.Kind = predict.Scales
		base.Kind, base.By = predict.Relative, nil // there is a row or less for each element
	}
	if base.Kind == predict.Relative {
		p.Sources = base.Sources
	} else {
		p.Of = base
	}
	if _, err := predict.Unmarshal(p.Marshal()); err != nil {
		return nil
	}
	return &candidate{encoding: codec.Delta, pred: p, depth: src.depth + 1}
}

// wholeScale is the scale of a tensor that has but one; 0 where the source cannot be read.
func (t *Trial) wholeScale(src *source, largest float32) float32 {
	if t.largest == nil {
		t.largest = map[*source]float32{}
	}
	most, known := t.largest[src]
	if !known {
		most = t.readLargest(src)
		t.largest[src] = most
	}
	return most / largest
}

// readLargest is the largest magnitude in a source.
func (t *Trial) readLargest(src *source) (most float32) {
	blob, err := t.sources.Blob(src.blob)
	if err != nil {
		return 0
	}
	const block = 1 << 18
	for at := int64(0); at < t.values(); at += block {
		v, err := predict.ReadValues(blob, src.elem, at, int(min(block, t.values()-at)))
		if err != nil {
			return 0
		}
		most = max(most, slices.Max(v), -slices.Min(v))
	}
	return most
}
