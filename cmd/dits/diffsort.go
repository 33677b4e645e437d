package main

import (
	"cmp"
	"math"
	"slices"

	"dits/repo/diff"
)

// sortFigures are what --sort knows, in the order of the help.
var sortFigures = []struct {
	name   string
	figure func(*diff.TensorDiff) float64
}{
	{"changed", func(t *diff.TensorDiff) float64 { return float64(t.Changed) / float64(t.Elements) }},
	{"rel-l2", func(t *diff.TensorDiff) float64 { return float64(t.RelL2) }},
	{"max-abs", func(t *diff.TensorDiff) float64 { return float64(t.MaxAbs) }},
	{"angle", func(t *diff.TensorDiff) float64 { return -float64(t.Cosine) }},
	{"rank", rankOf},
}

// sortNames are the values of --sort.
func sortNames() []string {
	var names []string
	for _, f := range sortFigures {
		names = append(names, f.name)
	}
	return append(names, "name")
}

// rankOf is NaN where no rank was found.
func rankOf(t *diff.TensorDiff) float64 {
	if t.Rank == nil {
		return math.NaN()
	}
	return float64(*t.Rank)
}

// sortTensors orders the tensors of each file, what has no figure last; "" leaves them as they are.
func sortTensors(d *diff.Diff, by string) {
	for i := range d.Files {
		slices.SortStableFunc(d.Files[i].Tensors, func(x, y diff.TensorDiff) int { return compareTensors(&x, &y, by) })
	}
}

func compareTensors(x, y *diff.TensorDiff, by string) int {
	if by == "name" {
		return cmp.Compare(x.Name, y.Name)
	}
	for _, f := range sortFigures {
		if f.name == by { // NaN is less than any number
			return cmp.Compare(f.figure(y), f.figure(x))
		}
	}
	return 0
}
