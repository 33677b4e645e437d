package explore

import (
	"cmp"
	"context"
	"net/url"
	"slices"

	"dits/repo/lineage"
	"dits/repo/object"
	"dits/tensorstore/digest"
)

// A Family answers "family": models, and which came from which. A node comes after those that it came from, as far as
// that can be.
type Family struct {
	Nodes []FamilyNode `json:"nodes"`
	Links []FamilyLink `json:"links"`
	Depth int          `json:"depth"` // generations that were looked back; 0 is all
}

// A FamilyNode is a file, or the shards of one.
type FamilyNode struct {
	Model   string    `json:"model"`
	Path    string    `json:"path"`    // of shards the name of the model; "" for files in no branch or tag
	Rev     string    `json:"rev"`     // a revision that has it
	Refs    []string  `json:"refs"`    // branches and tags that have it, HEAD's branch first
	File    digest.ID `json:"file"`    // of the first shard
	Format  string    `json:"format"`  // safetensors, gguf, or "" of a file without tensors
	Shards  int       `json:"shards"`  // 0 of a single file
	Tensors int       `json:"tensors"` //
	Size    int64     `json:"size"`    // of the files
	Stored  int64     `json:"stored"`  // what its tensors added to the store
	Whole   int64     `json:"whole"`   // bytes of its tensors; of these, those that
	Same    int64     `json:"same"`    // an older file has,
	Made    int64     `json:"made"`    // are recomputed from others,
	New     int64     `json:"new"`     // are stored for themselves; the rest are differences
	Cut     bool      `json:"cut"`     // what it came from was not looked at: see Depth
	Above   int       `json:"above"`   // the node that it stands below in a tree of the family; -1 for none
}

// A FamilyLink leads from a source to what was made of it, both indexes of nodes.
type FamilyLink struct {
	From  int        `json:"from"`
	To    int        `json:"to"`
	Kinds []LinkKind `json:"kinds"` // that of the most bytes first
}

// A LinkKind is the tensors that came from a source in one way.
type LinkKind struct {
	Kind    string      `json:"kind"` // identical, delta, cast, …: as lineage has them
	How     lineage.How `json:"how"`  // 1 a difference, 2 recomputed, 3 the same bytes
	Tensors int         `json:"tensors"`
	Whole   int64       `json:"whole"`  // bytes of them
	Stored  int64       `json:"stored"` // what they take
}

// generations is how far back a family looks, unless ?depth= says otherwise.
const generations = 8

// family answers "family": of ?model= (several; all without), those that ?rev= has, or any branch or tag, and what they
// came from up to ?depth= generations before, 0 for all.
func (e *Explorer) family(ctx context.Context, about url.Values) (any, error) {
	depth, err := numberOf(about, "depth", generations, 0, 1<<20)
	if err != nil {
		return nil, err
	}
	f := &Family{Nodes: []FamilyNode{}, Links: []FamilyLink{}, Depth: depth}
	models, err := e.asked(about)
	if err != nil {
		return nil, err
	}
	for _, m := range models {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := f.add(m, e.revsOf(about)); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// revsOf are the revisions that ?rev= names, else those of the explorer; none is all branches and tags.
func (e *Explorer) revsOf(about url.Values) []string {
	if rev := about.Get("rev"); rev != "" {
		return []string{rev}
	}
	return e.revs
}

// asked are the models that ?model= names, each once; without one all.
func (e *Explorer) asked(about url.Values) ([]*Model, error) {
	if !about.Has("model") {
		return e.models, nil
	}
	var out []*Model
	for _, name := range about["model"] {
		m, err := e.model(url.Values{"model": {name}})
		if err != nil {
			return nil, err
		}
		if !slices.Contains(out, m) {
			out = append(out, m)
		}
	}
	return out, nil
}

// add adds the family of one model: of some revisions, none for all branches and tags.
func (f *Family) add(m *Model, revs []string) error {
	for _, rev := range revs {
		if _, err := m.Commit(rev); err != nil {
			return err
		}
	}
	o, home := m.sought(revs), m.home()
	if o.Depth = f.Depth; o.Rev != "" {
		home = o.Rev
	}
	l, err := m.Repo.Lineage(o)
	if err != nil {
		return err
	}
	t, err := m.tips()
	if err != nil {
		return err
	}
	holders, err := t.holders(m.Repo)
	if err != nil {
		return err
	}
	g := &grown{f, m, home, holders, map[*lineage.Model]int{}, map[place]int{}}
	tree := l.Tree()
	models := tree.Models
	for _, x := range models {
		g.at[x] = g.node(x)
	}
	for _, x := range models {
		if above := tree.Above[x]; above != nil {
			f.Nodes[g.at[x]].Above = g.at[above]
		}
		for _, s := range x.Sources {
			f.Links = append(f.Links, FamilyLink{g.source(s), g.at[x], kindsOf(s.Tensors, s.Bytes)})
		}
	}
	return nil
}

// sought asks for the lineage of revisions, none for all.
func (m *Model) sought(revs []string) lineage.Options {
	o := lineage.Options{Within: m.revs}
	if len(revs) > 0 {
		o.Rev, o.Also = revs[0], revs[1:]
	}
	return o
}

// home is what to call that which has no revision: HEAD's branch.
func (m *Model) home() string {
	head, err := m.head()
	if err != nil {
		return object.HeadName
	}
	return cmp.Or(head, object.HeadName)
}

// A grown is one model's part of a family.
type grown struct {
	*Family
	model   *Model
	home    string // the revision of what has none
	holders map[place][]string
	at      map[*lineage.Model]int
	others  map[place]int // sources that are no model
}

// node adds a model, and says where.
func (g *grown) node(x *lineage.Model) int {
	n := FamilyNode{Model: g.model.Name, Path: x.Path, Rev: cmp.Or(x.Rev, g.home), Refs: []string{}, Size: x.Size,
		Stored: x.Stored, Whole: x.Whole, Same: x.Same, Made: x.Derived, New: x.New, Cut: x.Cut, Above: -1}
	first := x.Files[0]
	n.File, n.Format = first.Digest, formatName(first.Format)
	if refs := g.holders[place{first.Path, first.Digest}]; refs != nil {
		n.Refs = refs
	}
	if _, sharded := object.ShardOf(first.Path); sharded {
		n.Shards = len(x.Files)
	}
	for _, file := range x.Files {
		n.Tensors += file.Tensors
	}
	g.Nodes = append(g.Nodes, n)
	return len(g.Nodes) - 1
}

// source is the node of a source, one of its own for what is no model: an importance matrix, or what no ref leads to.
func (g *grown) source(s lineage.ModelSource) int {
	if s.Of != nil {
		return g.at[s.Of]
	}
	p := place{path: s.Rev + ":" + s.Path}
	if i, known := g.others[p]; known {
		return i
	}
	n := FamilyNode{Model: g.model.Name, Path: s.Path, Rev: cmp.Or(s.Rev, g.home), Refs: []string{}, Above: -1}
	if f, err := g.model.Repo.FileAt(n.Rev, s.Path); err == nil && s.Path != "" {
		n.File, n.Size = f.ID, f.Size
		n.Refs = append(n.Refs, g.holders[place{f.Path, f.ID}]...)
	}
	g.Nodes = append(g.Nodes, n)
	g.others[p] = len(g.Nodes) - 1
	return g.others[p]
}

// kindsOf are the ways in which tensors came from a source.
func kindsOf(tensors map[string]int, bytes map[string]lineage.SourceBytes) []LinkKind {
	kinds := []LinkKind{}
	for kind, n := range tensors {
		b := bytes[kind]
		k := LinkKind{Kind: kind, How: lineage.Difference, Tensors: n, Whole: b.Whole, Stored: b.Stored}
		switch {
		case b.Derived:
			k.How = lineage.Recomputed
		case kind == lineage.Identical:
			k.How = lineage.Same
		}
		kinds = append(kinds, k)
	}
	slices.SortFunc(kinds, func(a, b LinkKind) int { return cmp.Or(cmp.Compare(b.Whole, a.Whole), cmp.Compare(a.Kind, b.Kind)) })
	return kinds
}

// formatName is "" for another file than a model.
func formatName(format string) string {
	if format == "opaque" {
		return ""
	}
	return format
}
