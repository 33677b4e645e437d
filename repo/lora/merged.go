package lora

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"dits/formats"
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

// A step is what one adapter does to a matrix.
type step struct {
	lora   *Adapter
	change *loraChange
}

// A merge checks that b is a plus an adapter's change of one matrix, after those of the adapters before it: each element within half a unit in the
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
	stated     float64   // ‖ΔW − B·A‖ / ‖ΔW‖ by the adapter itself, 0 where it is meant to be exact
	raw        []byte

	dtypeA, dtypeB formats.DType
	before         []*merge // those that were merged before, with factors and scales only
}

// newMerge reads the factors; the error says why they cannot be checked against the matrix.
func (v *loraVerifier) newMerge(steps []step) (*merge, error) {
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
	grid, known := number.GridOf(ob.DType)
	if !known {
		return nil, fmt.Errorf("dtype %s: a merge can be checked in floats only", ob.DType)
	}
	ra, oka := number.NewRows(oa, v.diff.Shape)
	rb, okb := number.NewRows(ob, v.diff.Shape)
	if !oka || !okb {
		return nil, fmt.Errorf("dtypes %s and %s: a merge can be checked in floats only", oa.DType, ob.DType)
	}
	var all []*merge
	for _, s := range steps {
		m := &merge{rows: int(v.diff.Shape[0]), cols: int(v.diff.Shape[1]), grid: grid, scale: v.times * s.lora.scale(s.change.module)}
		m.stated = s.lora.stated[s.change.module]
		if err := m.readFactors(s.lora, s.change); err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	m := all[len(all)-1]
	m.a, m.b, m.dtypeA, m.dtypeB, m.before = ra, rb, oa.DType, ob.DType, all[:len(all)-1]
	return m, nil
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

func (m *merge) factorB() *mat.Dense {
	if m.leftIsB {
		return m.left
	}
	return m.right
}

// verify checks the matrix.
func (m *merge) verify(ctx context.Context, t *Verdict) error {
	m.raw = make([]byte, int64(max(1, mergeBlock/m.cols))*max(m.a.Size, m.b.Size))
	best, err := m.bestOrder(ctx)
	if err != nil {
		return err
	}
	if err := best.verify(ctx, t); err != nil || t.OK || m.stated == 0 {
		return err
	}
	return m.in(0, "").verify(ctx, t) // what states its own error was found without rounding
}

// bestOrder is the arithmetic that gives most of a sample of the rows exactly: in b's dtype, or else in one that was cast to
// it, if only such a one does.
func (m *merge) bestOrder(ctx context.Context) (*arithmetic, error) {
	best, least, err := m.bestIn(ctx, "")
	if err != nil || least.off == 0 {
		return best, err
	}
	for _, via := range []formats.DType{m.dtypeA, "BF16", "F16"} {
		if _, ok := number.GridOf(via); !ok || via == m.dtypeB {
			continue
		}
		other, s, err := m.bestIn(ctx, via)
		if err != nil {
			return nil, err
		}
		if s.off < least.off {
			best, least = other, s
		}
	}
	return best, nil
}

// bestIn is bestOrder for one dtype that it was computed in.
func (m *merge) bestIn(ctx context.Context, via formats.DType) (best *arithmetic, least mergeSums, err error) {
	n := min(mergeSample, m.rows)
	for order := range predict.MergeOrders {
		a := m.in(order, via)
		var s mergeSums
		for k := range n {
			if err := a.add(ctx, &s, k*m.rows/n, 1); err != nil {
				return nil, s, err
			}
		}
		if best == nil || s.off < least.off || s.off == least.off && s.other < least.other {
			best, least = a, s
		}
	}
	return best, least, nil
}
