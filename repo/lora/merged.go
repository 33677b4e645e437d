package lora

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"dits/formats/number"
	"dits/repo/diff"
	"dits/tensorstore/predict"
)

const (
	// mergeSample is how many rows tell the arithmetic of a merge.
	mergeSample = 64
	// mergeBlock is about how many elements of the change are computed at a time.
	mergeBlock = 1 << 17
	// doraRoundings are how many units in the last place of the result a merge with DoRA may be off besides the last
	// rounding: norm, quotient and sum are rounded, and a norm that is summed in half precision is off by more.
	doraRoundings = 6
)

// A merge checks that b is a plus the adapter's change of one matrix: each element within half a unit in the
// last place of a + scale·B·A, plus one rounding of the change where the arithmetic rounds it. The order of
// summation within a product is not known, so that a sum may fall to the other side of a rounding.
type merge struct {
	rows, cols int
	a, b       *number.Rows
	grid       number.Grid // of b
	factorGrid number.Grid // of the factors
	left       *mat.Dense  // rows × rank
	right      *mat.Dense  // rank × cols
	leftIsB    bool
	scale      float64
	magnitude  []float64 // of DoRA, a number a row
	leftNorms  []float64 // of rows of left, times scale
	rightNorms []float64 // of columns of right
	raw        []byte
}

// newMerge reads the factors; the error says why they cannot be checked against the matrix.
func (v *loraVerifier) newMerge(c *loraChange) (*merge, error) {
	oa, err := diff.Operand(v.a, v.pair.A)
	if err != nil {
		return nil, err
	}
	ob, err := diff.Operand(v.b, v.pair.B)
	if err != nil {
		return nil, err
	}
	if len(v.diff.Shape) != 2 {
		return nil, fmt.Errorf("shape %v, want a matrix", v.diff.Shape)
	}
	m := &merge{rows: int(v.diff.Shape[0]), cols: int(v.diff.Shape[1]), scale: v.lora.scale(c.module)}
	var known bool
	if m.grid, known = number.GridOf(ob.DType); !known {
		return nil, fmt.Errorf("dtype %s: a merge can be checked in floats only", ob.DType)
	}
	ra, oka := number.NewRows(oa, v.diff.Shape)
	rb, okb := number.NewRows(ob, v.diff.Shape)
	if !oka || !okb {
		return nil, fmt.Errorf("dtypes %s and %s: a merge can be checked in floats only", oa.DType, ob.DType)
	}
	m.a, m.b = ra, rb
	return m, m.readFactors(v.lora, c)
}

// readFactors turns the factors so that left·right is the change: B·A, or Aᵀ·Bᵀ for a matrix that is stored
// transposed. leftIsB remembers which of them is B, that some orders of arithmetic scale and round first.
func (m *merge) readFactors(l *Adapter, c *loraChange) error {
	ta, tb := l.content.Layout.Tensors[c.a], l.content.Layout.Tensors[c.b]
	rank, in, out := int(ta.Shape[0]), int(ta.Shape[1]), int(tb.Shape[0])
	turned := c.embedding || l.FanInFanOut
	if !turned && (out != m.rows || in != m.cols) || turned && (in != m.rows || out != m.cols) {
		return fmt.Errorf("shape [%d %d], and the adapter's change has [%d %d] (fan_in_fan_out %v)", m.rows, m.cols, out, in, l.FanInFanOut)
	}
	va, err := valuesIn(l.content, c.a)
	if err != nil {
		return err
	}
	vb, err := valuesIn(l.content, c.b)
	if err != nil {
		return err
	}
	a, b := mat.NewDense(rank, in, va), mat.NewDense(out, rank, vb)
	m.left, m.right, m.leftIsB = b, a, true
	if turned {
		m.left, m.right, m.leftIsB = mat.DenseCopyOf(a.T()), mat.DenseCopyOf(b.T()), false
	}
	m.factorGrid, _ = number.GridOf(tb.DType) // checked by [lora.check]
	if c.magnitude >= 0 {
		if m.magnitude, err = valuesIn(l.content, c.magnitude); err != nil {
			return err
		}
		if len(m.magnitude) != m.rows {
			return fmt.Errorf("%d numbers of lora_magnitude_vector, want %d", len(m.magnitude), m.rows)
		}
	}
	m.takeNorms()
	return nil
}

func (m *merge) takeNorms() {
	rank, _ := m.right.Dims()
	m.leftNorms, m.rightNorms = make([]float64, m.rows), make([]float64, m.cols)
	for i := range m.leftNorms {
		for _, x := range m.left.RawRowView(i) {
			m.leftNorms[i] += x * x
		}
		m.leftNorms[i] = math.Sqrt(m.leftNorms[i]) * math.Abs(m.scale)
	}
	for k := range rank {
		for j, x := range m.right.RawRowView(k) {
			m.rightNorms[j] += x * x
		}
	}
	for j, x := range m.rightNorms {
		m.rightNorms[j] = math.Sqrt(x)
	}
}

// An arithmetic is a merge order with the factors as it multiplies them.
type arithmetic struct {
	*merge
	order                   predict.MergeOrder
	product, change, folded bool
	left, right             *mat.Dense
}

// in is the merge in some order.
func (m *merge) in(order predict.MergeOrder) *arithmetic {
	a := &arithmetic{merge: m, order: order, left: m.left, right: m.right}
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

func (m *merge) factorB() *mat.Dense {
	if m.leftIsB {
		return m.left
	}
	return m.right
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
		sum = a.grid.Round(sum)
	}
	if a.folded {
		return sum
	}
	sum *= a.scale
	if a.change {
		sum = a.grid.Round(sum)
	}
	return sum
}

// mergeSums is what a pass over a matrix finds.
type mergeSums struct {
	off      int64   // elements beyond the tolerance
	other    int64   // elements that are not just what the arithmetic gives
	far      float64 // the largest distance of those off
	ulps     float64 // the same in units in the last place
	expected float64 // Σ change·(rounded a+change − a)
	actual   float64 // Σ change·(b − a)
	moved    int64   // elements of b that are not a's
}

// verify checks the matrix.
func (m *merge) verify(ctx context.Context, t *Verdict) error {
	m.raw = make([]byte, int64(max(1, mergeBlock/m.cols))*max(m.a.Size, m.b.Size))
	best, err := m.bestOrder(ctx)
	if err != nil {
		return err
	}
	var s mergeSums
	step := max(1, mergeBlock/m.cols)
	for i := 0; i < m.rows; i += step {
		if err := best.add(ctx, &s, i, min(step, m.rows-i)); err != nil {
			return err
		}
	}
	s.judge(t)
	if t.OK {
		t.Order = best.String()
	}
	return nil
}

// bestOrder is the arithmetic that gives most of a sample of the rows exactly.
func (m *merge) bestOrder(ctx context.Context) (*arithmetic, error) {
	var best *arithmetic
	var least mergeSums
	n := min(mergeSample, m.rows)
	for order := range predict.MergeOrders {
		a := m.in(order)
		var s mergeSums
		for k := range n {
			if err := a.add(ctx, &s, k*m.rows/n, 1); err != nil {
				return nil, err
			}
		}
		if best == nil || s.off < least.off || s.off == least.off && s.other < least.other {
			best, least = a, s
		}
	}
	return best, nil
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
	_, rank := a.left.Dims()
	var sums mat.Dense
	sums.Mul(a.left.Slice(i, i+n, 0, rank), a.right)
	for k := range n {
		a.addRow(s, i+k, old[k*a.cols:][:a.cols], got[k*a.cols:][:a.cols], sums.RawRowView(k))
	}
	return nil
}

// addRow adds row i: a's, b's, and the sums of products. slack is what the change may be off: a float32 sum of rank
// products by rank·2⁻²⁴ of the product of norms, and a unit in its last place where the arithmetic rounds it.
func (a *arithmetic) addRow(s *mergeSums, i int, old, got, sums []float64) {
	factor := a.rescale(i, old, sums)
	_, rank := a.left.Dims()
	for j, x := range old {
		if x-x != 0 {
			if !number.Same(x, got[j]) {
				s.off++
				s.far, s.ulps = math.Inf(1), math.Inf(1)
			}
			continue
		}
		change := a.finish(sums[j])
		want := factor * (x + change)
		slack := float64(rank) * 0x1p-24 * a.leftNorms[i] * a.rightNorms[j]
		if a.product || a.change {
			slack += a.grid.Ulp(change)
		}
		s.add(a.grid, x, got[j], want, factor*slack, len(a.magnitude) > 0)
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

// add adds an element: what it was, is, and is wanted to be within slack and half a unit in the last place.
func (s *mergeSums) add(g number.Grid, old, got, want, slack float64, dora bool) {
	unit := max(g.Step(want), g.Ulp(got))
	tolerance := unit/2 + slack + math.Abs(want)*0x1p-24
	if dora {
		tolerance += doraRoundings * unit
	}
	rounded := g.Round(want)
	if got != rounded {
		s.other++
	}
	if got != old {
		s.moved++
	}
	if far := math.Abs(got - want); !(far <= tolerance) {
		s.off++
		s.far, s.ulps = max(s.far, far), max(s.ulps, far/unit)
	}
	change := want - old
	s.expected += change * (rounded - old)
	s.actual += change * (got - old)
}

// judge says what the sums mean.
func (s *mergeSums) judge(t *Verdict) {
	t.Off, t.MaxOff, t.MaxUlps = s.off, number.Number(s.far), number.Number(s.ulps)
	scale := s.actual / s.expected
	t.Scale = number.Number(scale)
	lost := s.expected == 0 // in rounding, or the factors are 0
	right := math.Abs(scale-1) <= scaleTolerance || lost && s.moved == 0
	switch {
	case right && s.off == 0:
		t.OK = true
	case s.moved == 0:
		t.Problem = "not merged: nothing changed"
	case math.Abs(scale-2) <= 2*scaleTolerance:
		t.Problem = fmt.Sprintf("merged twice: scale %.3f of the adapter's", scale)
	case !right:
		t.Problem = fmt.Sprintf("scale %.3f of the adapter's, want 1 within %g%%", scale, 100*scaleTolerance)
	}
	if s.off == 0 {
		return
	}
	far := fmt.Sprintf("%d of %d weights are off, by %s at most (%.1f units in the last place)", s.off, t.Elements, shortNumber(s.far), s.ulps)
	if t.Problem != "" {
		far = t.Problem + "; " + far
	}
	t.Problem = far
}
