package upkeep

import (
	"context"
	"slices"

	"dits/tensorstore"
	"dits/tensorstore/choose"
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
)

// A family is the tensors of one role on their way to better records.
type family struct {
	r       *repacking
	members []*member
	place   map[digest.ID]int
	forest  forest
	now     []int // the pick that the store has
}

// A member is one tensor of a family.
type member struct {
	Tensor
	size   int64
	chunks []chunkAt   // those that are of this tensor alone: what others share stays as it is
	stored int64       // bytes of their records, predictions included
	fixed  []digest.ID // what the other chunks need
	broken bool        // it cannot be read
}

// A chunkAt is a chunk and where it is in its tensor.
type chunkAt struct {
	tensorstore.Span
	off int64
}

// family codes the tensors of one family anew where that saves enough.
func (r *repacking) family(ctx context.Context, tensors []Tensor) error {
	f := &family{r: r, place: map[digest.ID]int{}}
	var total int64
	for _, t := range tensors {
		n, err := f.join(t)
		if err != nil {
			return err
		}
		total += n
	}
	defer func() { r.options.Progress(total) }()
	f.gatherImportance()
	r.done.Tensors += len(f.members)
	if len(f.members) == 0 {
		return nil
	}
	if err := f.weigh(ctx); err != nil {
		return err
	}
	pick := f.forest.cheapest(f.now, f.roots())
	if pick == nil {
		return nil
	}
	if !f.tooDeep() && !worthwhile(f.forest.weight(pick), f.forest.weight(f.now)) {
		pick = f.now
	}
	drafts, err := f.drafts(ctx, pick)
	if err != nil {
		return err
	}
	return f.settle(ctx, drafts)
}

// join makes a tensor a member, unless it is one already or cannot be read. It returns
// its bytes.
func (f *family) join(t Tensor) (int64, error) {
	if _, twice := f.place[t.Blob]; twice {
		return 0, nil
	}
	g := &f.r.graph
	if _, err := g.sources(t.Blob); isAbsent(err) {
		return 0, nil
	} else if err != nil {
		return 0, err
	}
	m := &member{Tensor: t}
	seen := map[digest.ID]bool{}
	for _, c := range g.lists[t.Blob] {
		loc := f.r.best[key{pack.Chunk, c.ID}]
		n, err := f.r.inventory.needs(loc.Prediction)
		if err != nil {
			return 0, err
		}
		if g.count[c.ID] > 1 {
			m.fixed = append(m.fixed, n.sources...)
		} else {
			m.chunks = append(m.chunks, chunkAt{c, m.size})
			m.stored += loc.Len
			if n.specific && !seen[loc.Prediction] {
				m.stored += n.stored
				seen[loc.Prediction] = true
			}
		}
		m.size += c.Len
	}
	if m.size > 0 {
		f.place[t.Blob] = len(f.members)
		f.members = append(f.members, m)
	}
	return m.size, nil
}

// tooDeep says that the store has a member deeper than is asked for, or one that makes a
// blob of another family so.
func (f *family) tooDeep() bool {
	for i, m := range f.members {
		if d, err := f.r.graph.depth(m.Blob); err == nil && d > f.forest.limits[i] {
			return true
		}
	}
	return false
}

// trial is a fresh trial of a member.
func (f *family) trial(m *member) (*choose.Trial, error) {
	b, err := f.r.flat.Reopen(m.Blob)
	if err != nil {
		return nil, err
	}
	return f.r.flat.Trial(f.r.options.Level, b, m.size, m.Known), nil
}

// relative is a member as a trial sees it.
func (m *member) relative() choose.Relative {
	return choose.Relative{Blob: m.Blob, DType: m.Known.DType}
}

// within sorts blobs into members and the depth of others: 1 + the deepest, 0 for none.
func (f *family) within(blobs []digest.ID) (members []int, floor int, err error) {
	for _, b := range blobs {
		if i, ok := f.place[b]; ok {
			members = append(members, i)
			continue
		}
		d, err := f.r.graph.depth(b)
		if err != nil {
			return nil, 0, err
		}
		floor = max(floor, d+1)
	}
	slices.Sort(members)
	return slices.Compact(members), floor, nil
}
