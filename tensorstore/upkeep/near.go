package upkeep

import (
	"cmp"
	"context"
	"math"
	"slices"

	"dits/tensorstore/codec"
	"dits/tensorstore/predict"
)

const (
	nearest     = 6    // members that each of a large family is tried against, and roots of it
	outlineLen  = 1024 // numbers that tell how far members of a large family are from each other
	outlineRows = 256  // rows that are added up: converters reorder rows only within an attention head
)

// near is which others each member is tried against. A large family pays with its square
// for no more than a distance of samples.
func (f *family) near(ctx context.Context) ([][]int, error) {
	n := len(f.members)
	near := make([][]int, n)
	if n <= wholeFamily {
		for i := range near {
			for j := range n {
				if i != j {
					near[i] = append(near[i], j)
				}
			}
		}
		return near, nil
	}
	outlines, err := f.outlines(ctx)
	if err != nil {
		return nil, err
	}
	hubs := central(outlines)
	for i := range near {
		near[i] = union(closest(outlines, i), hubs)
		near[i] = slices.DeleteFunc(near[i], func(j int) bool { return i == j })
	}
	return near, nil
}

// roots are the members that may be the first of their family: those that most others
// have as an option.
func (f *family) roots() []int {
	count := make([]int, len(f.members))
	for _, options := range f.forest.options {
		for _, o := range options {
			for _, s := range o.sources {
				count[s]++
			}
		}
	}
	roots := make([]int, len(f.members))
	for i := range roots {
		roots[i] = i
	}
	slices.SortStableFunc(roots, func(a, b int) int { return count[b] - count[a] })
	return roots[:min(len(roots), wholeFamily)]
}

// outlines are some numbers of each member, from the same places, whatever type they have; nil for one that
// cannot be read or has no numbers.
func (f *family) outlines(ctx context.Context) ([][]float32, error) {
	all := make([][]float32, len(f.members))
	for i, m := range f.members {
		if err := ctx.Err(); err != nil {
			return nil, context.Cause(ctx)
		}
		all[i] = f.outline(m)
	}
	return all, nil
}

func (f *family) outline(m *member) []float32 {
	e := m.Known.Elem()
	blob, err := f.r.flat.Reopen(m.Blob)
	if err != nil {
		return nil
	}
	if columns := m.Known.Width(m.size) * predict.ValuesOf(e); columns > 0 && predict.Readable(e) {
		rows := m.size / int64(e.Size()) * predict.ValuesOf(e) / columns
		return sumOfRows(rows, func(i int64) ([]float32, error) {
			return predict.ReadValues(blob, e, i*columns, int(columns))
		})
	}
	if _, blocks := e.Block(); blocks || e == codec.Bytes {
		e = codec.I8
	}
	n := min(outlineLen, m.size/int64(e.Size()))
	b, zero := make([]byte, n*int64(e.Size())), make([]byte, n*int64(e.Size()))
	at := m.size / int64(e.Size()) / 2
	if got, _ := blob.ReadAt(b, min(at, m.size/int64(e.Size())-n)*int64(e.Size())); got < len(b) {
		return nil
	}
	out := make([]float32, n)
	predict.Subtract(out, b, zero, e)
	return out
}

// sumOfRows adds up the first rows of a matrix with that many, nil if they cannot be read.
func sumOfRows(rows int64, read func(i int64) ([]float32, error)) []float32 {
	var sums []float32
	for i := range min(rows, outlineRows) {
		row, err := read(i)
		if err != nil {
			return nil
		}
		if sums == nil {
			sums = make([]float32, min(len(row), outlineLen))
		}
		for j := range sums {
			sums[j] += row[j]
		}
	}
	return sums
}

// distance is the sum of absolute differences, infinite where there is nothing to compare.
func distance(a, b []float32) float64 {
	if len(a) == 0 || len(a) != len(b) {
		return math.Inf(1)
	}
	var sum float64
	for i := range a {
		sum += math.Abs(float64(a[i]) - float64(b[i]))
	}
	if math.IsNaN(sum) {
		return math.Inf(1)
	}
	return sum
}

// closest are the members nearest to i.
func closest(outlines [][]float32, i int) []int {
	d := make([]float64, len(outlines))
	for j := range d {
		d[j] = distance(outlines[i], outlines[j])
	}
	d[i] = math.Inf(1)
	return smallest(d)
}

// central are the members nearest to all others, of a sample of them.
func central(outlines [][]float32) []int {
	d := make([]float64, len(outlines))
	step := 1 + len(outlines)/64
	for i := range d {
		for j := 0; j < len(outlines); j += step {
			if x := distance(outlines[i], outlines[j]); !math.IsInf(x, 1) {
				d[i] += x
			} else {
				d[i] += math.MaxFloat32
			}
		}
	}
	return smallest(d)
}

// smallest are the places of the smallest few numbers.
func smallest(d []float64) []int {
	order := make([]int, len(d))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(d[a], d[b]) })
	order = order[:min(len(order), nearest)]
	slices.Sort(order)
	return order
}
