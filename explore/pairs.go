package explore

import (
	"cmp"
	"context"
	"net/url"
	"slices"

	"dits/repo/lineage"
)

// mostPairs is how many pairs are suggested.
const mostPairs = 24

// A Pair is two sides that are worth comparing.
type Pair struct {
	From     string `json:"from"` // revisions
	To       string `json:"to"`
	FromPath string `json:"from_path,omitempty"` // where files of different paths are compared
	ToPath   string `json:"to_path,omitempty"`
	Path     string `json:"path"` // of the model that changed
	Why      string `json:"why"`  // "trained", or "converted": cast, quantised
	Changed  int    `json:"changed"`
	Tensors  int    `json:"tensors"`
}

// pairs answers "pairs": what is worth comparing in ?model=, the most interesting first: each model with
// the one that it was made of. What was trained comes before what was converted, and what changed more tensors first.
func (e *Explorer) pairs(ctx context.Context, about url.Values) (any, error) {
	m, err := e.model(about)
	if err != nil {
		return nil, err
	}
	l, err := m.Repo.Lineage(m.sought(e.revs))
	if err != nil {
		return nil, err
	}
	home := m.home()
	all := []Pair{}
	for _, f := range l.Models() {
		p, ok := pairOf(f, home)
		if ok && (len(e.revs) == 0 || slices.Contains(e.revs, p.To)) {
			all = append(all, p)
		}
	}
	slices.SortStableFunc(all, func(a, b Pair) int { return comparePairs(a, b) })
	return all[:min(len(all), mostPairs)], ctx.Err()
}

func comparePairs(a, b Pair) int {
	return cmp.Or(-cmp.Compare(a.Why, b.Why), cmp.Compare(b.Changed, a.Changed))
}

// ways are the kinds of tensors of which a model is made that was trained further, merged or left as it was. All others are
// made by conversion.
var ways = []string{"identical", "repeated", "delta", "relative", "low rank", "combination", "merged", "new"}

// pairOf is a model and the one that most of it was made of; not ok where there is none, or nothing changed.
func pairOf(m *lineage.Model, home string) (Pair, bool) {
	i := slices.IndexFunc(m.Sources, func(s lineage.ModelSource) bool { return s.Path != "" && s.Made })
	if i < 0 {
		return Pair{}, false
	}
	s, p := m.Sources[i], Pair{To: cmp.Or(m.Rev, home), Path: m.Path, Why: "trained"}
	p.From = cmp.Or(s.Rev, home)
	if s.Path != m.Path {
		p.FromPath, p.ToPath = s.Path, m.Path
	}
	for _, f := range m.Files {
		p.Tensors += f.Tensors
	}
	converted := 0
	for kind, n := range m.Kinds {
		if !slices.Contains(ways, kind) {
			converted += n
		}
	}
	p.Changed = max(0, p.Tensors-m.Kinds["identical"]-m.Kinds["repeated"])
	if 2*converted > p.Changed {
		p.Why = "converted"
	}
	return p, p.Changed > 0
}
