package explore

import (
	"context"
	"net/url"

	"dits/formats/number"
)

// A Ranks answers "rank": the singular values of a tensor's change, as `dits diff --rank` finds them.
type Ranks struct {
	Progress *Progress `json:"progress,omitempty"` // the rest of the answer is still worked out
	*Spectrum
}

// A Spectrum is singular values of a change, and what they tell.
type Spectrum struct {
	Known  bool            `json:"known"`         // false: it is no matrix of floats, or nothing changed
	Values []number.Number `json:"values"`        // the largest, descending
	Energy []number.Number `json:"energy"`        // share of ‖ΔW‖² in the first one, the first two, …
	Whole  bool            `json:"whole"`         // Values are all there are
	Floor  number.Number   `json:"floor"`         // what rounding alone may give
	Rank   int             `json:"rank"`          // values above it
	Share  number.Number   `json:"share"`         // of ‖ΔW‖² in these
	Least  bool            `json:"rank_at_least"` // the rank is that or higher
}

// rank answers "rank": asked as "tensor".
func (e *Explorer) rank(ctx context.Context, about url.Values) (any, error) {
	c, err := e.comparison(about)
	if err != nil {
		return nil, err
	}
	name, path := about.Get("name"), about.Get("path")
	factor := func(ctx context.Context, _ *job) (any, error) { return c.spectrum(ctx, path, name) }
	found, progress, err := e.jobs.await(ctx, c.key("rank", path, name), about, factor)
	if err != nil {
		return nil, err
	}
	answer := &Ranks{Progress: progress}
	if progress == nil {
		answer.Spectrum = found.(*Spectrum)
	}
	return answer, nil
}

func (c *comparison) spectrum(ctx context.Context, path, name string) (*Spectrum, error) {
	t, err := c.open(ctx, path, name)
	if err != nil {
		return nil, err
	}
	defer t.Close()
	s, err := t.Spectrum(ctx)
	if err != nil {
		return nil, err
	}
	out := &Spectrum{Values: []number.Number{}, Energy: []number.Number{}}
	if s == nil {
		return out, nil
	}
	out.Known, out.Whole, out.Rank, out.Least = true, s.Whole, s.Rank, s.Least
	out.Floor, out.Share = number.Number(s.Floor), number.Number(s.Share)
	sum := 0.0
	for _, v := range s.Values {
		sum += v * v
		out.Values = append(out.Values, number.Number(v))
		out.Energy = append(out.Energy, number.Number(min(1, sum/s.Energy)))
	}
	return out, nil
}
