package tensorstore

import (
	"cmp"
	"context"
	"slices"

	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
	"dits/tensorstore/predict"
)

// weighMade is what storing a member as made of others costs, or of relatives outside of the family: quantised, merged
// with an adapter, over scales.
func (f *kinship) weighMade(ctx context.Context, t *trial, m *member, others []int) (options []option, err error) {
	relatives := slices.Clone(m.Known.Relatives)
	for _, j := range others {
		relatives = append(relatives, f.members[j].relative())
	}
	options, err = f.weighQuantised(ctx, t, relatives)
	if err != nil {
		return nil, err
	}
	for i, r := range relatives {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		one := relatives[i : i+1]
		made := []*candidate{t.bestMerged(one), t.bestScaled(one)}
		if i < len(m.Known.Relatives) {
			made = append(made, t.against(r))
		}
		for _, c := range made {
			if c != nil && t.estimate(c) == nil {
				options = f.offer(options, c)
			}
		}
	}
	return options, nil
}

// weighQuantised is what storing quants as made of relatives costs: of those that a probe says explain them
// best, for to estimate one is to quantise the sample.
func (f *kinship) weighQuantised(ctx context.Context, t *trial, relatives []Relative) (options []option, err error) {
	probe, ok := t.probe()
	if !ok {
		return nil, nil
	}
	var all []*origin
	for i := range relatives {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if o := t.bestOrigin(relatives[i:i+1], probe); o != nil {
			all = append(all, o)
		}
	}
	slices.SortStableFunc(all, func(a, b *origin) int { return cmp.Compare(a.misses, b.misses) })
	for _, o := range all[:min(len(all), closeLooks)] {
		c, err := t.quantisedFrom(o, probe)
		if err != nil {
			return nil, err
		}
		if c != nil {
			options = f.offer(options, c)
		}
	}
	return options, nil
}

// offer adds a candidate to options; of two that need the same the cheaper one stays.
func (f *kinship) offer(options []option, c *candidate) []option {
	o := option{cost: c.cost}
	for _, b := range c.pred.Blobs() {
		if i, ok := f.place[b]; ok {
			o.sources = union(o.sources, []int{i})
		} else {
			o.others = append(o.others, b)
		}
	}
	for i := range options {
		if slices.Equal(options[i].sources, o.sources) && slices.Equal(options[i].others, o.others) {
			options[i].cost = min(options[i].cost, o.cost)
			return options
		}
	}
	return append(options, o)
}

// maxFamilyImportances bounds the importance matrices of a family that are tried on each of its tensors.
const maxFamilyImportances = 4

// gatherImportance gives each member the importance matrices with which the store predicts others: the file that
// they came from need not be in it.
func (f *kinship) gatherImportance() {
	var known []predict.Importance
	for _, m := range f.members {
		for _, c := range m.chunks {
			if i := f.r.importanceOf(c.ID); i != nil && !slices.Contains(known, *i) {
				known = append(known, *i)
			}
		}
	}
	slices.SortFunc(known, func(a, b predict.Importance) int {
		return cmp.Or(slices.Compare(a.Blob[:], b.Blob[:]), cmp.Compare(a.Off, b.Off), cmp.Compare(a.Divisor, b.Divisor))
	})
	for _, m := range f.members {
		all := slices.Clone(m.Known.Importance)
		for _, i := range known {
			if len(all) < maxFamilyImportances && !slices.Contains(all, i) {
				all = append(all, i)
			}
		}
		m.Known.Importance = all
	}
}

// importanceOf is the importance matrix that a chunk is predicted with, nil for none.
func (r *repacking) importanceOf(chunk digest.ID) *predict.Importance {
	id := r.best[key{pack.Chunk, chunk}].Prediction
	if id.IsZero() {
		return nil
	}
	p, err := r.store.prediction(id)
	if err != nil {
		return nil
	}
	if r, ok := p.By.(*predict.Recipe); ok {
		return r.Importance
	}
	return nil
}
