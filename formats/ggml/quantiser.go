package ggml

import (
	"fmt"
	"math"
	"slices"
)

// A Quantiser turns rows of float32 into blocks of a type, bit for bit as
// upstream's quantize_<type> functions do (ggml-quants.c, MIT) in a build without
// fused multiply-add. It has no state: use it from several goroutines at once.
type Quantiser struct {
	Type Type
	// Weights has the importance of each column, of one row of an importance
	// matrix: nil for none. Types that do not use it upstream ignore it.
	Weights []float32
	// Columns is the length of a row, whole blocks.
	Columns int
	// Fused computes as a build with fused multiply-add does (gcc -march=haswell
	// and the like): some scales, and then all quants of their block, differ.
	Fused bool

	kernel kernel
}

// CanQuantise reports whether a [Quantiser] knows t.
func (t Type) CanQuantise() bool { return t.arithmetic().quantise != nil }

// UsesWeights reports whether the [Quantiser] of t makes other blocks with weights than without.
func (t Type) UsesWeights() bool { return t.CanQuantise() && t.BlockElems() > 1 && !ignoreWeights[t] }

// ignoreWeights are the types of blocks of which upstream's quantize_<type> does not look at the weights.
var ignoreWeights = map[Type]bool{
	Q8_0: true, Q8_1: true, Q8_K: true, TQ1_0: true, TQ2_0: true, MXFP4: true, NVFP4: true, Q1_0: true, Q2_0: true,
}

// Rows quantises the rows in src one after the other into dst, which must be
// exactly as long as their blocks. Any float32 can be there: what upstream leaves
// undefined for NaNs and infinities is the same on every platform.
func (q *Quantiser) Rows(dst []byte, src []float32) error {
	quantise := q.Type.arithmetic().quantise
	if quantise == nil {
		return fmt.Errorf("ggml: no quantiser for %v", q.Type)
	}
	return q.rows(dst, src, func(q *Quantiser, dst []byte, src []float32) {
		if !q.kernel.super(q, dst, src, nil, false) && !q.kernel.plain(q, dst, src) {
			quantise(q, dst, src)
		}
	})
}

// rows checks the lengths and calls quantise for each row.
func (q *Quantiser) rows(dst []byte, src []float32, quantise func(q *Quantiser, dst []byte, src []float32)) error {
	if err := q.check(); err != nil {
		return err
	}
	if q.Columns == 0 || len(src)%q.Columns != 0 {
		return fmt.Errorf("ggml: %d values are no rows of %d", len(src), q.Columns)
	}
	if err := q.Type.checkLengths(len(src), len(dst)); err != nil {
		return err
	}
	q = q.withCanonicalWeights()
	columns := q.Columns
	if q.Weights == nil && (superKinds[q.Type] != nil || plainKinds[q.Type] != nil) {
		columns = len(src) // a block does not depend on its row
	}
	rowBytes := columns / int(q.Type.BlockElems()) * int(q.Type.BlockBytes())
	for ; len(src) > 0; src, dst = src[columns:], dst[rowBytes:] {
		row := src[:columns]
		if q.Type.BlockElems() > 1 {
			row = canonical(row)
		}
		quantise(q, dst[:rowBytes], row)
	}
	return nil
}

func (q *Quantiser) check() error {
	if q.Columns < 0 || int64(q.Columns)%q.Type.BlockElems() != 0 {
		return fmt.Errorf("ggml: row of %d values, want whole %v blocks of %d", q.Columns, q.Type, q.Type.BlockElems())
	}
	if q.Weights == nil && wantsWeights(q.Type) {
		return fmt.Errorf("ggml: %v wants an importance matrix", q.Type)
	}
	if q.Weights != nil && len(q.Weights) != q.Columns {
		return fmt.Errorf("ggml: %d weights for rows of %d", len(q.Weights), q.Columns)
	}
	return nil
}

// checkLengths returns an error unless elems values are bytes bytes of whole blocks.
func (t Type) checkLengths(elems, bytes int) error {
	per, size := int(t.BlockElems()), int(t.BlockBytes())
	if elems%per != 0 || bytes%size != 0 || elems/per != bytes/size {
		return fmt.Errorf("ggml: %d values and %d bytes, want whole %v blocks of %d in %d", elems, bytes, t, per, size)
	}
	return nil
}

func (q *Quantiser) withCanonicalWeights() *Quantiser {
	clean := *q
	clean.Weights = canonical(q.Weights)
	return &clean
}

// canonical returns values with every NaN replaced by one and the same, so that
// the payload of a NaN, which processors hand on differently, changes nothing. It
// copies only if there is one.
func canonical(values []float32) []float32 {
	has, n := kernelBest.hasNaN(values)
	if has {
		n = 0
	}
	i := slices.IndexFunc(values[n:], func(v float32) bool { return v != v })
	if i < 0 {
		return values
	}
	values = slices.Clone(values)
	canonicalise(values[n+i:])
	return values
}

// canonicalNaN is the NaN that x86-64 computes: quiet, negative, without payload.
var canonicalNaN = math.Float32frombits(0xffc00000)
