package ggml

import (
	"slices"
	"sync"
)

// A lattice is a grid as the quantisers search it: points of four or eight levels
// l, which count as 2l+1. It has the tables of iq2xs_init_impl and iq3xs_init_impl
// in ggml-quants.c (MIT).
type lattice struct {
	dims, bits int
	top        int32 // the highest level
	points     [][8]uint8
	// index has, for the packed levels of each point of space, the number of the
	// point of the grid, or if there is none -1-i: near[i] is then the number of
	// points near it, which follow, nearer ones first and then in the grid's order.
	index []int32
	near  []uint16
}

// The lattices, made when first used: some 0.1 s for those of eight dimensions.
var (
	latticeIQ2XXS = sync.OnceValue(func() *lattice { return newLattice(packedIQ2XXS, 8, 2, 2, 2) })
	latticeIQ2XS  = sync.OnceValue(func() *lattice { return newLattice(packedIQ2XS, 8, 2, 2, 2) })
	latticeIQ2S   = sync.OnceValue(func() *lattice { return newLattice(packedIQ2S, 8, 2, 2, 1) })
	latticeIQ3XXS = sync.OnceValue(func() *lattice { return newLattice(packedIQ3XXS, 4, 3, 7, 2) })
	latticeIQ3S   = sync.OnceValue(func() *lattice { return newLattice(packedIQ3S, 4, 3, 7, 3) })
)

// newLattice takes as near the points of the grid at the shells least distances
// from a point that is not on it.
func newLattice(g packedGrid, dims, bits int, top int32, shells int) *lattice {
	t := &lattice{dims: dims, bits: bits, top: top, index: make([]int32, 1<<(dims*bits))}
	t.points = make([][8]uint8, g.points)
	for i := range t.points {
		t.points[i] = t.unpack(int(g.at(i)))
		t.index[g.at(i)] = int32(i + 1)
	}
	for packed := range t.index {
		switch {
		case t.index[packed] > 0:
			t.index[packed]--
		case t.inSpace(packed):
			t.index[packed] = int32(-1 - len(t.near))
			t.near = append(t.near, t.nearest(t.unpack(packed), shells)...)
		}
	}
	return t
}

// unpack returns the levels, the first from the lowest bits.
func (t *lattice) unpack(packed int) (levels [8]uint8) {
	for k := range t.dims {
		levels[k] = uint8(packed >> (t.bits * k) & (1<<t.bits - 1))
	}
	return levels
}

// inSpace reports whether no level is too high.
func (t *lattice) inSpace(packed int) bool {
	levels := t.unpack(packed)
	return int32(slices.Max(levels[:])) <= t.top
}

// nearest returns the number of points in the given number of shells around a point
// of space, and the points.
func (t *lattice) nearest(from [8]uint8, shells int) []uint16 {
	distances := make([]int, len(t.points))
	for i := range t.points {
		for k := range t.dims {
			d := int(t.points[i][k]) - int(from[k])
			distances[i] += d * d
		}
	}
	list := []uint16{0}
	last := -1
	for range shells {
		next := leastAbove(distances, last)
		for i, d := range distances {
			if d == next {
				list = append(list, uint16(i))
			}
		}
		last = next
	}
	list[0] = uint16(len(list) - 1)
	return list
}

// leastAbove returns the least of the numbers that exceed the bound.
func leastAbove(numbers []int, bound int) int {
	least := 1 << 30
	for _, n := range numbers {
		if n > bound {
			least = min(least, n)
		}
	}
	return least
}

// at returns the point of the grid with these levels, and whether there is one;
// else a list of points as in near.
func (t *lattice) at(levels []uint8) (point int, near []uint16, ok bool) {
	packed := 0
	for k, l := range levels {
		packed |= int(l) << (t.bits * k)
	}
	i := t.index[packed]
	if i >= 0 {
		return int(i), nil, true
	}
	list := t.near[-1-i:]
	return 0, list[1 : 1+int(list[0])], false
}

// closest returns the point of near that is closest to x in units of scale, each
// coordinate's distance weighing w: iq2_find_best_neighbour and its twin for IQ3.
// Where upstream finds none and ends the process, as near a NaN, it is the first.
func (t *lattice) closest(near []uint16, x, w []float32, scale float32, fused bool) uint16 {
	best, least := near[0], float32(0x1.fffffep+127)
	for _, point := range near {
		levels := &t.points[point]
		var sum float32
		for k, v := range x {
			diff := mulAdd(fused, scale, float32(2*levels[k]+1), -v)
			sum = mulAdd(fused, float32(w[k]*diff), diff, sum)
		}
		if sum < least {
			best, least = point, sum
		}
	}
	return best
}
