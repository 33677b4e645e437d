package lora

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"dits/formats"
	"dits/formats/names"
	"dits/formats/number"
	"dits/repo/diff"
	"dits/repo/object"
)

// scaleTolerance is how far the fitted scale of a change may be from the adapter's, as a share of it.
const scaleTolerance = 0.005

// A loraVerifier checks one tensor.
type loraVerifier struct {
	adapters []*Adapter
	times    float64 // what the adapters' scales are multiplied by
	a, b     *object.File
	pair     diff.TensorPair
	diff     diff.TensorDiff
}

// verify says what the tensor is expected to be, and whether it is.
func (v *loraVerifier) verify(ctx context.Context) (Verdict, error) {
	t := Verdict{Name: v.diff.Name, Expected: ExpectUnchanged, Elements: v.diff.Elements, Scale: nan, Residual: nan}
	role := names.Role(v.diff.Name)
	var steps []step
	var saved *Adapter // the last that has another tensor for its place
	for _, l := range v.adapters {
		if _, ok := l.saved[role]; ok {
			saved = l
		}
		if c := l.changes[role]; c != nil {
			steps = append(steps, step{l, c})
		}
	}
	switch {
	case v.pair.A < 0 || saved == nil && len(steps) == 0:
		return t, v.verifyUnchanged(ctx, &t)
	case saved != nil && len(steps) > 0:
		t.Expected, t.Problem = ExpectMerged, "one adapter replaces it and another changes it: that cannot be checked"
		return t, nil
	case saved != nil:
		t.Expected = ExpectReplaced
		return t, v.verifyReplaced(ctx, &t, saved, saved.saved[role])
	}
	t.Expected = ExpectMerged
	if v.pair.B < 0 || v.diff.Status == diff.TensorReshaped {
		t.Problem = v.diff.Status
		return t, nil
	}
	m, err := v.newMerge(steps)
	if err != nil {
		t.Problem = err.Error()
		return t, nil
	}
	return t, m.verify(ctx, &t)
}

// verifyUnchanged wants the same values, rounded to b's dtype where it is another.
func (v *loraVerifier) verifyUnchanged(ctx context.Context, t *Verdict) error {
	d := &v.diff
	switch {
	case v.pair.A < 0 || v.pair.B < 0 || d.Status == diff.TensorReshaped:
		t.Problem = d.Status
		return nil
	case v.isForgotten():
		t.Problem = AdapterConfig + " targets it, and the adapter has no factors for it"
		return nil
	}
	differs, err := diff.NeedsReading(ctx, d, v.pair, v.a, v.b)
	if t.OK = !differs; err != nil || t.OK {
		return err
	}
	oa, err := diff.Operand(v.a, v.pair.A)
	if err != nil {
		return err
	}
	return v.verifyCopy(ctx, t, oa)
}

// isForgotten says that the list of target modules has a matrix of which the adapter has nothing.
func (v *loraVerifier) isForgotten() bool {
	module, ok := strings.CutSuffix(v.diff.Name, ".weight")
	return ok && len(v.diff.Shape) == 2 && slices.ContainsFunc(v.adapters, func(l *Adapter) bool {
		return l.TargetModules.list != nil && l.targets(module)
	})
}

// verifyReplaced wants the values of tensor i of an adapter.
func (v *loraVerifier) verifyReplaced(ctx context.Context, t *Verdict, l *Adapter, i int) error {
	if v.pair.B < 0 || formats.Elements(l.content.Layout.Tensors[i].Shape) != v.diff.Elements {
		t.Problem = fmt.Sprintf("shape %v, and %v in the adapter", v.diff.Shape, l.content.Layout.Tensors[i].Shape)
		return nil
	}
	o, err := diff.Operand(l.content, i)
	if err != nil {
		return err
	}
	return v.verifyCopy(ctx, t, o)
}

// verifyCopy wants the values of another tensor, rounded to b's dtype.
func (v *loraVerifier) verifyCopy(ctx context.Context, t *Verdict, from number.Operand) error {
	to, err := diff.Operand(v.b, v.pair.B)
	if err != nil || v.diff.Elements == 0 {
		t.OK = err == nil
		return err
	}
	grid, isFloat := number.GridOf(to.DType)
	if _, known := number.GridOf(from.DType); from.DType == to.DType || !isFloat || !known {
		c, err := number.Compare(ctx, from, to, v.diff.Elements, 1)
		if err != nil {
			return err
		}
		t.Off, t.MaxOff, t.OK = c.Changed, number.Number(c.MaxAbs), c.Changed == 0
	} else if err := v.compareRounded(ctx, t, from, to, grid); err != nil {
		return err
	}
	if !t.OK {
		t.Problem = fmt.Sprintf("expected %s: %d of %d weights differ, by %s at most", t.Expected, t.Off, t.Elements, shortNumber(float64(t.MaxOff)))
	}
	return nil
}

// compareRounded counts the elements that are not those of a tensor rounded to another dtype.
func (v *loraVerifier) compareRounded(ctx context.Context, t *Verdict, from, to number.Operand, grid number.Grid) error {
	shape := []int64{v.diff.Elements / rowOf(v.diff.Elements), rowOf(v.diff.Elements)}
	ra, oka := number.NewRows(from, shape)
	rb, okb := number.NewRows(to, shape)
	if !oka || !okb {
		return fmt.Errorf("no values in %s or %s", from.DType, to.DType)
	}
	x, y := make([]float64, shape[1]), make([]float64, shape[1])
	raw := make([]byte, max(ra.Size, rb.Size))
	for i := range shape[0] {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := ra.Read(x, raw, i); err != nil {
			return err
		}
		if err := rb.Read(y, raw, i); err != nil {
			return err
		}
		for k, u := range x {
			if want := grid.Round(u); !number.Same(want, y[k]) {
				t.Off++
				t.MaxOff = max(t.MaxOff, number.Number(math.Abs(y[k]-u)))
			}
		}
	}
	t.OK = t.Off == 0
	return nil
}

// rowOf is the largest power of two up to 2^16 that divides n: how many elements are read at a time.
func rowOf(n int64) int64 {
	row := int64(1)
	for row < 1<<16 && n%(2*row) == 0 {
		row *= 2
	}
	return row
}

// shortNumber is a number with two digits.
func shortNumber(x float64) string { return fmt.Sprintf("%.1e", x) }
