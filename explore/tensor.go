package explore

import (
	"context"
	"net/url"

	"dits/formats/names"
	"dits/formats/number"
	"dits/repo/diff"
)

// A TensorPage answers "tensor": one tensor on two sides, its values and its change.
type TensorPage struct {
	Progress *Progress `json:"progress,omitempty"` // the rest of the answer is still worked out
	From     Revision  `json:"from"`
	To       Revision  `json:"to"`
	*TensorClose
}

// A TensorClose is what is found out about a tensor by reading it.
type TensorClose struct {
	Tensor Tensor        `json:"tensor"`
	Stack  string        `json:"stack"`
	Layer  int           `json:"layer"` // -1 outside of layers
	Module string        `json:"module"`
	Mean   number.Number `json:"mean_shift"`
	// Before and After are the values of both sides, Change what became of them; null where there are no numbers, or on one
	// side only.
	Before *Spread `json:"before"`
	After  *Spread `json:"after"`
	Change *Spread `json:"change"`
	// ByRow and ByColumn are the change in up to 64 runs of rows and of columns, first to last; null without a change.
	ByRow    []RunChange `json:"by_row"`
	ByColumn []RunChange `json:"by_column"`
	Rows     int64       `json:"rows"` // as which the profiles read the tensor
	Columns  int64       `json:"columns"`
}

// A Spread is how some values are spread: figures, and a histogram of equal bins from Low to High, which hold nearly all.
type Spread struct {
	Count   int64         `json:"count"`      // of numbers
	NotANum int64         `json:"not_finite"` // besides: NaN and infinities
	Zeros   int64         `json:"zeros"`      // exactly 0, in no bin
	Norm    number.Number `json:"norm"`       // √Σx²
	Mean    number.Number `json:"mean"`
	Std     number.Number `json:"std"`
	Min     number.Number `json:"min"`
	Max     number.Number `json:"max"`
	Low     number.Number `json:"low"` // of a change −High
	High    number.Number `json:"high"`
	Bins    []int64       `json:"bins"`
	Under   int64         `json:"under"` // less than Low
	Over    int64         `json:"over"`  // more than High

	sum, sqs, least, most, scale float64
}

// A RunChange is the change in a run of rows or of columns.
type RunChange struct {
	Rel     number.Number `json:"rel"` // ‖ΔW‖ / ‖W‖ in it
	Norm    number.Number `json:"norm"`
	Changed int64         `json:"changed"` // weights
	Count   int64         `json:"count"`
	base    float64
}

// tensor answers "tensor": of ?name= in the model ?path= of what differs; sides as of "layers".
func (e *Explorer) tensor(ctx context.Context, about url.Values) (any, error) {
	c, err := e.comparison(about)
	if err != nil {
		return nil, err
	}
	name, path := about.Get("name"), about.Get("path")
	read := func(ctx context.Context, j *job) (any, error) {
		t, err := c.open(ctx, path, name)
		if err != nil {
			return nil, err
		}
		defer t.Close()
		return lookClosely(ctx, t, j)
	}
	found, progress, err := e.jobs.await(ctx, c.key("tensor", path, name), about, read)
	if err != nil {
		return nil, err
	}
	answer := &TensorPage{Progress: progress, From: c.from, To: c.to}
	if progress == nil {
		answer.TensorClose = found.(*TensorClose)
	}
	return answer, nil
}

// open opens a tensor of a model that differs.
func (c *comparison) open(ctx context.Context, path, name string) (*diff.Change, error) {
	return c.model.Repo.OpenChange(ctx, c.a, c.b, name, diff.Options{Paths: c.paths, Only: path})
}

// lookClosely reads a tensor three times: for the figures of diff, a part of it for the limits of histograms, and for these.
func lookClosely(ctx context.Context, t *diff.Change, j *job) (*TensorClose, error) {
	values := t.Values()
	blocks := int64(1)
	if values != nil {
		blocks = values.Blocks()
	}
	j.Start("", 2*blocks)
	if err := t.Measure(ctx, 0); err != nil {
		return nil, err
	}
	j.Add(blocks)
	place := names.PlaceOf(t.Name)
	page := &TensorClose{Tensor: tensorOf(t.TensorDiff), Stack: place.Stack, Layer: place.Layer, Module: place.Module}
	page.Mean = t.MeanShift
	if values == nil {
		return page, nil
	}
	page.Rows, page.Columns = values.Rows, values.Cols
	l, err := newLook(ctx, values)
	if err != nil {
		return nil, err
	}
	err = values.Each(ctx, 1, func(row int64, a, b []float64) {
		l.add(row, a, b)
		j.Add(1)
	})
	if err != nil {
		return nil, err
	}
	l.fill(page)
	return page, nil
}
