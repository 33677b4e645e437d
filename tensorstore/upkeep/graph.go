package upkeep

import (
	"errors"
	"slices"

	"dits/tensorstore"
	"dits/tensorstore/choose"
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
)

// errCycle means that tensors would need each other.
var errCycle = errors.New("its sources need it")

// A graph is which blobs need which others to be read.
type graph struct {
	r     *repacking
	lists map[digest.ID][]tensorstore.Span
	needs map[digest.ID][]digest.ID
	users map[digest.ID]map[digest.ID]bool // the same, backwards
	count map[digest.ID]int                // how often a chunk is in some list
}

func newGraph(r *repacking) graph {
	return graph{r: r, lists: map[digest.ID][]tensorstore.Span{}, needs: map[digest.ID][]digest.ID{},
		users: map[digest.ID]map[digest.ID]bool{}, count: map[digest.ID]int{}}
}

// survey learns which chunks blobs have, and what the tensors of all families need.
func (r *repacking) survey(families [][]Tensor) error {
	g := &r.graph
	for k := range r.best {
		if k.kind == pack.Blob {
			if err := g.list(k.id); err != nil && !isAbsent(err) {
				return err
			}
		}
	}
	for _, f := range families {
		for _, t := range f {
			if err := g.list(t.Blob); err != nil && !isAbsent(err) {
				return err
			}
			if _, err := g.sources(t.Blob); err != nil && !isAbsent(err) {
				return err
			}
		}
	}
	return nil
}

// isAbsent says that something is not in the store, or damaged there: no reason not to
// repack the rest, unless it has to be moved.
func isAbsent(err error) bool {
	return errors.Is(err, tensorstore.ErrUnknown) || errors.Is(err, tensorstore.ErrCorrupt)
}

// list reads the chunks of a blob.
func (g *graph) list(blob digest.ID) error {
	if _, known := g.lists[blob]; known {
		return nil
	}
	chunks, err := g.r.chunks(blob)
	if err != nil {
		return err
	}
	g.lists[blob] = chunks
	for _, c := range chunks {
		g.count[c.ID]++
	}
	return nil
}

// sources are the blobs that a blob needs, as its records are.
func (g *graph) sources(blob digest.ID) ([]digest.ID, error) {
	if s, known := g.needs[blob]; known {
		return s, nil
	}
	if err := g.list(blob); err != nil {
		return nil, err
	}
	var all []digest.ID
	for _, c := range g.lists[blob] {
		loc, ok := g.r.best[key{pack.Chunk, c.ID}]
		if !ok {
			return nil, &tensorstore.UnknownError{Kind: pack.Chunk, ID: c.ID}
		}
		n, err := g.r.inventory.needs(loc.Prediction)
		if err != nil {
			return nil, err
		}
		all = append(all, n.sources...)
	}
	g.set(blob, all)
	return g.needs[blob], nil
}

// set makes sources what a blob needs.
func (g *graph) set(blob digest.ID, sources []digest.ID) {
	for _, s := range g.needs[blob] {
		delete(g.users[s], blob)
	}
	sources = slices.Clone(sources)
	slices.SortFunc(sources, func(a, b digest.ID) int { return slices.Compare(a[:], b[:]) })
	g.needs[blob] = slices.Compact(sources)
	for _, s := range sources {
		if g.users[s] == nil {
			g.users[s] = map[digest.ID]bool{}
		}
		g.users[s][blob] = true
	}
}

// depth is the longest chain of sources of a blob.
func (g *graph) depth(blob digest.ID) (int, error) { return g.depthBelow(blob, choose.MaxDepth) }

func (g *graph) depthBelow(blob digest.ID, left int) (int, error) {
	sources, err := g.sources(blob)
	if err != nil || len(sources) == 0 {
		return 0, err
	}
	if left == 0 {
		return 0, errCycle
	}
	deepest := 0
	for _, s := range sources {
		d, err := g.depthBelow(s, left-1)
		if err != nil {
			return 0, err
		}
		deepest = max(deepest, d+1)
	}
	return deepest, nil
}

// height is the longest chain of blobs that need a blob, those of a family left out.
func (g *graph) height(blob digest.ID, family map[digest.ID]int) int {
	return g.heightBelow(blob, family, choose.MaxDepth)
}

func (g *graph) heightBelow(blob digest.ID, family map[digest.ID]int, left int) int {
	highest := 0
	for u := range g.users[blob] {
		if _, inside := family[u]; !inside && left > 0 {
			highest = max(highest, 1+g.heightBelow(u, family, left-1))
		}
	}
	return highest
}

// above adds to set all blobs that need one.
func (g *graph) above(blob digest.ID, set map[digest.ID]bool) {
	for u := range g.users[blob] {
		if !set[u] {
			set[u] = true
			g.above(u, set)
		}
	}
}

// recordDepth is that of a record which names a prediction.
func (g *graph) recordDepth(prediction digest.ID) (uint8, error) {
	n, err := g.r.inventory.needs(prediction)
	if err != nil {
		return 0, err
	}
	depth := 0
	for _, s := range n.sources {
		d, err := g.depth(s)
		if err != nil {
			return 0, err
		}
		depth = max(depth, d+1)
	}
	return uint8(depth), nil
}
