package repo

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"dits/formats/names"
	"dits/formats/number"
)

// A LayerDiff is one cell of the table layer × module: how far the tensors of one
// role changed, taken together.
type LayerDiff struct {
	Layer    *int   `json:"layer"`  // null outside of layers
	Module   string `json:"module"` // with the stack before it where a model has several, unless it is [names.Main]
	Changed  int64  `json:"changed"`
	Elements int64  `json:"elements"`
	RelL2    Number `json:"rel_l2"` // √Σ‖ΔW‖² / √Σ‖W‖²; null when a tensor of the cell has none
}

// A cell pools the tensors of one place.
type cell struct {
	names.Place
	changed, elements int64
	dd, aa            float64
}

// Layers rolls tensors up into cells, in order of stack, layer and module (in the
// order in which a layer computes them), what is outside of layers last. Tensors
// that only one side has are in no cell. The norm of an identical tensor is not
// known, because it is not read: a cell with changed and identical tensors pools
// the changed ones.
func Layers(tensors []TensorDiff) []LayerDiff {
	cells := make(map[names.Place]*cell)
	stacks := make(map[string]bool)
	for _, t := range tensors {
		if t.Status == TensorAdded || t.Status == TensorRemoved {
			continue
		}
		place := names.PlaceOf(t.Name)
		if place.Layer >= 0 {
			stacks[place.Stack] = true
		}
		c := cells[place]
		if c == nil {
			c = &cell{Place: place}
			cells[place] = c
		}
		c.add(t)
	}
	list := make([]*cell, 0, len(cells))
	for _, c := range cells {
		list = append(list, c)
	}
	slices.SortFunc(list, compareCells)
	rows, prefixes := make([]LayerDiff, len(list)), stackPrefixes(stacks)
	for i, c := range list {
		rows[i] = c.row(prefixes)
	}
	return rows
}

func (c *cell) add(t TensorDiff) {
	c.elements += t.Elements
	c.changed += t.Changed
	if t.Changed > 0 {
		c.dd += t.diffSq
		c.aa += t.baseSq
	}
}

func (c *cell) row(prefixes map[string]string) LayerDiff {
	row := LayerDiff{Module: c.Module, Changed: c.changed, Elements: c.elements, RelL2: Number(number.Relative(c.dd, c.aa))}
	if math.IsNaN(c.aa) {
		row.RelL2 = Number(math.NaN())
	}
	if c.Layer >= 0 {
		row.Layer = &c.Layer
		row.Module = prefixes[c.Stack] + c.Module
	}
	return row
}

// stackPrefixes are what goes before a module's name: nothing in the main stack and where there is only
// one, else what is left of the stack's path without what all have in common.
func stackPrefixes(stacks map[string]bool) map[string]string {
	var paths []string
	for s := range stacks {
		paths = append(paths, s)
	}
	prefixes := make(map[string]string, len(paths))
	if len(paths) < 2 {
		return prefixes
	}
	common := func(part func(p []string, i int) string) int {
		for i := 0; ; i++ {
			first := part(strings.Split(paths[0], "."), i)
			for _, p := range paths {
				if got := part(strings.Split(p, "."), i); got == "" || got != first {
					return i
				}
			}
		}
	}
	head := common(func(p []string, i int) string { return at(p, i) })
	tail := common(func(p []string, i int) string { return at(p, len(p)-1-i) })
	for _, s := range paths {
		parts := strings.Split(s, ".")
		end := max(len(parts)-tail, min(head+1, len(parts)))
		prefixes[s] = strings.Join(parts[min(head, end):end], ".") + "."
	}
	delete(prefixes, names.Main)
	return prefixes
}

// at is parts[i], "" outside.
func at(parts []string, i int) string {
	if i < 0 || i >= len(parts) {
		return ""
	}
	return parts[i]
}

func compareCells(a, b *cell) int {
	return cmp.Or(
		compareBools(a.Layer < 0, b.Layer < 0),
		cmp.Compare(a.Stack, b.Stack),
		cmp.Compare(a.Layer, b.Layer),
		cmp.Compare(names.ModuleRank(a.Module), names.ModuleRank(b.Module)),
		cmp.Compare(a.Module, b.Module),
	)
}

func compareBools(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}
