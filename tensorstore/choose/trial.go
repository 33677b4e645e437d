package choose

import (
	"context"
	"io"

	"dits/tensorstore/codec"
	"dits/tensorstore/digest"
	"dits/tensorstore/predict"
)

// sampleElements is how long each piece of a sample is, in values.
const sampleElements = 64 << 10

// Options say what a trial may take.
type Options struct {
	Level   Level
	Depth   int // longest chain of relatives; what is computed may go on for [DerivedDepth] more
	Workers int // chunks measured at once
	// PartBytes is how much may be decoded for a part of the tensor, see parting; 0: it has no parts.
	PartBytes int64
	MaxChunk  int64 // bytes; the last of a part may end in the next
}

// A trial codes samples of one tensor in several ways.
type Trial struct {
	sources Sources
	src     io.ReaderAt
	size    int64 // bytes
	elem    codec.Elem
	width   int64 // elements in a row, 0: no matrix, or its rows are not looked at
	row     int64 // elements in a row, 0: no matrix
	sample  []piece
	Options
	// importance are rows of importance matrices that the tensor may have been quantised with.
	importance []predict.Importance
	depths     map[digest.ID]uint8 // of the blobs with these rows that were looked at
	adapters   []Adapter
	largest    map[*source]float32                // magnitudes of sources that were looked at
	orders     map[digest.ID]*predict.Arrangement // of the rows of sources that were looked at
}

// NewTrial is of size bytes of src, of which k is known. Only [FastLevel] does without the scales of rows.
func NewTrial(s Sources, o Options, src io.ReaderAt, size int64, k Known) *Trial {
	t := &Trial{sources: s, src: src, size: size, elem: k.Elem(), width: k.Width(size), Options: o}
	t.row, t.adapters = t.width, k.Adapters
	if typ, _ := t.elem.Block(); typ.UsesWeights() { // else it was made without one, whatever lies beside it
		t.importance = k.Importance
	}
	if o.Level == FastLevel {
		t.width = 0
	}
	return t
}

// A piece is a run of the tensor's bytes.
type piece struct {
	off   int64
	bytes []byte
}

// A candidate is a way to code the tensor and what that would cost.
type candidate struct {
	encoding codec.Encoding
	pred     *predict.Prediction
	depth    uint8
	cost     int64 // bytes, estimated for the whole tensor with its prediction
	partRows int64 // of the parts that get scales when they are coded, see parting; 0: pred is what it is
}

// read takes the sample: all of a small tensor, two pieces of a large one.
func (t *Trial) read() error {
	if len(t.sample) > 0 {
		return nil
	}
	n := t.sampleBytes()
	if t.size <= 2*n {
		return t.readPiece(0, t.size)
	}
	row := max(t.row, 1) * int64(t.elem.Size())
	for _, at := range []int64{t.size / 4, t.size / 4 * 3} {
		at = at / row * row
		if err := t.readPiece(at, min(n, t.size-at)); err != nil {
			return err
		}
	}
	return nil
}

// sampleBytes is the length of a piece.
func (t *Trial) sampleBytes() int64 {
	return sampleElements / predict.ValuesOf(t.elem) * int64(t.elem.Size())
}

func (t *Trial) readPiece(off, n int64) error {
	b := make([]byte, n)
	if err := readFull(t.src, b, off); err != nil {
		return err
	}
	t.sample = append(t.sample, piece{off, b})
	return nil
}

// best is the cheapest way to code the tensor; nil when none is smaller than its
// bytes. Coding alone is not tried where a relative halves it, or at [MaxLevel] takes two thirds off.
func (t *Trial) best(ctx context.Context, rs []Relative) (*candidate, error) {
	thorough := t.Level == MaxLevel
	if err := t.read(); err != nil {
		return nil, err
	}
	best, err := t.bestRelative(ctx, rs, thorough)
	if err != nil {
		return nil, err
	}
	quantised, err := t.bestQuantised(ctx, rs)
	if err != nil {
		return nil, err
	}
	best = cheaper(best, quantised)
	if best == nil || best.cost > t.size/nearCopy {
		best = cheaper(best, t.bestMerged(rs))
		best = cheaper(best, t.bestScaled(rs))
	}
	if best == nil || best.cost > t.size/2 || thorough && best.cost > t.size/3 {
		alone, err := t.bestAlone(ctx)
		if err != nil {
			return nil, err
		}
		best = cheaper(best, alone)
	}
	if best == nil || best.cost >= t.size {
		return nil, nil
	}
	return best, nil
}

// cheaper is the candidate of lower cost; either may be nil.
func cheaper(a, b *candidate) *candidate {
	if a == nil || b != nil && b.cost < a.cost {
		return b
	}
	return a
}

func (t *Trial) elements() int64 { return t.size / int64(t.elem.Size()) }

// values is how many numbers the tensor has.
func (t *Trial) values() int64 { return t.elements() * predict.ValuesOf(t.elem) }

// root is the blob that c predicts from.
func (c *candidate) root() digest.ID {
	id, _ := c.pred.Root()
	return id
}

// bestAlone is coding without a source, nil for bytes without arithmetic.
func (t *Trial) bestAlone(ctx context.Context) (*candidate, error) {
	if t.elem == codec.Bytes {
		return nil, nil
	}
	c := alone(t.elem)
	if err := t.estimate(c); err != nil {
		return nil, err
	}
	return t.withScales(ctx, c)
}

// alone is coding without a source. Nothing in its prediction is of one tensor: one object
// serves all of a type.
func alone(e codec.Elem) *candidate {
	c := &candidate{encoding: codec.Fields, pred: &predict.Prediction{Kind: predict.Alone, Elem: e, From: e}}
	if _, ok := e.Block(); ok {
		c.encoding = codec.Blocks
	}
	return c
}

// bestRelative is the cheapest of coding against one of the relatives or a combination of
// them, nil when none can be used.
func (t *Trial) bestRelative(ctx context.Context, rs []Relative, thorough bool) (*candidate, error) {
	singles := t.singles(rs)
	single := bestSingle(singles)
	if single == nil || single.cost > t.size/2 {
		if rows, err := t.bestRows(ctx, rs, thorough); err != nil || rows != nil && (single == nil || rows.cost < single.cost) {
			return rows, err
		}
	}
	if single == nil {
		return nil, nil
	}
	combined := t.combined(singles, single)
	switch {
	case thorough:
		return t.thorough(ctx, single, combined)
	case combined != nil:
		return t.withScales(ctx, combined)
	}
	return t.withScales(ctx, single)
}
