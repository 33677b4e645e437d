package number

import (
	"context"
	"fmt"
	"io"
	"math"
	"runtime"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"dits/formats"
)

// An Operand is the bytes of one tensor, as [Compare] reads them.
type Operand struct {
	R     io.ReaderAt // safe for concurrent use
	Off   int64       // of the tensor's first byte in R
	DType formats.DType
	Raw   bool // its values cannot be read: only bytes are compared
}

// A Comparison says how far tensor b is from tensor a.
//
// The figures are IEEE float64 over all elements: a NaN or an infinity in a
// tensor makes the norms that it takes part in NaN or infinite, and so does a
// square beyond 1e308. An element that is not changed has the difference 0
// whatever it is, so that an untouched mask of −Inf does not hide a change
// elsewhere from MaxAbs. Blocks of ggml count as the float32 that upstream makes of
// them. All four figures are NaN where a dtype has no values here (C64, sub-byte floats).
type Comparison struct {
	Elements  int64 // compared
	Changed   int64 // of them: other bits; across dtypes and in blocks, other values (NaN is NaN, −0 is 0)
	RelL2     float64
	MaxAbs    float64 // largest |b−a|
	Cosine    float64 // NaN when one of the two is all zeros
	MeanShift float64 // mean of b−a
	DiffSq    float64 // ‖b−a‖²
	BaseSq    float64 // ‖a‖²
}

// compareBlock is how many elements are read at once and make one partial sum.
// It is a multiple of every block of ggml, and of comparePiece.
const compareBlock = 1 << 17

// Compare compares n elements of a and b, or their first n. It reads each side
// once, in blocks of 2^17 elements, with at most workers blocks in memory (0: one a
// processor). The sums are taken in the order of the elements, so the result
// does not depend on workers. An element costs a core two to three
// nanoseconds, and about one where whole pieces are equal.
func Compare(ctx context.Context, a, b Operand, n int64, workers int) (Comparison, error) {
	c, err := newPairing(a, b)
	if err != nil {
		return Comparison{}, err
	}
	if c.add == nil || n%c.a.elems != 0 || n%c.b.elems != 0 { // no values in common, and other dtypes, or blocks that are cut: nothing to be read
		return noFigures(n, n), nil
	}
	partial := make([]sums, (n+compareBlock-1)/compareBlock)
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	var next atomic.Int64
	g, ctx := errgroup.WithContext(ctx)
	for range min(workers, len(partial)) {
		g.Go(func() error { return c.work(ctx, a, b, n, &next, partial) })
	}
	if err := g.Wait(); err != nil {
		return Comparison{}, err
	}
	var total sums
	for i := range partial {
		total.merge(&partial[i])
	}
	if !c.valued {
		return noFigures(n, total.changed), nil
	}
	return total.comparison(n), nil
}

// work takes blocks until there are no more.
func (c *pairing) work(ctx context.Context, a, b Operand, n int64, next *atomic.Int64, partial []sums) error {
	blockBytes := func(elems int64, u unit) int64 { return elems / u.elems * u.bytes }
	full := min(n, compareBlock)
	bufA, bufB := make([]byte, blockBytes(full, c.a)), make([]byte, blockBytes(full, c.b))
	scratch := new(pieces)
	for {
		k := next.Add(1) - 1
		if k >= int64(len(partial)) {
			return nil
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		first := k * compareBlock
		elems := min(compareBlock, n-first)
		pa, pb := bufA[:blockBytes(elems, c.a)], bufB[:blockBytes(elems, c.b)]
		if err := formats.ReadFull(a.R, pa, a.Off+blockBytes(first, c.a)); err != nil {
			return fmt.Errorf("first tensor: %w", err)
		}
		if err := formats.ReadFull(b.R, pb, b.Off+blockBytes(first, c.b)); err != nil {
			return fmt.Errorf("second tensor: %w", err)
		}
		c.add(&partial[k], pa, pb, scratch)
	}
}

// noFigures is the result where only bytes could be compared.
func noFigures(n, changed int64) Comparison {
	c := Comparison{Elements: n, Changed: changed}
	if changed == 0 {
		return Unchanged(n)
	}
	nan := math.NaN()
	c.RelL2, c.MaxAbs, c.Cosine, c.MeanShift, c.DiffSq, c.BaseSq = nan, nan, nan, nan, nan, nan
	return c
}

// Unchanged is the comparison of n elements with themselves, known without
// reading them. Its BaseSq is not known and therefore NaN.
func Unchanged(n int64) Comparison {
	return Comparison{Elements: n, Cosine: 1, BaseSq: math.NaN()}
}
