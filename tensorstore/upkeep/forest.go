package upkeep

import (
	"slices"

	"dits/tensorstore/digest"
)

// An option is a way to store a member of a family, and what that is expected to cost.
type option struct {
	sources []int       // members that it needs
	others  []digest.ID // what else it needs: adapters, importance matrices
	floor   int         // 1 + the depth of what it needs outside of the family, 0: nothing
	cost    int64       // bytes
}

// A forest is what the members of a family can be stored against. A pick is the index of
// an option for each member.
type forest struct {
	options [][]option
	limits  []int // deepest level that each may have
}

// levels is how deep each member lies, and whether nothing is too deep or needs itself.
func (f *forest) levels(pick []int) ([]int, bool) {
	const unknown, busy = -1, -2
	levels := make([]int, len(pick))
	for i := range levels {
		levels[i] = unknown
	}
	var visit func(i int) bool
	visit = func(i int) bool {
		if levels[i] != unknown {
			return levels[i] != busy
		}
		levels[i] = busy
		o := f.options[i][pick[i]]
		level := o.floor
		for _, s := range o.sources {
			if !visit(s) {
				return false
			}
			level = max(level, levels[s]+1)
		}
		levels[i] = level
		return level <= f.limits[i]
	}
	for i := range pick {
		if !visit(i) {
			return nil, false
		}
	}
	return levels, true
}

func (f *forest) cost(pick []int) (sum int64) {
	for i, p := range pick {
		sum += f.options[i][p].cost
	}
	return sum
}

// levelShare is the part of a member's cost that each level is held to be worth: of two picks
// that cost about the same, the shallower reads faster.
const levelShare = 64

// weight is the cost of a pick with that of its levels.
func (f *forest) weight(pick []int) int64 {
	sum := f.cost(pick)
	levels, _ := f.levels(pick)
	for i, level := range levels {
		sum += f.options[i][pick[i]].cost * int64(level) / levelShare
	}
	return sum
}

// improve moves single members of a pick with its levels to cheaper options until none is left.
func (f *forest) improve(pick, levels []int) {
	c := f.climb(pick, levels)
	for moved := true; moved; {
		moved = false
		for i := range pick {
			for o := range f.options[i] {
				if f.options[i][o].cost < c.picked(i).cost && c.move(i, o) {
					moved = true
				}
			}
		}
	}
}

// star is all members against one root, where that is an option and cheaper than alone.
func (f *forest) star(root int) []int {
	pick := make([]int, len(f.options))
	for i := range pick {
		for o := range f.options[i] {
			if i != root && slices.Equal(f.options[i][o].sources, []int{root}) && f.options[i][o].cost < f.options[i][0].cost {
				pick[i] = o
			}
		}
	}
	return pick
}

// cheapest is the best pick that is found from a star around each of some roots, from
// nothing at all and from now: a minimum-cost arborescence of bounded depth, by search, for exact
// ones are hard to find. It is nil when there is none, and now unless another is cheaper.
func (f *forest) cheapest(now, roots []int) []int {
	starts := [][]int{slices.Clone(now), make([]int, len(f.options))}
	for _, r := range roots {
		starts = append(starts, f.star(r))
	}
	var best []int
	if _, ok := f.levels(now); ok {
		best = now
	}
	for _, pick := range starts {
		levels, ok := f.levels(pick)
		if !ok {
			continue
		}
		f.improve(pick, levels)
		if best == nil || f.weight(pick) < f.weight(best) {
			best = pick
		}
	}
	return best
}
