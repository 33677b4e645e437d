package upkeep

import (
	"math/rand/v2"
	"slices"
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

// plainlyImproved is improve by a look at all members for each move.
func plainlyImproved(f *forest, pick []int) {
	for moved := true; moved; {
		moved = false
		for i := range pick {
			for o := range f.options[i] {
				was := pick[i]
				if f.options[i][o].cost >= f.options[i][was].cost {
					continue
				}
				pick[i] = o
				if _, ok := f.levels(pick); ok {
					moved = true
				} else {
					pick[i] = was
				}
			}
		}
	}
}

// someForest has n members with a few options each, of one or two others.
func someForest(r *rand.Rand, n int) *forest {
	f := &forest{}
	for i := range n {
		options := []option{{cost: 1000}}
		for range r.IntN(6) {
			o := option{cost: r.Int64N(1100), floor: r.IntN(8) / 6}
			for range 1 + r.IntN(4)/3 {
				if j := r.IntN(n); j != i {
					o.sources = union(o.sources, []int{j})
				}
			}
			options = append(options, o)
		}
		f.options, f.limits = append(f.options, options), append(f.limits, 1+r.IntN(5))
	}
	return f
}

func TestClimbingIsLookingAtAll(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	moved := 0
	for range 3000 {
		f := someForest(r, 1+r.IntN(20))
		pick := make([]int, len(f.options))
		for i := range pick {
			was := pick[i]
			pick[i] = r.IntN(len(f.options[i]))
			if _, ok := f.levels(pick); !ok {
				pick[i] = was
			}
		}
		want := slices.Clone(pick)
		plainlyImproved(f, want)
		if !slices.Equal(pick, want) {
			moved++
		}
		levels, ok := f.levels(pick)
		require.True(t, ok)
		f.improve(pick, levels)
		require.Equal(t, want, pick)
		now, ok := f.levels(pick)
		require.True(t, ok)
		require.Equal(t, now, levels, "as they are kept")
	}
	require.Greater(t, moved, 1000)
}

// A family of many members is picked in time: with a look at all members for each move this would take hours.
func TestALargeFamilyIsPicked(t *testing.T) {
	const n = 50_000
	f := &forest{}
	for i := range n {
		options := []option{{cost: 1000}}
		for k := range 4 {
			if j := (i*7 + k*k*k) % 1000; j != i {
				options = append(options, option{sources: []int{j}, cost: int64(500 - k)})
			}
		}
		f.options, f.limits = append(f.options, options), append(f.limits, 4)
	}
	pick := f.cheapest(make([]int, n), []int{0, 1, 2})
	require.Less(t, f.cost(pick), int64(600*n))
}
