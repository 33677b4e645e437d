package explore

import (
	"context"
	"math"
	"slices"

	"dits/formats/number"
	"dits/repo/diff"
)

const (
	// bins is how many bins a histogram has.
	bins = 64
	// runs is how many runs of rows or of columns a profile has.
	runs = 64
	// sampledBlocks and sampledValues are how many blocks, and of each how many values, tell the limits of a histogram.
	sampledBlocks, sampledValues = 16, 1 << 16
	// inside is the share of values that the limits of a histogram are to hold.
	inside = 0.999
)

// A look is what one reading of a tensor finds out.
type look struct {
	rows, cols            int64
	before, after, change *Spread // nil where there are no values
	byRow, byColumn       []RunChange
	runOfColumn           []int
}

// newLook takes the limits of histograms from a sample.
func newLook(ctx context.Context, v *diff.Values) (*look, error) {
	l := &look{rows: v.Rows, cols: v.Cols}
	hasA, hasB := v.Has()
	weights, sizes, err := sample(ctx, v)
	if err != nil {
		return nil, err
	}
	low, high := limitsOf(weights) // one scale for both, to be set against each other
	if hasA {
		l.before = newSpread(low, high)
	}
	if hasB {
		l.after = newSpread(low, high)
	}
	if hasA && hasB {
		_, most := limitsOf(sizes)
		l.change = newSpread(-most, most)
		l.byRow, l.byColumn = make([]RunChange, min(runs, v.Rows)), make([]RunChange, min(runs, v.Cols))
		l.runOfColumn = make([]int, v.Cols)
		for j := range l.runOfColumn {
			l.runOfColumn[j] = int(int64(j) * int64(len(l.byColumn)) / v.Cols)
		}
	}
	return l, nil
}

// sample is some values of both sides, and how large their changes are, but for none.
func sample(ctx context.Context, v *diff.Values) (weights, sizes []float64, err error) {
	every := max(1, v.Blocks()/sampledBlocks)
	err = v.Each(ctx, every, func(_ int64, a, b []float64) {
		n := max(len(a), len(b))
		for i := 0; i < n; i += max(1, n/sampledValues) {
			if a != nil {
				weights = append(weights, a[i])
			}
			if b != nil {
				weights = append(weights, b[i])
			}
			if a != nil && b != nil && a[i] != b[i] {
				sizes = append(sizes, math.Abs(b[i]-a[i]))
			}
		}
	})
	return weights, sizes, err
}

// limitsOf are what nearly all values are between, with some room; never the same.
func limitsOf(values []float64) (low, high float64) {
	values = slices.DeleteFunc(values, func(x float64) bool { return x-x != 0 })
	if len(values) == 0 {
		return -1, 1
	}
	slices.Sort(values)
	cut := int((1 - inside) / 2 * float64(len(values)))
	low, high = values[cut], values[len(values)-1-cut]
	room := (high - low) / bins
	if room == 0 {
		room = max(math.Abs(low)/2, math.SmallestNonzeroFloat32)
	}
	return low - room, high + room
}

// add takes a block of rows, from the one with that number on.
func (l *look) add(row int64, a, b []float64) {
	for _, x := range a {
		l.before.add(x)
	}
	for _, x := range b {
		l.after.add(x)
	}
	if l.change == nil {
		return
	}
	for k := 0; k < len(a); k += int(l.cols) {
		run := &l.byRow[(row+int64(k)/l.cols)*int64(len(l.byRow))/l.rows]
		l.addRow(run, a[k:][:l.cols], b[k:][:l.cols])
	}
}

// addRow takes the change of a row. What is not finite on a side did not change, as of ranks.
func (l *look) addRow(run *RunChange, a, b []float64) {
	for j, x := range a {
		y := b[j]
		d := y - x
		if d-d != 0 {
			if x != y && (x == x || y == y) {
				l.change.NotANum++
			}
			continue
		}
		l.change.add(d)
		run.add(x, d)
		l.byColumn[l.runOfColumn[j]].add(x, d)
	}
}

func (r *RunChange) add(x, d float64) {
	r.Count++
	r.base += x * x
	if d != 0 {
		r.Changed++
		r.Norm += d * d
	}
}

// fill puts what was found into a page.
func (l *look) fill(page *TensorClose) {
	page.Before, page.After, page.Change = l.before.done(), l.after.done(), l.change.done()
	for _, list := range [][]RunChange{l.byRow, l.byColumn} {
		for i := range list {
			r := &list[i]
			r.Rel, r.Norm = number.Number(number.Relative(r.Norm, r.base)), math.Sqrt(r.Norm)
		}
	}
	page.ByRow, page.ByColumn = l.byRow, l.byColumn
}

func newSpread(low, high float64) *Spread {
	return &Spread{Low: low, High: high, Bins: make([]int64, bins), Min: number.Number(math.Inf(1)), Max: number.Number(math.Inf(-1))}
}

// add counts a value.
func (s *Spread) add(x float64) {
	if x-x != 0 {
		s.NotANum++
		return
	}
	s.Count++
	s.sum += x
	s.sqs += x * x
	s.Min, s.Max = min(s.Min, number.Number(x)), max(s.Max, number.Number(x))
	switch {
	case x == 0:
		s.Zeros++
	case x < s.Low:
		s.Under++
	case x > s.High:
		s.Over++
	default:
		s.Bins[min(bins-1, int((x-s.Low)/(s.High-s.Low)*bins))]++
	}
}

// done is s with the figures that follow from its sums; nil for nil.
func (s *Spread) done() *Spread {
	if s == nil {
		return nil
	}
	n := float64(s.Count)
	mean := s.sum / n
	s.Norm, s.Mean = number.Number(math.Sqrt(s.sqs)), number.Number(mean)
	s.Std = number.Number(math.Sqrt(max(0, s.sqs/n-mean*mean)))
	return s
}
