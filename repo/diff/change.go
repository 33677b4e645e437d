package diff

import (
	"context"
	"errors"
	"fmt"

	"dits/formats/number"
	"dits/repo/object"
)

// A Change is one tensor on both sides, open to be looked at closely. Close it after use.
type Change struct {
	TensorDiff // without figures, unless nothing changed; see [Change.Measure]

	files [2]*object.File
	pair  TensorPair
	sides [2]number.Operand
}

// OpenChange opens the tensor with that name, on either side, of the model with that path among what differs between two
// states. [Options.Only] says of which model; "" is the only one that has such a tensor.
func OpenChange(ctx context.Context, a, b Snapshot, name string, o Options) (*Change, error) {
	pairs, err := Pairs(ctx, a, b, o)
	if err != nil {
		return nil, err
	}
	for _, p := range pairs {
		if !o.wants(p) {
			continue
		}
		c, err := p.openChange(ctx, name)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.Path(), err)
		}
		if c != nil {
			return c, nil
		}
	}
	return nil, object.Absent("no model that differs has a tensor %q", name)
}

// openChange is nil where no side has the tensor.
func (p ModelPair) openChange(ctx context.Context, name string) (*Change, error) {
	c := &Change{}
	var err error
	if c.files[0], err = p.A.Open(); err != nil {
		return nil, err
	}
	if c.files[1], err = p.B.Open(); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	found, err := c.find(ctx, name)
	if err != nil || !found {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

// find describes the tensor, and says whether a side has it.
func (c *Change) find(ctx context.Context, name string) (bool, error) {
	a, b := c.files[0], c.files[1]
	pairs, err := PairTensors(ctx, a, b)
	if err != nil {
		return false, err
	}
	for _, p := range pairs {
		d := Describe(p, a, b)
		if d.Name != name && d.NameB != name {
			continue
		}
		c.TensorDiff, c.pair = d, p
		if _, err := NeedsReading(ctx, &c.TensorDiff, p, a, b); err != nil {
			return false, err
		}
		return true, c.openSides()
	}
	return false, nil
}

// openSides makes the tensor readable on the sides that have it.
func (c *Change) openSides() (err error) {
	for k, i := range []int{c.pair.A, c.pair.B} {
		if i < 0 {
			continue
		}
		if c.sides[k], err = valuesOf(c.files[k], i); err != nil {
			return err
		}
	}
	if c.pair.A >= 0 && c.pair.B >= 0 && c.Name != c.NameB && c.Status == TensorChanged {
		c.sides[1] = inOrderOf(c.sides[0], c.sides[1], c.Shape)
	}
	return nil
}

// Measure fills in the figures, as [Of] has them. Of a tensor that did not change, or that one side has, there are none to
// be read.
func (c *Change) Measure(ctx context.Context, workers int) error {
	a, b := c.files[0], c.files[1]
	needs, err := NeedsReading(ctx, &c.TensorDiff, c.pair, a, b)
	if err != nil || !needs {
		return err
	}
	return c.measure(ctx, c.pair, a, b, Options{}, workers)
}

// Spectrum finds the singular values of the change; nil where it is no matrix of floats, or nothing changed.
func (c *Change) Spectrum(ctx context.Context) (*Spectrum, error) {
	if c.Status != TensorChanged {
		return nil, nil
	}
	r, err := NewRankOf(ctx, c.Shape, c.sides[0], c.sides[1])
	if r == nil || err != nil {
		return nil, err
	}
	s, err := r.Spectrum(ctx)
	return &s, err
}

// Close closes the files.
func (c *Change) Close() error {
	return errors.Join(c.files[0].Close(), c.files[1].Close())
}
