package diff

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"dits/formats"
	"dits/formats/names"
	"dits/formats/number"
	"dits/repo/object"
	"dits/tensorstore/digest"
)

// What became of a tensor.
const (
	TensorIdentical = "identical"
	TensorChanged   = "changed"  // other elements or another dtype
	TensorReshaped  = "reshaped" // another shape; elements may have changed as well
	TensorRenamed   = "renamed"  // the same bytes, dtype and shape under another name
	TensorAdded     = "added"
	TensorRemoved   = "removed"
)

// A TensorDiff is one tensor on both sides. Rows that a converter to GGUF has put in another order (the
// queries and keys of llama's architecture) are compared with those that they were.
//
// Of a reshaped tensor that only grew or shrank in its first dimension the rows
// that both have are compared, and b's further rows count as changed; one with the
// same number of elements is compared in order; any other is changed as a whole,
// without figures. So is a tensor that only one side has.
type TensorDiff struct {
	Name      string         `json:"name"` // in a; in b if it was added
	Status    string         `json:"status"`
	NameB     string         `json:"name_b"` // "" if it was removed
	DTypeA    string         `json:"dtype_a"`
	DTypeB    string         `json:"dtype_b"`
	Shape     []int64        `json:"shape"`             // in b; in a if it was removed
	ShapeA    []int64        `json:"shape_a,omitempty"` // if it was reshaped
	Elements  int64          `json:"elements"`          // of Shape
	Changed   int64          `json:"changed"`           // of them
	RelL2     number.Number  `json:"rel_l2"`            // the figures are those of [number.Comparison]
	MaxAbs    number.Number  `json:"max_abs"`
	Cosine    number.Number  `json:"cosine"`
	MeanShift number.Number  `json:"mean_shift"`
	Rank      *int64         `json:"rank,omitempty"`          // of b−a above the noise of rounding, where it was asked for and there is one
	RankLeast bool           `json:"rank_at_least,omitempty"` // the rank is that or higher
	Energy    *number.Number `json:"energy,omitempty"`        // share of ‖b−a‖² in the directions that Rank counts

	diffSq, baseSq float64
}

// HasEqualValues says that a tensor that changed, in its dtype or in bits that mean the same, has the same values.
func (d TensorDiff) HasEqualValues() bool {
	return d.Status == TensorChanged && d.Changed == 0 && d.Elements > 0
}

// A TensorPair is a tensor's index on both sides, -1 where a side does not have it.
type TensorPair struct {
	status string
	A, B   int
}

// diffTensors matches the tensors of two files and compares those that differ.
// Either side may be nil.
func diffTensors(ctx context.Context, a, b *object.File, o Options) ([]TensorDiff, error) {
	pairs, err := PairTensors(ctx, a, b)
	if err != nil {
		return nil, err
	}
	diffs := make([]TensorDiff, len(pairs))
	differ := make([]bool, len(pairs))
	workers := o.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	all := make([]int, len(pairs))
	for i, p := range pairs {
		all[i], diffs[i] = i, Describe(p, a, b)
	}
	err = atOnce(ctx, workers, all, diffs, func(ctx context.Context, i int) (err error) {
		differ[i], err = NeedsReading(ctx, &diffs[i], pairs[i], a, b)
		if !differ[i] || o.DigestsOnly {
			o.pass(pairs[i], a, b)
		}
		return err
	})
	todo := slices.DeleteFunc(all, func(i int) bool { return !differ[i] })
	if err != nil || o.DigestsOnly || len(todo) == 0 {
		return diffs, err
	}
	each := (workers + len(todo) - 1) / len(todo)
	return diffs, atOnce(ctx, workers, todo, diffs, func(ctx context.Context, i int) error {
		return diffs[i].measure(ctx, pairs[i], a, b, o, each)
	})
}

// atOnce calls do for some tensors, several at a time.
func atOnce(ctx context.Context, workers int, some []int, diffs []TensorDiff,
	do func(context.Context, int) error) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(workers)
	for _, i := range some {
		g.Go(func() error {
			if err := do(ctx, i); err != nil {
				return fmt.Errorf("tensor %q: %w", diffs[i].Name, err)
			}
			return nil
		})
	}
	return g.Wait()
}

// PairTensors matches by name, what is left by role, and what is left then by content. Those of one name and dtype
// whose digests are not known count as changed until [NeedsReading] has looked.
func PairTensors(ctx context.Context, a, b *object.File) ([]TensorPair, error) {
	ta, tb := a.Tensors(), b.Tensors()
	byName := make(map[string]int, len(tb))
	for j, t := range tb {
		byName[t.Name] = j
	}
	pairs := make([]TensorPair, len(ta))
	matched := make([]bool, len(tb))
	for i, t := range ta {
		pairs[i] = TensorPair{TensorRemoved, i, -1}
		if j, ok := byName[t.Name]; ok {
			pairs[i] = TensorPair{statusOf(a, b, i, j), i, j}
			matched[j] = true
		}
	}
	pairByRole(a, b, pairs, matched)
	return pairByContent(ctx, a, b, pairs, matched)
}

// pairByRole matches the tensors that have one role in two naming schemes, where each is the only one left
// of its side with that role.
func pairByRole(a, b *object.File, pairs []TensorPair, matched []bool) {
	const several = -1
	note := func(roles map[string]int, name string, i int) {
		role := names.Role(name)
		if _, again := roles[role]; again {
			i = several
		}
		roles[role] = i
	}
	ofA, ofB := make(map[string]int), make(map[string]int)
	for i, p := range pairs {
		if p.B < 0 {
			note(ofA, a.Layout.Tensors[i].Name, i)
		}
	}
	for j, t := range b.Tensors() {
		if !matched[j] {
			note(ofB, t.Name, j)
		}
	}
	for role, i := range ofA {
		j, ok := ofB[role]
		if !ok || i == several || j == several {
			continue
		}
		matched[j] = true
		pairs[i] = TensorPair{statusOf(a, b, i, j), i, j}
		if pairs[i].status == TensorIdentical {
			pairs[i].status = TensorRenamed
		}
	}
}

// A likeness is what two tensors have in common that differ in nothing but name. Without an ID it is
// what can be told without their bytes.
type likeness struct {
	id    digest.ID
	dtype formats.DType
	shape string
}

func outlineOf(t formats.Tensor) likeness {
	return likeness{dtype: t.DType, shape: fmt.Sprint(t.Shape)}
}

// pairByContent finds the tensors of b without a match among those that a alone has, in order. Empty tensors are all
// alike, and matched by nothing but name. Digests are only asked for where the other side has a tensor of that dtype
// and shape left, for they may have to be computed.
func pairByContent(ctx context.Context, a, b *object.File, pairs []TensorPair, matched []bool) ([]TensorPair, error) {
	wanted := make(map[likeness]bool)
	for j := range matched {
		if !matched[j] {
			wanted[outlineOf(b.Layout.Tensors[j])] = true
		}
	}
	gone, offered, err := offers(ctx, a, pairs, wanted)
	if err != nil {
		return nil, err
	}
	for j := range matched {
		if matched[j] {
			continue
		}
		l := outlineOf(b.Layout.Tensors[j])
		if offered[l] {
			if l.id, err = b.Hash(ctx, j); err != nil {
				return nil, err
			}
		}
		if from := gone[l]; len(from) > 0 {
			pairs[from[0]] = TensorPair{TensorRenamed, from[0], j}
			gone[l] = from[1:]
			continue
		}
		pairs = append(pairs, TensorPair{TensorAdded, -1, j})
	}
	return pairs, nil
}

// offers are the tensors without a match that a alone has, of the outlines that are wanted.
func offers(ctx context.Context, a *object.File, pairs []TensorPair, wanted map[likeness]bool) (
	gone map[likeness][]int, offered map[likeness]bool, err error) {
	gone, offered = make(map[likeness][]int), make(map[likeness]bool)
	for i, p := range pairs {
		if p.B >= 0 || a.Layout.Tensors[i].Len == 0 {
			continue
		}
		l := outlineOf(a.Layout.Tensors[i])
		if !wanted[l] {
			continue
		}
		offered[l] = true
		if l.id, err = a.Hash(ctx, i); err != nil {
			return nil, nil, err
		}
		gone[l] = append(gone[l], i)
	}
	return gone, offered, nil
}

// statusOf compares two tensors of one name without reading them.
func statusOf(a, b *object.File, i, j int) string {
	ta, tb := a.Layout.Tensors[i], b.Layout.Tensors[j]
	switch {
	case !slices.Equal(ta.Shape, tb.Shape):
		return TensorReshaped
	case ta.DType == tb.DType && a.Digest(i) == b.Digest(j) && (ta.Len == 0 || !a.Digest(i).IsZero()):
		return TensorIdentical
	}
	return TensorChanged
}

// Describe says all that is known without reading: nothing in common until
// measured, unless the bytes are the same.
func Describe(p TensorPair, a, b *object.File) TensorDiff {
	nan := number.Number(math.NaN())
	d := TensorDiff{Status: p.status, RelL2: nan, MaxAbs: nan, Cosine: nan, MeanShift: nan, diffSq: math.NaN(), baseSq: math.NaN()}
	if p.A >= 0 {
		t := a.Layout.Tensors[p.A]
		d.Name, d.DTypeA, d.Shape = t.Name, string(t.DType), t.Shape
	}
	if p.B >= 0 {
		t := b.Layout.Tensors[p.B]
		if p.A < 0 {
			d.Name = t.Name
		}
		if p.status == TensorReshaped {
			d.ShapeA = d.Shape
			if d.ShapeA == nil {
				d.ShapeA = []int64{}
			}
		}
		d.NameB, d.DTypeB, d.Shape = t.Name, string(t.DType), t.Shape
	}
	if d.Shape == nil {
		d.Shape = []int64{}
	}
	d.Elements = formats.Elements(d.Shape)
	d.Changed = d.Elements
	return d
}

// NeedsReading says whether a pair has to be read for its figures; where the bytes are the same it fills in that
// nothing changed.
func NeedsReading(ctx context.Context, d *TensorDiff, p TensorPair, a, b *object.File) (bool, error) {
	if p.A < 0 || p.B < 0 {
		return false, nil
	}
	if d.DTypeA == d.DTypeB {
		same, err := object.SameTensor(ctx, a, p.A, b, p.B)
		if err != nil {
			return false, err
		}
		if same {
			d.unchanged()
			return false, nil
		}
	}
	return d.common() > 0, nil
}

// unchanged fills in that the bytes are the same.
func (d *TensorDiff) unchanged() {
	d.set(number.Unchanged(d.Elements))
	switch {
	case d.Status != TensorChanged:
	case d.Name == d.NameB:
		d.Status = TensorIdentical
	default:
		d.Status = TensorRenamed
	}
}

// common is how many elements, from the first on, stand for the same thing on both
// sides.
func (d *TensorDiff) common() int64 {
	if d.Status != TensorReshaped {
		return d.Elements
	}
	n, m := formats.Elements(d.ShapeA), d.Elements
	if d.isTurned() {
		return 0
	}
	if n == m {
		return n
	}
	if len(d.ShapeA) > 0 && len(d.Shape) > 0 && slices.Equal(d.ShapeA[1:], d.Shape[1:]) {
		return min(n, m)
	}
	return 0
}

// isTurned says that a matrix of another name has rows where this one has columns, as GPT-2's in GGUF.
func (d *TensorDiff) isTurned() bool {
	return d.Name != d.NameB && len(d.Shape) == 2 && len(d.ShapeA) == 2 && d.Shape[0] == d.ShapeA[1] && d.Shape[1] == d.ShapeA[0]
}

// measure reads both tensors and fills in how far they are apart.
func (d *TensorDiff) measure(ctx context.Context, p TensorPair, a, b *object.File, o Options, workers int) error {
	oa, err := valuesOf(a, p.A)
	if err != nil {
		return err
	}
	ob, err := valuesOf(b, p.B)
	if err != nil {
		return err
	}
	if d.Name != d.NameB && d.Status == TensorChanged {
		ob = inOrderOf(oa, ob, d.Shape)
	}
	n := d.common()
	if !o.Rank {
		oa.R, ob.R = o.watched(oa.R), o.watched(ob.R)
	}
	c, err := number.Compare(ctx, oa, ob, n, workers)
	if err != nil {
		return err
	}
	c.Changed += d.Elements - min(n, d.Elements)
	d.set(c)
	if !o.Rank {
		return nil
	}
	defer o.pass(p, a, b)
	if d.Status == TensorChanged {
		return d.findRank(ctx, oa, ob)
	}
	return nil
}

func (d *TensorDiff) set(c number.Comparison) {
	d.Changed = c.Changed
	d.RelL2, d.MaxAbs, d.Cosine, d.MeanShift = number.Number(c.RelL2), number.Number(c.MaxAbs), number.Number(c.Cosine), number.Number(c.MeanShift)
	d.diffSq, d.baseSq = c.DiffSq, c.BaseSq
}
