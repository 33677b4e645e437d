package diff

import (
	"math"
	"slices"
	"strings"

	"dits/formats/names"
	"dits/formats/number"
)

// A LayerDiff is one cell of the table layer × module: how far the tensors of one
// role changed, taken together.
type LayerDiff struct {
	Layer    *int          `json:"layer"`           // null outside of layers
	Module   string        `json:"module"`          // with the stack before it where a model has several, unless it is [names.Main]
	Stack    string        `json:"stack,omitempty"` // what is before it
	Changed  int64         `json:"changed"`
	Elements int64         `json:"elements"`
	RelL2    number.Number `json:"rel_l2"` // √Σ‖ΔW‖² / √Σ‖W‖²; null when a tensor of the cell has none
	Of       []int         `json:"-"`      // the tensors, by their index
}

// A cell pools the tensors of one place.
type cell struct {
	names.Place
	changed, elements int64
	dd, aa            float64
	of                []int
}

// LayersOf rolls tensors up into cells, in order of stack, layer and module (in the
// order in which a layer computes them), what is outside of layers last. Tensors
// that only one side has are in no cell. The norm of an identical tensor is not
// known, because it is not read: a cell with changed and identical tensors pools
// the changed ones.
func LayersOf(tensors []TensorDiff) []LayerDiff {
	return cellsOf(tensors, func(t TensorDiff) bool { return !t.IsOneSided() })
}

// OneSidedLayers are the cells of the tensors with that status, which only one side has: in stacks of which both sides
// have some, with the names that [LayersOf] gives them.
func OneSidedLayers(tensors []TensorDiff, status string) []LayerDiff {
	return cellsOf(tensors, func(t TensorDiff) bool { return t.Status == status })
}

// IsOneSided says that only one side has the tensor.
func (d TensorDiff) IsOneSided() bool { return d.Status == TensorAdded || d.Status == TensorRemoved }

// cellsOf are the cells of some tensors. They are called as those of the tensors that both sides have.
func cellsOf(tensors []TensorDiff, fits func(TensorDiff) bool) []LayerDiff {
	cells := make(map[names.Place]*cell)
	stacks := make(map[string]bool)
	for i, t := range tensors {
		place := names.PlaceOf(t.Name)
		if place.Layer >= 0 && !t.IsOneSided() {
			stacks[place.Stack] = true
		}
		if !fits(t) {
			continue
		}
		c := cells[place]
		if c == nil {
			c = &cell{Place: place}
			cells[place] = c
		}
		c.add(t)
		c.of = append(c.of, i)
	}
	list := make([]*cell, 0, len(cells))
	for _, c := range cells {
		if c.Layer < 0 || stacks[c.Stack] {
			list = append(list, c)
		}
	}
	slices.SortFunc(list, func(a, b *cell) int { return a.Compare(b.Place) })
	rows, prefixes := make([]LayerDiff, len(list)), names.StackPrefixes(stacks)
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
	row := LayerDiff{Module: c.Module, Changed: c.changed, Elements: c.elements, Of: c.of}
	row.RelL2 = number.Number(number.Relative(c.dd, c.aa))
	if math.IsNaN(c.aa) {
		row.RelL2 = number.Number(math.NaN())
	}
	if c.Layer >= 0 {
		row.Layer = &c.Layer
		row.Module = prefixes[c.Stack] + c.Module
		row.Stack = strings.TrimSuffix(prefixes[c.Stack], ".")
	}
	return row
}
