package repo

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// A LayerDiff is one cell of the table layer × module: how far the tensors of one
// role changed, taken together.
type LayerDiff struct {
	Layer    *int   `json:"layer"`  // null outside of layers
	Module   string `json:"module"` // with the stack before it where a model has several
	Changed  int64  `json:"changed"`
	Elements int64  `json:"elements"`
	RelL2    Number `json:"rel_l2"` // √Σ‖ΔW‖² / √Σ‖W‖²; null when a tensor of the cell has none
}

// A cell pools the tensors of one role.
type cell struct {
	Role
	changed, elements int64
	dd, aa            float64
}

// Layers rolls tensors up into cells, in order of stack, layer and module (in the
// order in which a layer computes them), what is outside of layers last. Tensors
// that only one side has are in no cell. The norm of an identical tensor is not
// known, because it is not read: a cell with changed and identical tensors pools
// the changed ones.
func Layers(tensors []TensorDiff) []LayerDiff {
	cells := make(map[Role]*cell)
	stacks := make(map[string]bool)
	for _, t := range tensors {
		if t.Status == TensorAdded || t.Status == TensorRemoved {
			continue
		}
		role := RoleOf(t.Name)
		if role.Layer >= 0 {
			stacks[role.Stack] = true
		}
		c := cells[role]
		if c == nil {
			c = &cell{Role: role}
			cells[role] = c
		}
		c.add(t)
	}
	list := make([]*cell, 0, len(cells))
	for _, c := range cells {
		list = append(list, c)
	}
	slices.SortFunc(list, compareCells)
	rows, names := make([]LayerDiff, len(list)), stackNames(stacks)
	for i, c := range list {
		rows[i] = c.row(names)
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

func (c *cell) row(stacks map[string]string) LayerDiff {
	row := LayerDiff{Module: c.Module, Changed: c.changed, Elements: c.elements, RelL2: Number(relative(c.dd, c.aa))}
	if math.IsNaN(c.aa) {
		row.RelL2 = Number(math.NaN())
	}
	if c.Layer >= 0 {
		row.Layer = &c.Layer
		row.Module = stacks[c.Stack] + c.Module
	}
	return row
}

// stackNames are what goes before a module's name: nothing when there is one
// stack, else what is left of its path without what all have in common.
func stackNames(stacks map[string]bool) map[string]string {
	var paths []string
	for s := range stacks {
		paths = append(paths, s)
	}
	names := make(map[string]string, len(paths))
	if len(paths) < 2 {
		return names
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
		names[s] = strings.Join(parts[min(head, end):end], ".") + "."
	}
	return names
}

// at is parts[i], "" outside.
func at(parts []string, i int) string {
	if i < 0 || i >= len(parts) {
		return ""
	}
	return parts[i]
}

// moduleOrder is the order of columns; others follow by name.
var moduleOrder = []string{"q_proj", "k_proj", "v_proj", "qkv", "o_proj", "gate", "up", "gate_up", "down",
	"router", "experts.gate", "experts.up", "experts.gate_up", "experts.down", "shared.gate", "shared.up", "shared.down", "norms"}

func compareCells(a, b *cell) int {
	return cmp.Or(
		compareBools(a.Layer < 0, b.Layer < 0),
		cmp.Compare(a.Stack, b.Stack),
		cmp.Compare(a.Layer, b.Layer),
		cmp.Compare(moduleRank(a.Module), moduleRank(b.Module)),
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

func moduleRank(m string) int {
	if i := slices.Index(moduleOrder, m); i >= 0 {
		return i
	}
	return len(moduleOrder)
}
