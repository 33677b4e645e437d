package choose

import (
	"cmp"
	"context"
	"slices"

	"dits/tensorstore/codec"
	"dits/tensorstore/digest"
	"dits/tensorstore/predict"
)

// closeLooks is the number of sources that are weighed with low rank, and of those that quants are weighed as made of.
const closeLooks = 3

// clearlyWorse is how many times as many quants of a probe a source may miss as the best one, to be weighed too.
const clearlyWorse = 2

// A Choice is a way to code a tensor, found by a trial.
type Choice struct {
	Cost    int64       // bytes, expected of the whole tensor with its prediction
	Needs   []digest.ID // blobs that reading it takes
	sources Sources
	c       *candidate
}

// Choose is the cheapest way to code the tensor, against some of rs or alone; nil when none is smaller than its bytes.
func (t *Trial) Choose(ctx context.Context, rs []Relative) (*Choice, error) {
	c, err := t.best(ctx, rs)
	if err == nil && c != nil {
		err = t.estimate(c) // of the whole coding, whatever the search for it went by
	}
	if err != nil || c == nil {
		return nil, err
	}
	return &Choice{c.cost, c.pred.Blobs(), t.sources, c}, nil
}

// Plan is how chunks are coded in that way; what its prediction has no source for is not predicted.
func (c *Choice) Plan() (*Plan, error) { return planOf(c.sources, c.c) }

// A Price is what one way to store a tensor is expected to take.
type Price struct {
	Cost  int64       // bytes
	Needs []digest.ID // blobs
}

// Alone is the cost of the tensor without a source.
func (t *Trial) Alone(ctx context.Context) (int64, error) {
	if err := t.read(); err != nil {
		return 0, err
	}
	best := &candidate{encoding: codec.Zstd, pred: &predict.Prediction{Kind: predict.Alone, Elem: t.elem, From: t.elem}}
	if err := t.estimate(best); err != nil {
		return 0, err
	}
	alone, err := t.bestAlone(ctx)
	if err != nil {
		return 0, err
	}
	return min(cheaper(best, alone).cost, t.size), nil
}

// Prices are those of the tensor against each of some relatives of its own shape, or as made of them or of others:
// experts, a stack, the matrix that it has the scales of. At the highest level the likeliest are looked at closely:
// two sources that cost the same by themselves may differ by how well low rank moves them.
func (t *Trial) Prices(ctx context.Context, others, relatives []Relative) ([]Price, error) {
	if err := t.read(); err != nil {
		return nil, err
	}
	list := &prices{}
	if err := t.priceMade(ctx, list, others, relatives); err != nil {
		return nil, err
	}
	var candidates []*candidate
	for _, r := range relatives {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		// One that cannot be read is no relative.
		if c := t.against(r); c != nil && t.estimate(c) == nil {
			list.add(c)
			candidates = append(candidates, c)
		}
	}
	if t.Level != MaxLevel || len(candidates) < 2 {
		return list.all, nil
	}
	slices.SortStableFunc(candidates, func(a, b *candidate) int { return cmp.Compare(a.cost, b.cost) })
	for _, c := range candidates[:min(len(candidates), closeLooks)] {
		close, err := t.withLowRank(ctx, c)
		if err == nil {
			err = t.estimate(close)
		}
		if err != nil {
			return nil, err
		}
		list.add(close)
	}
	return list.all, nil
}

// prices are a list of them.
type prices struct{ all []Price }

func (l *prices) add(c *candidate) { l.all = append(l.all, Price{c.cost, c.pred.Blobs()}) }

// priceMade adds what storing the tensor as made of others costs, or of relatives: quantised, merged with an adapter,
// over scales.
func (t *Trial) priceMade(ctx context.Context, list *prices, others, relatives []Relative) error {
	all := slices.Concat(others, relatives)
	if err := t.priceQuantised(ctx, list, all); err != nil {
		return err
	}
	for i, r := range all {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		one := all[i : i+1]
		made := []*candidate{t.bestMerged(one), t.bestScaled(one)}
		if i < len(others) {
			made = append(made, t.against(r))
		}
		for _, c := range made {
			if c != nil && t.estimate(c) == nil {
				list.add(c)
			}
		}
	}
	return nil
}

// priceQuantised adds what storing quants as made of relatives costs: of those that a probe says explain them
// best, for to estimate one is to quantise the sample.
func (t *Trial) priceQuantised(ctx context.Context, list *prices, relatives []Relative) error {
	probe, ok := t.probe()
	if !ok {
		return nil
	}
	var all []*quantSource
	for i := range relatives {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if o := t.bestQuantSource(relatives[i:i+1], probe); o != nil {
			all = append(all, o)
		}
	}
	slices.SortStableFunc(all, func(a, b *quantSource) int { return cmp.Compare(a.misses, b.misses) })
	for _, o := range all[:min(len(all), closeLooks)] {
		if float64(o.misses) > clearlyWorse*float64(all[0].misses+1) {
			break // made of the first, it costs a fraction
		}
		c, err := t.quantisedFrom(o, probe)
		if err != nil {
			return err
		}
		if c != nil {
			list.add(c)
		}
	}
	return nil
}
