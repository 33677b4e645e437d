package diff

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"dits/formats/number"
)

const (
	// firstSketch and lastSketch are how many directions of a change are looked for: more only where the
	// first ones are all above the noise and have most of the change, or all are soon had.
	firstSketch, lastSketch = 80, 272
	// fewDirections is the size of a matrix up to which all directions are looked at.
	fewDirections = 512
	// mostEnergy is the share of a change from which on it may be one of low rank.
	mostEnergy = 0.9
	// spareSketch is how many directions a sketch has beyond the ranks that it tells for sure: the values of
	// its last ones come out too small.
	spareSketch = 16
	// keptElements is the largest change that is kept in memory, 64 MiB; a larger one is read anew in each pass.
	keptElements = 8 << 20
	// rankBlock is about how many elements are multiplied at a time.
	rankBlock = 1 << 18
)

// A rankOf finds the numerical rank of b−a: how many singular values are above what rounding alone may give,
// in the directions that are found. The noise of rounding is taken to be uniform in half a unit in the last place
// of each weight of b (of a too where the dtypes differ), and twice in that of its change, which merges round
// as well. The largest singular value of such a matrix is about its largest row plus its largest column, as
// norms of standard deviations (Bandeira and van Handel 2016; σ(√m+√n) where all are alike).
type rankOf struct {
	a, b       *number.Rows
	ga, gb     number.Grid
	Rows, Cols int
	kept       *mat.Dense // the change, or nil where it is too large
	Energy     float64    // ‖b−a‖²
	floor      float64
	raw        []byte
	old        []float64
}

// findRank fills in rank and energy of a matrix of floats; of anything else there are none.
func (d *TensorDiff) findRank(ctx context.Context, a, b number.Operand) error {
	r, err := NewRankOf(ctx, d.Shape, a, b)
	if r == nil || err != nil {
		return err
	}
	rank, share, least, err := r.Find(ctx)
	if err != nil {
		return err
	}
	n, energy := int64(rank), number.Number(share)
	d.Rank, d.Energy, d.RankLeast = &n, &energy, least
	return nil
}

// NewRankOf reads the change once; nil where it has no rank to be found.
func NewRankOf(ctx context.Context, shape []int64, a, b number.Operand) (*rankOf, error) {
	ga, oka := number.GridOf(a.DType)
	gb, okb := number.GridOf(b.DType)
	if !oka || !okb || len(shape) != 2 || min(shape[0], shape[1]) < 2 || max(shape[0], shape[1]) > math.MaxInt32 {
		return nil, nil
	}
	ra, oka := number.NewRows(a, shape)
	rb, okb := number.NewRows(b, shape)
	if !oka || !okb {
		return nil, nil
	}
	r := &rankOf{a: ra, b: rb, ga: ga, gb: gb, Rows: int(shape[0]), Cols: int(shape[1])}
	return r, r.measure(ctx)
}

// measure takes energy and noise, and keeps the change where it is small enough.
func (r *rankOf) measure(ctx context.Context) error {
	var kept *mat.Dense
	if r.Rows*r.Cols <= keptElements {
		kept = mat.NewDense(r.Rows, r.Cols, nil)
	}
	columns, widest := make([]float64, r.Cols), 0.0
	err := r.blocks(ctx, func(i int, change *mat.Dense) {
		n, _ := change.Dims()
		for k := range n {
			widest = max(widest, r.addNoise(columns, change.RawRowView(k), r.old[k*r.Cols:][:r.Cols]))
		}
		if kept != nil {
			kept.Slice(i, i+n, 0, r.Cols).(*mat.Dense).Copy(change)
		}
	})
	tallest := 0.0
	for _, v := range columns {
		tallest = max(tallest, v)
	}
	r.floor = math.Sqrt(widest) + math.Sqrt(tallest)
	r.kept = kept
	return err
}

// addNoise adds the variance of a row's noise to the columns, and returns that of the row.
func (r *rankOf) addNoise(columns, change, old []float64) (row float64) {
	for j, d := range change {
		r.Energy += d * d
		u, v := r.gb.Ulp(old[j]+d), r.gb.Ulp(d)
		noise := (u*u + 2*v*v) / 12
		if r.ga != r.gb {
			w := r.ga.Ulp(old[j])
			noise += w * w / 12
		}
		columns[j] += noise
		row += noise
	}
	return row
}

// blocks calls f with some rows of the change at a time, from row i on. What is not finite did not change.
func (r *rankOf) blocks(ctx context.Context, f func(i int, change *mat.Dense)) error {
	step := max(1, min(r.Rows, rankBlock/r.Cols))
	if r.kept != nil {
		f(0, r.kept)
		return nil
	}
	next := make([]float64, step*r.Cols)
	r.old, r.raw = make([]float64, step*r.Cols), make([]byte, int64(step)*max(r.a.Size, r.b.Size))
	for i := 0; i < r.Rows; i += step {
		if err := ctx.Err(); err != nil {
			return err
		}
		n := min(step, r.Rows-i)
		if err := r.change(next[:n*r.Cols], r.old[:n*r.Cols], int64(i)); err != nil {
			return err
		}
		f(i, mat.NewDense(n, r.Cols, next[:n*r.Cols]))
	}
	return nil
}

// change sets dst to rows of b−a from row i on, and old to those of a.
func (r *rankOf) change(dst, old []float64, i int64) error {
	if err := r.a.Read(old, r.raw, i); err != nil {
		return fmt.Errorf("first tensor: %w", err)
	}
	if err := r.b.Read(dst, r.raw, i); err != nil {
		return fmt.Errorf("second tensor: %w", err)
	}
	for k, x := range old {
		if dst[k] -= x; dst[k]-dst[k] != 0 {
			dst[k], old[k] = 0, 0
		}
	}
	return nil
}

// A Spectrum is what is known of the singular values of a change.
type Spectrum struct {
	Values []float64 // the largest of them, descending; all of a small matrix
	Whole  bool      // Values are all
	Floor  float64   // what rounding alone may give
	Energy float64   // ‖b−a‖²: the sum of the squares of all values
	Rank   int       // values above the floor
	Share  float64   // of the energy, in these
	Least  bool      // there may be more of them
}

// Find counts the singular values above the floor; least says that there may be more.
func (r *rankOf) Find(ctx context.Context) (rank int, share float64, least bool, err error) {
	s, err := r.Spectrum(ctx)
	return s.Rank, s.Share, s.Least, err
}

// Spectrum finds the largest singular values, as many as it takes to tell the rank.
func (r *rankOf) Spectrum(ctx context.Context) (Spectrum, error) {
	s := Spectrum{Floor: r.floor, Energy: r.Energy}
	if r.Energy == 0 {
		return s, nil
	}
	smaller := min(r.Rows, r.Cols)
	values, err := r.allValues(ctx)
	if err != nil {
		return s, err
	}
	if values != nil {
		s.Whole = true
		r.count(&s, values)
		return s, nil
	}
	for _, n := range []int{firstSketch, lastSketch} {
		n = min(n, smaller)
		if values, err = r.values(ctx, n); err != nil {
			return s, err
		}
		r.count(&s, values)
		s.Least = s.Rank > n-spareSketch && n < smaller
		if !s.Least || s.Share < mostEnergy && smaller > fewDirections {
			break
		}
	}
	return s, nil
}

// count finds how many of the values are above the floor, and their share of the energy.
func (r *rankOf) count(s *Spectrum, values []float64) {
	s.Values = slices.Clone(values)
	slices.SortFunc(s.Values, func(x, y float64) int { return cmp.Compare(y, x) })
	s.Rank, s.Share = 0, 0
	for _, v := range values {
		if v > s.Floor {
			s.Rank++
			s.Share += v * v / s.Energy
		}
	}
	s.Share = min(s.Share, 1)
}

// smallRank is the share of a matrix' size up to which a rank is a small one.
const smallRank = 0.25

// commonRank is the rank that the changes of a file share as those of a LoRA do: all that changed are matrices
// of at most that rank, a small one, and most of exactly that. 0 where they do not.
func commonRank(tensors []TensorDiff) int64 {
	var highest int64
	var ranks []int64
	for _, t := range tensors {
		if t.Changed == 0 {
			continue
		}
		if t.Rank == nil || t.RankLeast || *t.Rank == 0 || float64(*t.Rank) > smallRank*float64(min(t.Shape[0], t.Shape[1])) {
			return 0
		}
		ranks = append(ranks, *t.Rank)
		highest = max(highest, *t.Rank)
	}
	n := 0
	for _, r := range ranks {
		if r == highest {
			n++
		}
	}
	if 2*n <= len(ranks) {
		return 0
	}
	return highest
}
