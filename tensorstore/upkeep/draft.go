package upkeep

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"golang.org/x/sync/errgroup"

	"dits/tensorstore/choose"
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
	"dits/tensorstore/predict"
)

// draftBytes is how much of the payloads of a family's drafts is kept in memory; what is
// more is coded a second time if the draft is taken.
const draftBytes = 64 << 20

// moreRelatives is how many members besides the picked one a trial may use.
const moreRelatives = 2

// errForeign means that a trial came back with a source that it was not offered.
var errForeign = errors.New("a source of its own choice")

// A draft is a new way to store a member, coded.
type draft struct {
	*member
	moves    bool // to other sources
	plan     *choose.Plan
	object   choose.Object // of the prediction; no payload: none
	records  []drafted
	bytes    int64       // of the records and the prediction
	sources  []digest.ID // of the whole tensor
	oldNeeds []digest.ID
}

// A drafted record is one chunk of a draft.
type drafted struct {
	pack.Entry
	payload []byte // nil: not kept
}

// drafts codes all members that a pick stores in another way than now, and those whose
// way could be had in fewer bytes.
func (f *family) drafts(ctx context.Context, pick []int) ([]*draft, error) {
	levels, ok := f.forest.levels(pick)
	var drafts []*draft
	kept := int64(draftBytes)
	for i, m := range f.members {
		moves := pick[i] != f.now[i]
		if !ok && !moves || m.broken || len(m.chunks) == 0 || !f.codable(i, pick[i]) {
			continue
		}
		c, err := f.choose(ctx, i, pick, levels)
		if isAbsent(err) || errors.Is(err, errForeign) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if !moves && (c == nil || !worthwhile(c.Cost, m.cost())) {
			continue
		}
		d, err := f.draft(ctx, m, c, &kept)
		if err != nil {
			return nil, err
		}
		d.moves = moves
		drafts = append(drafts, d)
	}
	return drafts, nil
}

// codable says that option o of member i is one that a trial can be asked for.
func (f *family) codable(i, o int) bool {
	picked := f.forest.options[i][o]
	fixed, floor, err := f.within(slices.Concat(f.members[i].fixed, picked.others))
	if err != nil || picked.floor != floor {
		return false
	}
	return len(lacking(picked.sources, fixed)) <= 1
}

// lacking is a without what is in b.
func lacking(a, b []int) []int {
	return slices.DeleteFunc(slices.Clone(a), func(x int) bool { return slices.Contains(b, x) })
}

// choose is the cheapest way to code a member against members of lower levels, the picked one
// first. It is nil where nothing is smaller than the bytes.
func (f *family) choose(ctx context.Context, i int, pick, levels []int) (*choose.Choice, error) {
	allowed := f.allowed(i, pick, levels)
	c, err := f.try(ctx, i, allowed)
	picked := len(f.forest.options[i][pick[i]].sources)
	if err != nil || f.r.options.Level != choose.MaxLevel || picked == 0 || picked == len(allowed) {
		return c, err
	}
	// Of several a trial moves the cheapest by low rank, which need not be the one that was picked for that.
	only, err := f.try(ctx, i, allowed[:picked])
	if err != nil || only == nil || c != nil && c.Cost < only.Cost {
		return c, err
	}
	return only, nil
}

func (f *family) try(ctx context.Context, i int, allowed []choose.Relative) (*choose.Choice, error) {
	m := f.members[i]
	t, err := f.trial(m)
	if err != nil {
		return nil, err
	}
	c, err := t.Choose(ctx, allowed)
	if err != nil || c == nil {
		return nil, err
	}
	for _, s := range c.Needs {
		has := func(r choose.Relative) bool { return r.Blob == s || slices.Contains(r.Stack, s) }
		if !isOffered(m.Known, s) && !slices.ContainsFunc(allowed, has) {
			return nil, errForeign
		}
	}
	return c, nil
}

// isOffered says that a blob is of an adapter or importance matrix that is known of a tensor.
func isOffered(k choose.Known, id digest.ID) bool {
	return slices.ContainsFunc(k.Adapters, func(a choose.Adapter) bool { return a.A == id || a.B == id }) ||
		slices.ContainsFunc(k.Importance, func(i predict.Importance) bool { return i.Blob == id })
}

// allowed are the members that i may use: what is picked for it, then the cheapest others
// that do not make it deeper.
func (f *family) allowed(i int, pick, levels []int) []choose.Relative {
	picked := f.forest.options[i][pick[i]]
	others := slices.Clone(f.forest.options[i])
	slices.SortStableFunc(others, func(a, b option) int { return cmp.Compare(a.cost, b.cost) })
	var all []choose.Relative
	for _, s := range picked.sources {
		all = append(all, f.members[s].relative())
	}
	for _, r := range f.members[i].Known.Relatives {
		if slices.Contains(picked.others, r.Blob) {
			all = append(all, r)
		}
	}
	more := moreRelatives
	for _, o := range others {
		if more == 0 || len(o.sources) != 1 || levels == nil {
			continue
		}
		r := f.members[o.sources[0]].relative()
		same := func(has choose.Relative) bool { return has.Blob == r.Blob }
		if levels[o.sources[0]] < levels[i] && !slices.ContainsFunc(all, same) {
			all = append(all, r)
			more--
		}
	}
	return all
}

// draft codes the chunks of a member by c; nil is no prediction. What is over the bytes
// that may be kept is only counted.
func (f *family) draft(ctx context.Context, m *member, c *choose.Choice, kept *int64) (*draft, error) {
	d := &draft{member: m, plan: &choose.Plan{}, records: make([]drafted, len(m.chunks))}
	if c != nil {
		var err error
		if d.plan, err = c.Plan(); err != nil {
			return nil, err
		}
		d.object = d.plan.Objects()[0]
	}
	err := d.each(ctx, f.r, func(i int, rec drafted) error {
		d.records[i] = rec
		return nil
	})
	if err != nil {
		return nil, err
	}
	d.count()
	for i := range d.records {
		if *kept -= d.records[i].Len; *kept < 0 {
			d.records[i].payload = nil
		}
	}
	return d, nil
}

// each codes every chunk, several at once, and hands on the records in no order.
func (d *draft) each(ctx context.Context, r *repacking, take func(i int, rec drafted) error) error {
	blob, err := r.flat.Reopen(d.Blob)
	if err != nil {
		return err
	}
	g, inner := errgroup.WithContext(ctx)
	g.SetLimit(r.store.Options().Workers)
	for i, c := range d.chunks {
		if inner.Err() != nil {
			break
		}
		g.Go(func() error {
			b := make([]byte, c.Len)
			if _, err := blob.ReadAt(b, c.off); err != nil {
				return err
			}
			return take(i, d.record(c, b))
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	return context.Cause(ctx)
}

func (d *draft) record(c chunkAt, b []byte) drafted {
	res := d.plan.Encode(nil, b, c.off)
	e := pack.Entry{Kind: pack.Chunk, ID: c.ID, Encoding: uint8(res.Encoding), RawLen: c.Len, Len: int64(len(res.Payload))}
	e.Prediction, e.First = res.Prediction, res.First
	return drafted{e, res.Payload}
}

// count sums up what the draft takes and what it needs.
func (d *draft) count() {
	d.sources = slices.Clone(d.fixed)
	predicted := false
	for _, rec := range d.records {
		d.bytes += rec.Len
		predicted = predicted || !rec.Prediction.IsZero()
	}
	if !predicted {
		d.object.Payload = nil
		return
	}
	p := d.plan.Prediction()
	if p.Elements > 0 || len(p.Blobs()) > 0 {
		_, enc := choose.Compress(nil, d.object.Payload)
		d.bytes += int64(len(enc)) + choose.RecordBytes
	}
	d.sources = append(d.sources, p.Blobs()...)
}
