package history

import (
	"cmp"
	"slices"

	"dits/formats/names"
	"dits/tensorstore/digest"
)

// A BlamedLayer is the tensors of one layer that one commit changed last.
type BlamedLayer struct {
	Layer   *int      `json:"layer"` // null outside of layers
	Stack   string    `json:"stack"` // which stack of layers, "" for the main one and where there is only one
	Commit  digest.ID `json:"commit"`
	Tensors int       `json:"tensors"`
	Modules []string  `json:"modules"` // their modules, each once
	Whole   bool      `json:"whole"`   // these are all tensors of the layer
}

// layers rolls the tensors up: one entry for each layer and commit, by layer, and in it
// the newest commit first.
func (b *Blame) layers() []BlamedLayer {
	type key struct {
		stack  string
		layer  int
		commit digest.ID
	}
	cells, stacks := map[key]*BlamedLayer{}, map[string]bool{}
	all := map[key]int{} // tensors of a layer, whatever the commit
	var order []key
	for _, t := range b.Tensors {
		place := names.PlaceOf(t.Name)
		k := key{place.Stack, place.Layer, t.Commit}
		if cells[k] == nil {
			cells[k] = &BlamedLayer{Commit: t.Commit}
			order = append(order, k)
		}
		if place.Layer >= 0 {
			stacks[place.Stack] = true
		}
		cells[k].Tensors++
		all[key{stack: k.stack, layer: k.layer}]++
		if !slices.Contains(cells[k].Modules, place.Module) {
			cells[k].Modules = append(cells[k].Modules, place.Module)
		}
	}
	newest := map[digest.ID]int{}
	for i, c := range b.Commits {
		newest[c.ID] = i
	}
	slices.SortFunc(order, func(x, y key) int {
		return cmp.Or(names.Place{Stack: x.stack, Layer: x.layer}.Compare(names.Place{Stack: y.stack, Layer: y.layer}),
			cmp.Compare(newest[x.commit], newest[y.commit]))
	})
	prefixes, out := names.StackPrefixes(stacks), make([]BlamedLayer, len(order))
	for i, k := range order {
		row := cells[k]
		slices.SortStableFunc(row.Modules, func(x, y string) int { return cmp.Compare(names.ModuleRank(x), names.ModuleRank(y)) })
		row.Whole = row.Tensors == all[key{stack: k.stack, layer: k.layer}]
		if k.layer >= 0 {
			row.Layer, row.Stack = &k.layer, prefixes[k.stack]
		}
		out[i] = *row
	}
	return out
}
