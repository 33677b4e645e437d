package lora

import (
	"fmt"
	"math"

	"dits/formats/number"
)

// mergeSums is what a pass over a matrix finds.
type mergeSums struct {
	off      int64   // elements beyond the tolerance
	other    int64   // elements that are not just what the arithmetic gives
	far      float64 // the largest distance of those off
	ulps     float64 // the same in units in the last place
	expected float64 // Σ change·(rounded a+change − a)
	actual   float64 // Σ change·(b − a)
	missed   float64 // ‖b − (a+change)‖²
	asked    float64 // ‖change‖²
	made     float64 // ‖b − a‖²
	moved    int64   // elements of b that are not a's
}

// add adds an element: what it was, is, and is wanted to be within slack and half a unit in the last place. One that was
// cast has to be what the cast makes of such a number.
func (s *mergeSums) add(a *arithmetic, old, got, want, slack float64) {
	g := a.work
	unit := max(g.Step(want), g.Ulp(got))
	tolerance := unit/2 + slack + math.Abs(want)*0x1p-24
	if a.dora {
		tolerance += doraRoundings * unit
	}
	rounded, between := g.Round(want), false
	if a.cast != "" {
		half := a.grid.Step(got) / 2
		rounded, between = a.grid.Round(rounded), math.Abs(got-g.Round(got)) > half
		tolerance += half
	}
	if got != rounded {
		s.other++
	}
	if got != a.grid.Round(old) {
		s.moved++
	}
	if far := math.Abs(got - want); !(far <= tolerance) || between {
		s.off++
		s.far, s.ulps = max(s.far, far), max(s.ulps, far/unit)
	}
	change := want - old
	s.expected += change * (rounded - old)
	s.actual += change * (got - old)
	s.missed += (got - want) * (got - want)
	s.asked += change * change
	s.made += (got - old) * (got - old)
}

// statedSlack is how much more than its own error a change may miss an adapter that states one: factors are rounded to
// float32.
const statedSlack = 1.001

// judge says what the sums mean, for an adapter that states its own error or none.
func (s *mergeSums) judge(t *Verdict, stated float64) {
	t.Off, t.MaxOff, t.MaxUlps = s.off, number.Number(s.far), number.Number(s.ulps)
	scale := s.actual / s.expected
	t.Scale, t.Residual = number.Number(scale), number.Number(number.Relative(s.missed, s.made))
	t.moved, t.besides = s.moved > 0, math.Sqrt(max(0, s.missed/s.asked-(1-scale)*(1-scale)))
	lost := s.expected == 0 // in rounding, or the factors are 0
	right := math.Abs(scale-1) <= scaleTolerance || lost && s.moved == 0
	t.stated = s.moved > 0 && t.Residual < 1 && float64(t.Residual) <= statedSlack*stated && math.Abs(scale-1) <= looseScale
	switch {
	case right && s.off == 0, t.stated && stated <= mostStated:
		t.OK = true
		return
	case s.moved == 0:
		t.Problem = "not merged: nothing changed"
	case math.Abs(scale-2) <= 2*scaleTolerance:
		t.Problem = fmt.Sprintf("merged twice: scale %.3f of the adapter's", scale)
	case !right:
		t.Problem = fmt.Sprintf("scale %.3f of the adapter's, want 1 within %g%%", scale, 100*scaleTolerance)
	}
	if s.off == 0 {
		return
	}
	far := fmt.Sprintf("%d of %d weights are off, by %s at most (%.1f units in the last place)", s.off, t.Elements, shortNumber(s.far), s.ulps)
	if t.Problem != "" {
		far = t.Problem + "; " + far
	}
	t.Problem = far
}
