package main

import (
	"fmt"
	"slices"
	"strings"

	"dits/repo/history"
	"dits/tensorstore/digest"
)

// A blamedRun is layers that follow each other and were changed last by the same commits.
type blamedRun struct {
	stack       string
	first, last int // -1: what is in no layer
	parts       []blamedPart
}

// A blamedPart is the modules that a commit changed last.
type blamedPart struct {
	commit digest.ID
	what   string
}

// printBlamedLayers prints a line for each commit of each run of layers.
func printBlamedLayers(s *screen, b *history.Blame) error {
	const label, date, what = 0, 2, 3
	t := &table{width: s.width, spare: []int{date}, give: []int{what, label}, ends: map[int]bool{what: true}}
	by := blamedBy(s.palette, b)
	for _, run := range foldBlamedStacks(foldBlamed(b.Layers)) {
		label := run.label()
		for _, part := range run.parts {
			c := by[part.commit]
			t.row(label, c[0], c[1], visible(part.what), c[2])
			label = ""
		}
	}
	return t.write(s)
}

// foldBlamedStacks makes one run of those of stacks that say the same.
func foldBlamedStacks(runs []*blamedRun) []*blamedRun {
	return foldStacks(runs, func(r *blamedRun) string { return r.stack },
		func(r *blamedRun) string { return fmt.Sprint(r.first, r.last, r.parts) },
		func(of []*blamedRun, name string) *blamedRun {
			return &blamedRun{stack: name, first: of[0].first, last: of[0].last, parts: of[0].parts}
		})
}

// foldBlamed makes a run of layers that say the same.
func foldBlamed(layers []history.BlamedLayer) (runs []*blamedRun) {
	for len(layers) > 0 {
		n := 1
		for n < len(layers) && sameLayer(layers[0], layers[n]) {
			n++
		}
		run := newBlamedRun(layers[:n])
		if k := len(runs) - 1; k >= 0 && runs[k].goesOn(run) {
			runs[k].last = run.last
		} else {
			runs = append(runs, run)
		}
		layers = layers[n:]
	}
	return runs
}

func sameLayer(a, b history.BlamedLayer) bool {
	if a.Layer == nil || b.Layer == nil {
		return a.Layer == b.Layer
	}
	return a.Stack == b.Stack && *a.Layer == *b.Layer
}

// newBlamedRun is one layer.
func newBlamedRun(entries []history.BlamedLayer) *blamedRun {
	run := &blamedRun{stack: entries[0].Stack, first: -1, last: -1}
	if entries[0].Layer != nil {
		run.first, run.last = *entries[0].Layer, *entries[0].Layer
	}
	var all []string
	for _, e := range entries {
		for _, m := range e.Modules {
			all = withName(all, m)
		}
	}
	for _, e := range entries {
		run.parts = append(run.parts, blamedPart{e.Commit, modulesText(e, all)})
	}
	return run
}

// mostLeftOut is how many modules "all but" names.
const mostLeftOut = 2

// modulesText is "all", "all but norms", or the modules of an entry, of all that its layer has.
func modulesText(e history.BlamedLayer, all []string) string {
	left := slices.DeleteFunc(slices.Clone(all), func(m string) bool { return slices.Contains(e.Modules, m) })
	switch {
	case e.Layer == nil:
	case e.Whole:
		return "all"
	case 0 < len(left) && len(left) <= mostLeftOut && len(left) < len(e.Modules):
		return "all but " + strings.Join(left, ", ")
	}
	return strings.Join(e.Modules, ", ")
}

// goesOn says that another run says the same of the layers after it.
func (r *blamedRun) goesOn(next *blamedRun) bool {
	return r.first >= 0 && r.stack == next.stack && next.first == r.last+1 && slices.Equal(r.parts, next.parts)
}

// label is "layers 0–39" or "layer 3", with its stack, or "others".
func (r *blamedRun) label() string {
	stack := strings.TrimSuffix(r.stack, ".")
	if stack != "" {
		stack += " "
	}
	switch {
	case r.first < 0:
		return "others"
	case r.first == r.last:
		return fmt.Sprintf("%slayer %d", stack, r.first)
	}
	return fmt.Sprintf("%slayers %d–%d", stack, r.first, r.last)
}
