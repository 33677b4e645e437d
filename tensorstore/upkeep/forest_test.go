package upkeep

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestForest(t *testing.T) {
	far := int64(1000)
	pairs := func(alone []int64, pair [][]int64) [][]option {
		var all [][]option
		for i, cost := range alone {
			o := []option{{cost: cost}}
			for j, c := range pair[i] {
				if i != j {
					o = append(o, option{sources: []int{j}, cost: c})
				}
			}
			all = append(all, o)
		}
		return all
	}
	chain := [][]int64{{0, 10, far}, {10, 0, 10}, {far, 10, 0}}
	for name, c := range map[string]struct {
		options [][]option
		limits  []int
		cost    int64
	}{
		"a chain of two":                     {pairs([]int64{100, 100, 100}, chain), []int{2, 2, 2}, 120},
		"the middle is the root":             {pairs([]int64{100, 100, 100}, chain), []int{1, 1, 1}, 120},
		"no chain at all":                    {pairs([]int64{100, 100, 100}, chain), []int{0, 0, 0}, 300},
		"one that others need stays shallow": {pairs([]int64{100, 100, 100}, chain), []int{0, 1, 0}, 210},
		"nothing to gain":                    {pairs([]int64{5, 5, 5}, chain), []int{2, 2, 2}, 15},
	} {
		f := forest{c.options, c.limits}
		pick := f.cheapest([]int{0, 0, 0}, []int{0, 1, 2})
		_, ok := f.levels(pick)
		require.True(t, ok, name)
		require.Equal(t, c.cost, f.cost(pick), name)
	}
	f := forest{pairs([]int64{9, 9}, [][]int64{{0, 1}, {1, 0}}), []int{2, 2}}
	_, ok := f.levels([]int{1, 1})
	require.False(t, ok, "each needs the other")
	_, ok = (&forest{[][]option{{{floor: 3}}}, []int{2}}).levels([]int{0})
	require.False(t, ok, "what it needs elsewhere is too deep")
}
