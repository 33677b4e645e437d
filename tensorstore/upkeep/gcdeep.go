package upkeep

import (
	"context"
	"slices"

	"dits/tensorstore/choose"
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
)

// Deepen looks for tensors that are all that keeps a source which no file has, codes them anew without it where that
// frees more than it takes, and returns a plan that knows it, with the number of tensors and the bytes that this
// frees. In a dry run nothing is written, and the plan is the old one. families are as for [Repack]; tensors that no
// file has any more, or that lie in young packs, stay as they are.
func (p *GCPlan) Deepen(ctx context.Context, families [][]Tensor, o Options) (
	next *GCPlan, recoded int, freed int64, err error) {
	r, err := newRepacking(p.store, o)
	if err != nil {
		return nil, 0, 0, err
	}
	defer r.writer.Close()
	lost := map[digest.ID]Source{}
	for _, s := range p.Sources {
		lost[s.Blob] = s
	}
	var live [][]Tensor
	for _, f := range families {
		f = slices.DeleteFunc(slices.Clone(f), func(t Tensor) bool {
			_, gone := lost[t.Blob]
			return gone || !p.settled(t.Blob)
		})
		live = append(live, f)
	}
	if err := r.survey(live); err != nil {
		return nil, 0, 0, err
	}
	avoid := map[digest.ID]bool{}
	for _, f := range live {
		d := &deepening{family: &family{r: r, place: map[digest.ID]int{}}, lost: lost, avoid: avoid}
		if err := d.run(ctx, f); err != nil {
			return nil, 0, 0, err
		}
		recoded, freed = recoded+d.recoded, freed+d.freed
	}
	if recoded == 0 || o.DryRun {
		return p, recoded, freed, nil
	}
	if err := r.writer.Flush(); err != nil {
		return nil, 0, 0, err
	}
	again := p.options
	again.avoid = avoid
	next, err = PlanGC(ctx, p.store, p.roots, again)
	return next, recoded, freed, err
}

// settled says that a blob is needed, and that no record of its chunks is in a young pack.
func (p *GCPlan) settled(blob digest.ID) bool {
	chunks, err := p.store.Chunks(blob)
	if err != nil {
		return false
	}
	for _, c := range chunks {
		n, found := p.chunk(c.ID)
		if !found || p.needs[n] != needed {
			return false
		}
		if slices.ContainsFunc(p.recordsOf(n), func(r countedChunk) bool { return p.packs[r.pack].young }) {
			return false
		}
	}
	return true
}

// A deepening is one family on its way away from sources that no file has.
type deepening struct {
	*family
	lost    map[digest.ID]Source
	avoid   map[digest.ID]bool // predictions that are superseded
	recoded int
	freed   int64
}

func (d *deepening) run(ctx context.Context, tensors []Tensor) error {
	for _, t := range tensors {
		if _, err := d.join(t); err != nil {
			return err
		}
	}
	d.forest = forest{limits: make([]int, len(d.members))}
	for i := range d.forest.limits {
		d.forest.limits[i] = d.r.options.Depth
	}
	var order []digest.ID
	users := map[digest.ID][]*member{} // of each source that is lost
	for _, m := range d.members {
		needs, err := d.r.graph.sources(m.Blob)
		if err != nil {
			return err
		}
		var of []digest.ID
		for _, s := range needs {
			if _, is := d.lost[s]; is {
				of = append(of, s)
			}
		}
		if len(of) != 1 || len(m.chunks) == 0 || len(m.fixed) > 0 {
			continue // what shares chunks, or needs several, stays as it is
		}
		if users[of[0]] == nil {
			order = append(order, of[0])
		}
		users[of[0]] = append(users[of[0]], m)
	}
	for _, s := range order {
		if err := d.without(ctx, d.lost[s], users[s]); err != nil {
			return err
		}
	}
	return nil
}

// without codes the users of a lost source anew: the first by itself or as what else is stored, the others as the
// first. They have to be all that need it, for else it stays, and none may be deeper than it was, for what is coded
// against it says how deep it is.
func (d *deepening) without(ctx context.Context, lost Source, users []*member) error {
	if len(d.r.graph.users[lost.Blob]) != len(users) {
		return nil
	}
	before := d.depths()
	kept := int64(draftBytes)
	var drafts []*draft
	undo := func() {
		for _, c := range drafts {
			d.r.graph.set(c.Blob, c.oldNeeds)
		}
	}
	saved := lost.Bytes
	for i, m := range users {
		allowed := d.others(lost.Blob, users)
		if i > 0 {
			allowed = []choose.Relative{users[0].relative()}
		}
		c, err := d.recode(ctx, m, allowed, &kept)
		if err != nil || c == nil {
			undo()
			return err
		}
		drafts = append(drafts, c)
		c.oldNeeds = d.r.graph.needs[m.Blob]
		d.r.graph.set(m.Blob, c.sources)
		saved += m.stored - c.bytes
	}
	deeper := func(m *member) bool {
		now, err := d.r.graph.depth(m.Blob)
		return err != nil || now > before[m.Blob]
	}
	if saved <= repackBytes || !d.sound(before) || slices.ContainsFunc(users, deeper) {
		undo()
		return nil
	}
	for _, c := range drafts {
		d.supersede(c)
		if err := d.r.take(ctx, c); err != nil {
			return err
		}
	}
	d.recoded, d.freed = d.recoded+len(drafts), d.freed+saved
	return nil
}

// recode codes a member with some relatives; nil where that is not possible.
func (d *deepening) recode(ctx context.Context, m *member, allowed []choose.Relative, kept *int64) (*draft, error) {
	t, err := d.trial(m)
	if isAbsent(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	c, err := t.Choose(ctx, allowed)
	if isAbsent(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if c != nil {
		for _, s := range c.Needs {
			if _, gone := d.lost[s]; gone {
				return nil, nil
			}
		}
	}
	draft, err := d.draft(ctx, m, c, kept)
	if isAbsent(err) {
		return nil, nil
	}
	return draft, err
}

// others are the members that need neither the lost source nor any of its users, the first few of them.
func (d *deepening) others(lost digest.ID, users []*member) (all []choose.Relative) {
	above := map[digest.ID]bool{}
	d.r.graph.above(lost, above)
	for _, m := range d.members {
		if !above[m.Blob] && !slices.Contains(users, m) && len(all) <= moreRelatives {
			all = append(all, m.relative())
		}
	}
	return all
}

// supersede notes the predictions of the old records of a draft.
func (d *deepening) supersede(c *draft) {
	for _, rec := range c.records {
		if old := d.r.best[key{pack.Chunk, rec.ID}].Prediction; !old.IsZero() && old != rec.Prediction {
			d.avoid[old] = true
		}
	}
}
