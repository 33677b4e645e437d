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
	row                   []float64 // the change of a part of one
	columnRuns            []int     // first column of each run, and the end of the last
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
		l.columnRuns = runsOf(int(v.Cols), len(l.byColumn))
	}
	return l, nil
}

// runsOf cuts n columns into runs: the first column of each, and n.
func runsOf(n, runs int) []int {
	starts := make([]int, runs+1)
	for i := range starts {
		starts[i] = i * n / runs
	}
	return starts
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

// farthest is how far from 0 limits may be, so that there is a number for how far they are apart.
const farthest = math.MaxFloat64 / 2

// limitsOf are what nearly all values are between, with some room; never the same. Values beyond [farthest] are out of them.
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
	return min(max(low-room, -farthest), farthest/2), max(min(high+room, farthest), -farthest/2)
}

// add takes a block of rows, from the one with that number on.
func (l *look) add(row int64, a, b []float64) {
	if a != nil {
		l.before.add(a)
	}
	if b != nil {
		l.after.add(b)
	}
	if l.change == nil {
		return
	}
	for k := 0; k < len(a); k += int(l.cols) {
		run := &l.byRow[(row+int64(k)/l.cols)*int64(len(l.byRow))/l.rows]
		for i, from := range l.columnRuns[:len(l.byColumn)] {
			to := l.columnRuns[i+1]
			part := l.addRun(a[k+from:k+to], b[k+from:k+to])
			run.add(part)
			l.byColumn[i].add(part)
		}
	}
}

// addRun takes the change of a part of a row. What is not finite on a side is no number of the change.
func (l *look) addRun(a, b []float64) (r RunChange) {
	b = b[:len(a)]
	l.row = slices.Grow(l.row[:0], len(a))[:len(a)]
	for j, x := range a {
		d := b[j] - x
		l.row[j] = d
		if d-d != 0 {
			continue
		}
		r.Count++
		r.base += x * x
		r.Norm += number.Number(d * d)
		if d != 0 {
			r.Changed++
		}
	}
	l.change.add(l.row)
	return r
}

// add adds up runs; norms are squares until [look.fill].
func (r *RunChange) add(o RunChange) {
	r.Count += o.Count
	r.Changed += o.Changed
	r.Norm += o.Norm
	r.base += o.base
}

// fill puts what was found into a page.
func (l *look) fill(page *TensorClose) {
	page.Before, page.After, page.Change = l.before.done(), l.after.done(), l.change.done()
	for _, list := range [][]RunChange{l.byRow, l.byColumn} {
		for i := range list {
			r := &list[i]
			squares := float64(r.Norm)
			r.Rel, r.Norm = number.Number(number.Relative(squares, r.base)), number.Number(math.Sqrt(squares))
		}
	}
	page.ByRow, page.ByColumn = l.byRow, l.byColumn
}

func newSpread(low, high float64) *Spread {
	s := &Spread{Low: number.Number(low), High: number.Number(high), scale: bins / (high - low), Bins: make([]int64, bins)}
	s.least, s.most = math.Inf(1), math.Inf(-1)
	return s
}

// add counts values.
func (s *Spread) add(values []float64) {
	sum, squares, least, most := 0.0, 0.0, s.least, s.most
	low, high, scale, counts := float64(s.Low), float64(s.High), s.scale, (*[bins]int64)(s.Bins)
	for _, x := range values {
		if x-x != 0 {
			s.NotANum++
			continue
		}
		sum += x
		squares += x * x
		if x < least { // min and max of Go take the most time here
			least = x
		}
		if x > most {
			most = x
		}
		switch {
		case x == 0:
			s.Zeros++
		case x < low:
			s.Under++
		case x > high:
			s.Over++
		default:
			counts[min(bins-1, uint((x-low)*scale))]++
		}
	}
	s.sum, s.sqs, s.least, s.most = s.sum+sum, s.sqs+squares, least, most
}

// done is s with the figures that follow from its sums; nil for nil.
func (s *Spread) done() *Spread {
	if s == nil {
		return nil
	}
	for _, n := range append([]int64{s.Zeros, s.Under, s.Over}, s.Bins...) {
		s.Count += n
	}
	n := float64(s.Count)
	mean := s.sum / n
	s.Min, s.Max = number.Number(s.least), number.Number(s.most)
	s.Norm, s.Mean = number.Number(math.Sqrt(s.sqs)), number.Number(mean)
	s.Std = number.Number(math.Sqrt(max(0, s.sqs/n-mean*mean)))
	return s
}
