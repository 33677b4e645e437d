package choose

import (
	"io"
	"math"

	"dits/formats"
	"dits/tensorstore/codec"
	"dits/tensorstore/digest"
	"dits/tensorstore/predict"
)

// An Adapter is a pair of blobs that may have been merged into a tensor: a LoRA's A, rank rows, and B,
// rank columns.
type Adapter struct {
	A, B  digest.ID
	DType formats.DType
	Rank  int64
}

const (
	// maxAdapters is how many adapters are tried on one tensor.
	maxAdapters = 8
	// mergeValues is about how many values tell how an adapter was merged.
	mergeValues = 16 << 10
)

// bestMerged is storing the tensor as a relative with one of the adapters merged, nil where none
// explains it.
func (t *Trial) bestMerged(rs []Relative) (best *candidate) {
	if len(t.adapters) == 0 || t.row == 0 || !predict.HasLowRank(t.elem) || t.values()%t.row != 0 {
		return nil
	}
	for i, r := range rs {
		if i == maxRelativesTried {
			break
		}
		base := t.against(r)
		if base == nil || base.pred.Kind != predict.Relative {
			continue
		}
		for _, a := range t.adapters[:min(len(t.adapters), maxAdapters)] {
			// What cannot be read is no relative, and no adapter.
			if m := t.merging(base, a); m != nil {
				if c := m.best(); c != nil && t.estimate(c) == nil {
					best = cheaper(best, c)
				}
			}
		}
	}
	return best
}

// A merging finds how an adapter was merged into a tensor.
type merging struct {
	t      *Trial
	base   *candidate
	merge  predict.Merge
	depth  uint8
	probe  piece     // whole rows
	target []float32 // the values of the probe
	source []float32 // of the base
}

// merging is nil for an adapter that does not fit the tensor.
func (t *Trial) merging(c *candidate, a Adapter) *merging {
	m := &merging{t: t, base: c, depth: c.depth}
	m.merge = predict.Merge{A: a.A, B: a.B, Elem: elemOf(a.DType), Rank: a.Rank, Scale: 1}
	if a.Rank < 1 || !predict.HasLowRank(m.merge.Elem) {
		return nil
	}
	rows, columns := t.values()/t.row, t.row
	ofA, ofB := m.length(a.A), m.length(a.B)
	switch {
	case ofA == a.Rank*columns && ofB == a.Rank*rows:
	case ofA == a.Rank*rows && ofB == a.Rank*columns:
		m.merge.Transposed = true
	default:
		return nil
	}
	if int(m.depth) > t.Depth || !m.read() {
		return nil
	}
	return m
}

// length is how many values a factor has, and notes its depth; -1 for one that is not there.
func (m *merging) length(id digest.ID) int64 {
	b, err := m.t.sources.Blob(id)
	if err != nil {
		return -1
	}
	depth, _, err := m.t.sources.Lineage(id)
	if err != nil {
		return -1
	}
	m.depth = max(m.depth, depth+1)
	return b.Len() / int64(m.merge.Elem.Size())
}

// read reads the values that decide.
func (m *merging) read() bool {
	t := m.t
	row := t.row * int64(t.elem.Size())
	m.probe = t.sample[0]
	n := min(int64(len(m.probe.bytes)), max(mergeValues/t.row, 2)*row) / row * row
	m.probe.bytes = m.probe.bytes[:n]
	if n == 0 || m.probe.off%row != 0 {
		return false
	}
	source, err := t.sources.Blob(m.base.root())
	if err != nil {
		return false
	}
	first, values := m.probe.off/int64(t.elem.Size()), int(n)/t.elem.Size()
	if m.source, err = predict.ReadValues(source, t.elem, first, values); err != nil {
		return false
	}
	m.target, err = predict.ReadValues(io.NewSectionReader(t.src, 0, t.size), t.elem, first, values)
	return err == nil
}

// best is the merge that gives most elements exactly; nil where the adapter explains nothing of the change.
func (m *merging) best() *candidate {
	scale, explained := m.fit()
	if explained < leastChangeExplained {
		return nil
	}
	var best *candidate
	least := len(m.probe.bytes) + 1
	for _, s := range m.scales(scale) {
		for order := range predict.MergeOrders {
			c := m.candidate(s, order)
			got := make([]byte, len(m.probe.bytes))
			if c.pred.Predict(got, m.probe.off/int64(m.t.elem.Size()), m.t.sources.Opener()) != nil {
				return nil
			}
			if n := differing(got, m.probe.bytes); n < least {
				best, least = c, n
			}
		}
	}
	return best
}

// leastChangeExplained is the share of the squared change that an adapter has to explain: 0.9999 and more where it
// was merged, 0 to 0.43 of other fine-tunes of the base. 0.1, 0.3 and 0.6 give the same bytes within 0.01%, for
// the cheapest candidate wins: it saves the trial of eight orders.
const leastChangeExplained = 0.3

func (m *merging) candidate(scale float32, order predict.MergeOrder) *candidate {
	a := m.merge
	a.Scale, a.Order = scale, order
	p := &predict.Prediction{Kind: predict.Merged, Elem: m.t.elem, From: m.t.elem, Elements: m.t.elements(), Width: m.t.row, Sources: m.base.pred.Sources, By: &a}
	return &candidate{encoding: codec.Delta, pred: p, depth: m.depth}
}

// fit is the scale that explains most of the change, by least squares, and the share that it explains.
func (m *merging) fit() (scale, explained float64) {
	change, err := m.merge.Change(m.base.pred, m.t.row, m.probe.off/int64(m.t.elem.Size()), len(m.source), m.t.sources.Opener())
	if err != nil {
		return 0, 0
	}
	var xx, xy, yy float64
	for i, c := range change {
		x, y := float64(c), float64(m.target[i])-float64(m.source[i])
		if y-y != 0 || x-x != 0 {
			continue
		}
		xx, xy, yy = xx+float64(x*x), xy+float64(x*y), yy+float64(y*y)
	}
	if xx == 0 || yy == 0 {
		return 0, 0
	}
	return xy / xx, xy * xy / xx / yy
}

// scales are those to try: alpha/rank and alpha/√rank for the whole alpha that is nearest, which is what
// adapters are trained with, and the fitted one as it is.
func (m *merging) scales(fitted float64) []float32 {
	out := []float32{float32(fitted)}
	for _, per := range []float64{float64(m.merge.Rank), math.Sqrt(float64(m.merge.Rank))} {
		if alpha := math.Round(fitted * per); alpha != 0 {
			out = append(out, float32(alpha/per))
		}
	}
	return out
}
