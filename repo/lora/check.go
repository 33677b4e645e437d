package lora

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"dits/formats"
	"dits/formats/names"
	"dits/formats/number"
	"dits/repo/diff"
	"dits/repo/object"
	"dits/tensorstore/digest"
)

// A Check says whether b is a with adapters merged, one after the other, and nothing else. Its JSON form is a contract.
// Of several adapters, Adapter names all, and Rank and Alpha are those of the first.
type Check struct {
	A         *digest.ID `json:"a"` // commits; null is the index or the working folder
	B         *digest.ID `json:"b"`
	Adapter   string     `json:"adapter"`
	Rank      int64      `json:"rank"`
	Alpha     float64    `json:"alpha"`
	OK        bool       `json:"ok"`
	Merged    int        `json:"merged"`    // tensors with their change of the adapter
	Replaced  int        `json:"replaced"`  // with the adapter's tensor in their place: biases, modules to save
	Unchanged int        `json:"unchanged"` // as they were, and expected to be
	Tensors   []Verdict  `json:"tensors"`   // those that the adapter changes, and those that are off

	Verdict string        `json:"verdict"` // of the whole: [Merged] and the others
	Reason  string        `json:"reason"`  // what is behind it, in words
	Scale   number.Number `json:"scale"`   // of the change in b, as a multiple of the adapters'; null: nothing to fit
}

// What is expected of a tensor.
const (
	ExpectMerged    = "merged"
	ExpectReplaced  = "replaced"
	ExpectUnchanged = "unchanged"
)

// A Verdict is a tensor beside what it is expected to be.
type Verdict struct {
	Path     string        `json:"path"` // the file in a
	Name     string        `json:"name"`
	Expected string        `json:"expected"`
	OK       bool          `json:"ok"`
	Problem  string        `json:"problem,omitempty"`
	Elements int64         `json:"elements"`
	Off      int64         `json:"off"`      // elements further from what is expected than rounding takes them
	MaxOff   number.Number `json:"max_off"`  // the furthest of those, 0 for none
	MaxUlps  number.Number `json:"max_ulps"` // the same in units in the last place of the weight
	Scale    number.Number `json:"scale"`    // of the change in b, by least squares, as a multiple of the adapter's; null: nothing to fit
	Order    string        `json:"order"`    // the arithmetic that fits best, "" where nothing was merged

	Cast     string        `json:"cast,omitempty"` // the dtype that the merge was computed in, where b has another
	Residual number.Number `json:"residual"`       // ‖b − what is expected‖ / ‖b − a‖ of what is to be merged; null for others

	moved   bool    // b has other values than a
	stated  bool    // what is left is what the adapter states of itself
	besides float64 // ‖what changed besides‖ / ‖the adapter's change‖: what is left at the best scale
}

// Check says whether b is a with the adapter merged, and nothing else. See [CheckMerge].
func (l *Adapter) Check(ctx context.Context, a, b diff.Snapshot, o diff.Options) (*Check, error) {
	return CheckMerge(ctx, []*Adapter{l}, a, b, o)
}

// CheckMerge says whether b is a with the adapters merged, one after the other, and nothing else. Only tensors of files
// that both sides have are looked at; where none of those that differ has what the adapters change, files that do not
// differ are. Where it is not, all is read again for each other thing that it may be.
func CheckMerge(ctx context.Context, adapters []*Adapter, a, b diff.Snapshot, o diff.Options) (*Check, error) {
	x := &checking{adapters: adapters, a: a, b: b, options: o, times: 1}
	c, err := x.check(ctx)
	if err != nil {
		return nil, err
	}
	return c, x.judge(ctx, c)
}

// A checking is one look at all tensors.
type checking struct {
	adapters []*Adapter
	a, b     diff.Snapshot
	options  diff.Options
	times    float64 // what the adapters' scales are multiplied by
}

// check looks at all tensors.
func (x *checking) check(ctx context.Context) (*Check, error) {
	pairs, err := loraPairs(ctx, x.a, x.b, x.adapters)
	if err != nil {
		return nil, err
	}
	first := x.adapters[0]
	c := &Check{A: x.a.Commit, B: x.b.Commit, Adapter: namesOf(x.adapters), Rank: first.Rank, Alpha: first.Alpha,
		Tensors: []Verdict{}}
	missing := make(map[string]string)
	for _, l := range x.adapters {
		maps.Copy(missing, l.expected())
	}
	p := object.OrQuiet(x.options.Progress)
	p.Start("checking", sizeOf(pairs))
	defer p.Done()
	for _, pair := range pairs {
		p.Turn("checking", pair.Path())
		if err := x.pair(ctx, c, pair, missing); err != nil {
			return nil, fmt.Errorf("%s: %w", pair.Path(), err)
		}
	}
	for _, name := range sortedKeys(missing) {
		c.Tensors = append(c.Tensors, Verdict{Name: missing[name], Expected: ExpectMerged, Problem: "no such tensor in the model",
			Residual: nan, Scale: nan})
	}
	c.OK = !slices.ContainsFunc(c.Tensors, func(t Verdict) bool { return !t.OK })
	return c, nil
}

// nan is a figure that there is not.
var nan = number.Number(math.NaN())

// namesOf is how messages call adapters.
func namesOf(adapters []*Adapter) string {
	var all []string
	for _, l := range adapters {
		all = append(all, l.name)
	}
	return strings.Join(all, ", ")
}

// sizeOf is the bytes of b's side.
func sizeOf(pairs []diff.ModelPair) (n int64) {
	for _, p := range pairs {
		n += p.B.Size()
	}
	return n
}

// expected are the roles that the adapter changes or replaces, with the names that it has for them.
func (l *Adapter) expected() map[string]string {
	roles := make(map[string]string)
	for role, c := range l.changes {
		roles[role] = c.module
	}
	for role, i := range l.saved {
		roles[role] = names.Replaced(l.content.Layout.Tensors[i].Name)
	}
	for _, module := range l.ModulesToSave {
		found := false
		for _, name := range roles {
			found = found || strings.HasSuffix("."+name, "."+module+".weight") || strings.Contains("."+name, "."+module+".")
		}
		if !found {
			roles["modules_to_save "+module] = module + " (modules_to_save, and not in the adapter)"
		}
	}
	return roles
}

func sortedKeys(m map[string]string) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// loraPairs are the models to be looked at.
func loraPairs(ctx context.Context, a, b diff.Snapshot, adapters []*Adapter) ([]diff.ModelPair, error) {
	changed, err := diff.Pairs(ctx, a, b, diff.Options{})
	if err != nil {
		return nil, err
	}
	found, err := withTargets(changed, adapters)
	if err != nil || found {
		return both(changed), err
	}
	ma, mb := diff.Models(a.Files, true), diff.Models(b.Files, true)
	var same []diff.ModelPair
	for _, m := range ma {
		for _, n := range mb {
			if !m.MayHoldTensors() {
				continue
			}
			if same, err := m.SameBytes(ctx, n); err != nil {
				return nil, err
			} else if !same {
				continue
			}
			p := []diff.ModelPair{{Status: diff.FileModified, A: m, B: n}}
			if has, err := withTargets(p, adapters); err != nil {
				return nil, err
			} else if has {
				same = append(same, p[0])
			}
			break
		}
	}
	if len(same) == 0 {
		if err := whyNoTensors(a, b); err != nil {
			return nil, err
		}
		return nil, object.Absent("no tensor of the base is one that an adapter changes")
	}
	return append(both(changed), same...), nil
}

// whyNoTensors is the error of the first file that looks like a model and has no tensors, nil if there is none.
func whyNoTensors(sides ...diff.Snapshot) error {
	for _, s := range sides {
		for _, e := range s.Files {
			if e.Open == nil {
				continue
			}
			f, err := e.Open()
			if err != nil {
				return fmt.Errorf("%s: %w", e.Path, err)
			}
			flaw, err := f.Flaw(e.Path)
			f.Close()
			if err != nil {
				return fmt.Errorf("%s: %w", e.Path, err)
			}
			if flaw != nil {
				return fmt.Errorf("%s: %s", e.Path, flaw.Text)
			}
		}
	}
	return nil
}

// both are the pairs of models with tensors that both sides have.
func both(pairs []diff.ModelPair) []diff.ModelPair {
	return slices.DeleteFunc(slices.Clone(pairs), func(p diff.ModelPair) bool {
		return p.A == nil || p.B == nil || !p.A.MayHoldTensors() || !p.B.MayHoldTensors()
	})
}

// withTargets says that one of the pairs has a tensor that the adapter changes.
func withTargets(pairs []diff.ModelPair, adapters []*Adapter) (bool, error) {
	roles := make(map[int]map[string]bool)
	for i, p := range both(pairs) {
		if err := diff.RolesOf(roles, i, p.A); err != nil {
			return false, err
		}
		for _, l := range adapters {
			for role := range l.changes {
				if roles[i][role] {
					return true, nil
				}
			}
		}
	}
	return false, nil
}

// pair checks the tensors of a model, and takes those that it finds off missing.
func (x *checking) pair(ctx context.Context, c *Check, p diff.ModelPair, missing map[string]string) error {
	a, err := p.A.Open()
	if err != nil {
		return err
	}
	defer a.Close()
	b, err := p.B.Open()
	if err != nil {
		return err
	}
	defer b.Close()
	if warning := diff.OneOpaque(p, a, b); warning != "" {
		return fmt.Errorf("%s", warning)
	}
	if isAdapter(a) {
		return nil
	}
	for _, f := range []*object.File{a, b} {
		if f.Layout.Format == "gguf" {
			return errors.New("one of the two is a GGUF, want safetensors: llama.cpp's converter moves rows, and quants are not what was merged")
		}
	}
	return x.tensors(ctx, c, p.Path(), a, b, missing)
}

// tensors checks those of two files.
func (x *checking) tensors(ctx context.Context, c *Check, path string, a, b *object.File, missing map[string]string) error {
	pairs, err := diff.PairTensors(ctx, a, b)
	if err != nil {
		return err
	}
	workers := x.options.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	found := make([]Verdict, len(pairs))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(workers)
	for i, tp := range pairs {
		v := &loraVerifier{adapters: x.adapters, times: x.times, a: a, b: b, pair: tp, diff: diff.Describe(tp, a, b)}
		delete(missing, names.Role(v.diff.Name))
		g.Go(func() error {
			var err error
			if found[i], err = v.verify(ctx); err != nil {
				return fmt.Errorf("tensor %q: %w", v.diff.Name, err)
			}
			found[i].Path = path
			if tp.B >= 0 {
				object.OrQuiet(x.options.Progress).Add(b.Layout.Tensors[tp.B].Len)
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	c.count(found)
	return nil
}

// isAdapter says that a file is an adapter itself: it has low-rank factors.
func isAdapter(c *object.File) bool {
	return slices.ContainsFunc(c.Tensors(), func(t formats.Tensor) bool {
		_, _, ok := names.Factor(t.Name)
		return ok
	})
}

// count adds what was found.
func (c *Check) count(found []Verdict) {
	for _, t := range found {
		if t.OK {
			switch t.Expected {
			case ExpectMerged:
				c.Merged++
			case ExpectReplaced:
				c.Replaced++
			default:
				c.Unchanged++
			}
		}
		if !t.OK || t.Expected != ExpectUnchanged {
			c.Tensors = append(c.Tensors, t)
		}
	}
}
