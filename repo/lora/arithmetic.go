package lora

import (
	"context"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"dits/formats"
	"dits/formats/number"
	"dits/tensorstore/predict"
)

// An arithmetic is a merge order with the factors as it multiplies them, and the dtype that it is computed in.
type arithmetic struct {
	*merge
	order                   predict.MergeOrder
	product, change, folded bool
	left, right             *mat.Dense
	work                    number.Grid
	cast                    formats.DType // that of work, where the result was cast to b's; "" where it is b's
	before                  []*arithmetic
	dora                    bool // here or before: norms and quotients are rounded as well
}

// in is the merge in some order, computed in b's dtype or in the one that is named.
func (m *merge) in(order predict.MergeOrder, via formats.DType) *arithmetic {
	a := &arithmetic{merge: m, order: order, left: m.left, right: m.right, work: m.grid, cast: via}
	if via != "" {
		a.work, _ = number.GridOf(via)
	}
	for _, b := range m.before {
		a.before = append(a.before, b.in(order, via))
	}
	a.dora = a.magnitude != nil || slices.ContainsFunc(a.before, func(b *arithmetic) bool { return b.dora })
	a.product, a.change, a.folded = order.Rounds()
	if !a.folded {
		return a
	}
	scaled := mat.DenseCopyOf(m.factorB())
	for i, x := range scaled.RawMatrix().Data {
		if scaled.RawMatrix().Data[i] = x * m.scale; a.change {
			scaled.RawMatrix().Data[i] = m.factorGrid.Round(x * m.scale)
		}
	}
	if m.leftIsB {
		a.left = scaled
	} else {
		a.right = scaled
	}
	return a
}

// String says what is rounded to the weights' dtype.
func (a *arithmetic) String() string {
	names := map[bool]string{true: "rounded", false: "float32"}
	if a.folded {
		return fmt.Sprintf("(scale·B %s)·A %s", names[a.change], names[a.product])
	}
	return fmt.Sprintf("B·A %s, scale·B·A %s", names[a.product], names[a.change])
}

// finish makes a sum of products the change.
func (a *arithmetic) finish(sum float64) float64 {
	if a.product {
		sum = a.work.Round(sum)
	}
	if a.folded {
		return sum
	}
	sum *= a.scale
	if a.change {
		sum = a.work.Round(sum)
	}
	return sum
}

// verify checks the matrix in one arithmetic.
func (a *arithmetic) verify(ctx context.Context, t *Verdict) error {
	var s mergeSums
	step := max(1, mergeBlock/a.cols)
	for i := 0; i < a.rows; i += step {
		if err := a.add(ctx, &s, i, min(step, a.rows-i)); err != nil {
			return err
		}
	}
	t.Problem = ""
	s.judge(t, a.stated)
	if t.OK {
		t.Order, t.Cast = a.String(), string(a.cast)
		if t.Cast == "" && number.IsFiner(a.dtypeA, a.dtypeB) {
			t.Cast = string(a.dtypeA)
		}
	}
	return nil
}

// add adds n rows from row i on.
func (a *arithmetic) add(ctx context.Context, s *mergeSums, i, n int) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	old, got := make([]float64, n*a.cols), make([]float64, n*a.cols)
	if err := a.a.Read(old, a.raw, int64(i)); err != nil {
		return err
	}
	if err := a.b.Read(got, a.raw, int64(i)); err != nil {
		return err
	}
	sums := a.sums(i, n)
	earlier := make([]*mat.Dense, len(a.before))
	for k, b := range a.before {
		earlier[k] = b.sums(i, n)
	}
	for k := range n {
		row := old[k*a.cols:][:a.cols]
		from, loose := a.after(i+k, row, func(b int) []float64 { return earlier[b].RawRowView(k) })
		a.addRow(s, i+k, row, from, loose, got[k*a.cols:][:a.cols], sums.RawRowView(k))
	}
	return nil
}

// sums are the products of n rows from row i on.
func (a *arithmetic) sums(i, n int) *mat.Dense {
	_, rank := a.left.Dims()
	var sums mat.Dense
	sums.Mul(a.left.Slice(i, i+n, 0, rank), a.right)
	return &sums
}

// after is row i with what was merged before, and how far each of its elements may be from that.
func (a *arithmetic) after(i int, old []float64, sums func(k int) []float64) (from, loose []float64) {
	if len(a.before) == 0 {
		return old, nil
	}
	from, loose = slices.Clone(old), make([]float64, len(old))
	for k, b := range a.before {
		row := sums(k)
		factor := b.rescale(i, from, row)
		for j, x := range from {
			want, slack := b.element(i, j, x, row[j], factor)
			from[j] = b.work.Round(want)
			loose[j] += slack + b.work.Step(want)
		}
	}
	return from, loose
}

// element is what an element of row i becomes, and what that may be off: a float32 sum of rank products by rank·2⁻²⁴ of
// the product of norms, and a unit in the last place of the change where the arithmetic rounds it.
func (a *arithmetic) element(i, j int, x, sum, factor float64) (want, slack float64) {
	change := a.finish(sum)
	_, rank := a.left.Dims()
	slack = float64(rank) * 0x1p-24 * a.leftNorms[i] * a.rightNorms[j]
	if a.product || a.change {
		slack += a.work.Ulp(change)
	}
	return factor * (x + change), factor * slack
}

// addRow adds row i: a's, that before this merge and how far it may be off (nil: not at all), b's, and the sums of products.
func (a *arithmetic) addRow(s *mergeSums, i int, old, from, loose, got, sums []float64) {
	factor := a.rescale(i, from, sums)
	for j, x := range old {
		if x-x != 0 {
			if !number.Same(x, got[j]) {
				s.off++
				s.far, s.ulps = math.Inf(1), math.Inf(1)
			}
			continue
		}
		want, slack := a.element(i, j, from[j], sums[j], factor)
		if loose != nil {
			slack += loose[j]
		}
		s.add(a, x, got[j], want, slack)
	}
}

// rescale is what DoRA multiplies row i by: the magnitude over the norm of the row with its change.
func (a *arithmetic) rescale(i int, old, sums []float64) float64 {
	if a.magnitude == nil {
		return 1
	}
	var square float64
	for j, x := range old {
		y := x + a.finish(sums[j])
		square += y * y
	}
	if square == 0 {
		return 1
	}
	return a.magnitude[i] / math.Sqrt(square)
}
