package lora

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"dits/formats/number"
)

// What a model is found to be, as [Check.Verdict].
const (
	Merged         = "merged"           // a with the adapters merged, and nothing else
	MergedThenCast = "merged-then-cast" // the same, in another dtype afterwards
	MergedAndMore  = "merged-and-more"  // the adapters are merged, and more than that changed
	OtherScale     = "other-scale"      // merged with another scale
	OtherBase      = "other-base"       // the change is there, on weights that are not a's
	NotMerged      = "not-merged"       // the change is not there, or not all of it
)

const (
	// sameScale is how far apart scales of tensors may be that are one, beside what chance does to them.
	sameScale = 0.02
	// noScale is the least scale at which a change can be said to be there.
	noScale = 0.05
	// looseScale is how far from 1 the scale may be where much else changed.
	looseScale = 0.2
	// chance is how many standard deviations a scale may be off by what else changed.
	chance = 4
)

// judge says what b is.
func (x *checking) judge(ctx context.Context, c *Check) error {
	c.Scale = nan
	targets := c.targets()
	if scales := scalesOf(targets); len(scales) > 0 {
		c.Scale = number.Number(scales[len(scales)/2])
	}
	if c.OK {
		c.Verdict, c.Reason = Merged, "nothing else changed"
		if cast := c.castOf(); cast != "" {
			c.Verdict, c.Reason = MergedThenCast, cast+"; nothing else changed"
		}
		if stated := x.statedOf(targets); stated > 0 {
			c.Reason = fmt.Sprintf("within the error that the adapter states of itself, up to %.2g%% of a change; %s", 100*stated, c.Reason)
		}
		return nil
	}
	moved := slices.ContainsFunc(targets, func(t Verdict) bool { return t.moved })
	switch {
	case len(targets) == 0:
		return c.uncheckable()
	case !moved && c.others() == 0:
		c.Verdict, c.Reason = NotMerged, "nothing changed"
	case !moved:
		c.Verdict, c.Reason = NotMerged, "what the adapter changes did not change, and "+tensorCount(c.others(), "other")+" did"
	default:
		return x.judgeMoved(ctx, c, targets)
	}
	return nil
}

// judgeMoved is judge where the tensors did change.
func (x *checking) judgeMoved(ctx context.Context, c *Check, targets []Verdict) error {
	if found, err := x.withoutOne(ctx, c); found || err != nil {
		return err
	}
	there, agree := 0, true
	for _, t := range targets {
		if t.near(1) || t.OK || t.stated {
			there++
		}
		agree = agree && t.near(float64(c.Scale))
	}
	if there == len(targets) {
		c.present(targets)
		return nil
	}
	if agree && math.Abs(float64(c.Scale)) >= noScale {
		if found, err := x.otherScale(ctx, c); found || err != nil {
			return err
		}
	}
	loosely := !slices.ContainsFunc(targets, func(t Verdict) bool { return !t.OK && !t.loosely() })
	switch {
	case loosely:
		c.present(targets)
	case slices.ContainsFunc(x.adapters, func(l *Adapter) bool { return l.DoRA }):
		// What DoRA adds has a share of the weights themselves in it: a scale says nothing where these differ.
		c.Verdict, c.Reason = NotMerged, "the tensors changed in another way, or DoRA was merged into other weights than the base's"
	case agree && math.Abs(float64(c.Scale)) >= noScale:
		c.Verdict, c.Reason = OtherScale, "about that much of the adapter's change is there; weights changed besides"
	case there > 0:
		c.Verdict, c.Reason = NotMerged, fmt.Sprintf("it is in %d of %s only", there, tensorCount(len(targets), ""))
	default:
		c.Verdict, c.Reason = NotMerged, "the tensors changed in another way"
	}
	return nil
}

// near says that the scale of a tensor's change is s, but for what chance does to it.
func (t *Verdict) near(s float64) bool {
	far := sameScale*max(1, math.Abs(s)) + chance*t.besides/math.Sqrt(float64(t.Elements))
	return math.Abs(float64(t.Scale)-s) <= far
}

// loosely says that the scale may be 1: what else changed may have something of the adapter's change in it, as another
// training on the same model has.
func (t *Verdict) loosely() bool {
	return math.Abs(float64(t.Scale)-1) <= min(looseScale, t.besides)
}

// present tells what else there is, where the change is in all tensors.
func (c *Check) present(targets []Verdict) {
	off, elsewhere, lacks := c.offTargets(), 0, 0
	for _, t := range targets {
		switch {
		case t.OK:
		case t.stated:
			lacks++
		case 2*t.Off > t.Elements:
			elsewhere++
		}
	}
	switch {
	case lacks > 0 && lacks == off:
		c.Verdict = MergedAndMore
		c.Reason = "by its own account the adapter lacks most of what changed in " + tensorCount(lacks, "merged")
		if n := c.others(); n > 0 {
			c.Reason += "; " + tensorCount(n, "other") + " changed"
		}
	case 2*elsewhere > len(targets):
		c.Verdict, c.Reason = OtherBase, "the change is there, on weights that are not the base's, or that were trained further"
	case off > 0:
		c.Verdict, c.Reason = MergedAndMore, "weights of "+tensorCount(off, "merged")+" changed further"
		if n := c.others(); n > 0 {
			c.Reason += ", and " + tensorCount(n, "other")
		}
	default:
		c.Verdict, c.Reason = MergedAndMore, tensorCount(c.others(), "other")+" changed"
	}
}

// withoutOne looks whether one of several adapters is not in b.
func (x *checking) withoutOne(ctx context.Context, c *Check) (bool, error) {
	for i, l := range x.adapters {
		if len(x.adapters) < 2 {
			break
		}
		less := *x
		less.adapters = slices.Delete(slices.Clone(x.adapters), i, i+1)
		got, err := less.check(ctx)
		if err != nil {
			return false, err
		}
		if got.OK {
			c.Verdict, c.Reason = NotMerged, l.missing(x.adapters)
			return true, nil
		}
	}
	return false, nil
}

// otherScale looks whether all is as it should be at another scale.
func (x *checking) otherScale(ctx context.Context, c *Check) (bool, error) {
	s := float64(c.Scale)
	for _, g := range x.guesses() {
		if math.Abs(g.scale-s) > sameScale*math.Abs(s) {
			continue
		}
		again := *x
		if again.times = g.scale; g.scale == -1 {
			again.times, again.a, again.b = 1, x.b, x.a // for who takes it out again has to round as who merged it
		}
		got, err := again.check(ctx)
		if err != nil {
			return false, err
		}
		if got.OK {
			c.Verdict, c.Scale, c.Reason = OtherScale, number.Number(g.scale), g.means+"; nothing else changed"
			return true, nil
		}
		if got.offTargets() == 0 {
			c.Verdict, c.Scale, c.Reason = OtherScale, number.Number(g.scale), g.means+"; "+tensorCount(c.others(), "other")+" changed"
			return true, nil
		}
	}
	return false, nil
}

// offTargets is how many tensors are off that adapters change.
func (c *Check) offTargets() (n int) {
	for _, t := range c.Tensors {
		if !t.OK && t.Expected == ExpectMerged {
			n++
		}
	}
	return n
}

// InPart is how many tensors have what an adapter changes, but by its own account lack most of what changed in them, and
// how many have that and changed further.
func (c *Check) InPart() (lacking, further int) {
	if c.Verdict != MergedAndMore {
		return 0, 0
	}
	for _, t := range c.Tensors {
		switch {
		case t.OK || t.Expected != ExpectMerged:
		case t.stated:
			lacking++
		default:
			further++
		}
	}
	return lacking, further
}

// A guess is a scale that people merge with by mistake, or on purpose.
type guess struct {
	scale float64
	means string
}

// guesses are the scales that are tried, the likeliest first.
func (x *checking) guesses() []guess {
	l := x.adapters[0]
	root, plain := math.Sqrt(float64(l.Rank)), l.Alpha/float64(l.Rank)
	list := []guess{{2, "merged twice"}, {-1, "the two are the wrong way round: it is the base that has the adapter merged"}}
	if l.RSLoRA {
		list = append(list, guess{1 / root, "merged as if use_rslora were not set"})
		plain *= root
	} else {
		list = append(list, guess{root, "merged as if use_rslora were set"})
	}
	list = append(list, guess{1 / plain, "merged without lora_alpha and rank: the scale is 1"})
	for k := 1; k < 40; k++ {
		if k == 20 {
			continue
		}
		list = append(list, guess{float64(k) / 20, fmt.Sprintf("merged at %g of its strength", float64(k)/20)})
	}
	for k := 3; k <= 64; k++ {
		list = append(list, guess{float64(k), fmt.Sprintf("merged at %d times its strength", k)})
	}
	return list
}

// targets are the tensors that adapters change and that could be checked.
func (c *Check) targets() []Verdict {
	return slices.DeleteFunc(slices.Clone(c.Tensors), func(t Verdict) bool {
		return t.Expected != ExpectMerged || math.IsNaN(float64(t.Residual)) && !t.OK
	})
}

// uncheckable is the error of a check in which none of the tensors that adapters change could be looked into: no verdict
// would be true.
func (c *Check) uncheckable() error {
	for _, t := range c.Tensors {
		if t.Expected == ExpectMerged && t.Problem != "" {
			return fmt.Errorf("no tensor that the adapter changes can be checked: %s: %s", t.Name, t.Problem)
		}
	}
	return errors.New("the adapter changes no tensor that can be checked")
}

// others is how many tensors are off that adapters do not change.
func (c *Check) others() (n int) {
	for _, t := range c.Tensors {
		if !t.OK && t.Expected != ExpectMerged {
			n++
		}
	}
	return n
}

// castOf says which dtypes there are, "" where nothing was cast.
func (c *Check) castOf() string {
	for _, t := range c.Tensors {
		if t.Cast != "" {
			return "computed in " + t.Cast + " and saved as another dtype"
		}
	}
	return ""
}

// statedOf is the largest error by which a tensor was let pass, 0 where all are exact.
func (x *checking) statedOf(targets []Verdict) (most float64) {
	for _, t := range targets {
		if t.Off > 0 && t.OK {
			most = max(most, float64(t.Residual))
		}
	}
	return most
}

// scalesOf are those of tensors, ascending.
func scalesOf(targets []Verdict) (scales []float64) {
	for _, t := range targets {
		if s := float64(t.Scale); !math.IsNaN(s) && !math.IsInf(s, 0) {
			scales = append(scales, s)
		}
	}
	slices.Sort(scales)
	return scales
}

// tensorCount is "3 other tensors".
func tensorCount(n int, kind string) string {
	if kind != "" {
		kind += " "
	}
	if n == 1 {
		return "1 " + kind + "tensor"
	}
	return fmt.Sprintf("%d %stensors", n, kind)
}

// missing says that an adapter is not in what all of them should be in; one that is named again is there less often.
func (l *Adapter) missing(all []*Adapter) string {
	times := 0
	for _, other := range all {
		if other.name == l.name {
			times++
		}
	}
	if times > 1 {
		return fmt.Sprintf("%s is in it, but not %d times", l.shown(), times)
	}
	return fmt.Sprintf("%s is not in it, all else is", l.shown())
}
