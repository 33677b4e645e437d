package upkeep

import (
	"context"
	"slices"

	"golang.org/x/sync/errgroup"

	"dits/tensorstore/choose"
)

// wholeFamily is the number of members up to which each is tried against each other.
// In larger families each is tried against its nearest.
const wholeFamily = 16

// weigh estimates what the options of all members cost.
func (f *family) weigh(ctx context.Context) error {
	f.forest = forest{options: make([][]option, len(f.members)), limits: make([]int, len(f.members))}
	f.now = make([]int, len(f.members))
	near, err := f.near(ctx)
	if err != nil {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(f.r.store.Options().Workers)
	for i := range f.members {
		g.Go(func() (err error) {
			f.forest.options[i], err = f.weighOne(ctx, i, near[i])
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for i, m := range f.members {
		f.forest.limits[i] = max(0, f.r.options.Depth-f.r.graph.height(m.Blob, f.place))
		if err := f.complete(i); err != nil {
			return err
		}
	}
	return nil
}

// weighOne is what storing member i alone and against each of some others costs. Who
// cannot be read has no options but the one it has.
func (f *family) weighOne(ctx context.Context, i int, others []int) ([]option, error) {
	m := f.members[i]
	options := []option{{cost: m.size}}
	t, err := f.trial(m)
	if err == nil {
		options[0].cost, err = t.Alone(ctx)
	}
	if isAbsent(err) {
		m.broken = true
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	against, err := f.weighAgainst(ctx, t, m, others)
	return append(options, against...), err
}

// weighAgainst is what storing the tensor of a trial against others costs, or as made of them.
func (f *family) weighAgainst(ctx context.Context, t *choose.Trial, m *member, others []int,
) (options []option, err error) {
	relatives := make([]choose.Relative, len(others))
	for i, j := range others {
		relatives[i] = f.members[j].relative()
	}
	all, err := t.Prices(ctx, m.Known.Relatives, relatives)
	for _, p := range all {
		options = f.offer(options, p)
	}
	return options, err
}

// complete adds to the options of member i what its shared chunks need anyway, and finds
// out which of them the store has: one that is no delta to one other is an option of its own.
func (f *family) complete(i int) error {
	m, options := f.members[i], f.forest.options[i]
	fixed, floor, err := f.within(m.fixed)
	if err != nil {
		return err
	}
	for o := range options {
		_, own, err := f.within(options[o].others)
		if isAbsent(err) {
			own, err = choose.MaxDepth, nil // too deep: what cannot be read is none
		}
		if err != nil {
			return err
		}
		options[o].sources = union(options[o].sources, fixed)
		options[o].floor = max(floor, own)
	}
	all, err := f.r.graph.sources(m.Blob)
	if err != nil {
		return err
	}
	sources, floor, err := f.within(all)
	if err != nil {
		return err
	}
	f.now[i] = slices.IndexFunc(options, func(o option) bool {
		return o.floor == floor && slices.Equal(o.sources, sources)
	})
	if f.now[i] < 0 {
		f.now[i] = len(options)
		options = append(options, option{sources: sources, floor: floor, cost: m.cost()})
	}
	f.forest.options[i] = options
	return nil
}

// cost is what the whole tensor would take if all of it were stored as its own chunks are.
func (m *member) cost() int64 {
	if own := m.own(); own > 0 {
		return int64(float64(m.stored) * float64(m.size) / float64(own))
	}
	return m.size
}

// own is the bytes of the chunks that no other tensor has.
func (m *member) own() (n int64) {
	for _, c := range m.chunks {
		n += c.Len
	}
	return n
}

func union(a, b []int) []int {
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}
