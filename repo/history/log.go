package history

import (
	"cmp"
	"container/heap"
	"errors"
	"fmt"
	"iter"
	"strings"

	"dits/catalog"
	"dits/repo/object"
	"dits/repo/work"
	"dits/tensorstore/digest"
)

// A History answers what became of commits, files and tensors over time.
type History struct{ *work.Folder }

// LogOptions of [History.Log].
type LogOptions struct {
	Exclude []digest.ID // these commits and all before them are left out
	Paths   []string    // only commits in which these, taken together, differ from every parent; empty: all
	Tensors []string    // only commits in which tensors with such names, as path.Match has it, differ; empty: all
	Limit   int         // at most so many; 0: all
}

// ParseRange reads "A..B" (what B has and A has not; a missing end is HEAD) or a
// single REV, as from and exclude for [History.Log].
func (r *History) ParseRange(s string) (from, exclude []digest.ID, err error) {
	if strings.Contains(s, "...") {
		return nil, nil, fmt.Errorf("%s: want A..B (A...B is for dits diff)", s)
	}
	a, b, isRange := strings.Cut(s, "..")
	if !isRange {
		a, b = "", s
	}
	if b == "" {
		b = object.HeadName
	}
	id, err := r.Resolve(b)
	if err != nil || !isRange {
		return []digest.ID{id}, nil, err
	}
	if a == "" {
		a = object.HeadName
	}
	out, err := r.Resolve(a)
	return []digest.ID{id}, []digest.ID{out}, err
}

// ParseSince reads A...B: the commit at which B parted from A, and B. Each is HEAD where it is "".
func (r *History) ParseSince(s string) (base, b digest.ID, err error) {
	from, to, _ := strings.Cut(s, "...")
	a, err := r.Resolve(cmp.Or(from, object.HeadName))
	if err != nil {
		return base, b, err
	}
	if b, err = r.Resolve(cmp.Or(to, object.HeadName)); err != nil {
		return base, b, err
	}
	if base, err = r.MergeBase(a, b); err == nil && base.IsZero() {
		err = fmt.Errorf("%s: no commit is in the history of both", s)
	}
	return base, b, err
}

// Log yields commits from the given ones back: a commit before its parents, and
// otherwise the newest first. It reads the whole range before it yields the first.
// An error ends it.
func (r *History) Log(from []digest.ID, o LogOptions) iter.Seq2[catalog.Commit, error] {
	return func(yield func(catalog.Commit, error) bool) {
		h, err := r.Commits(from, o.Exclude)
		if err != nil {
			yield(catalog.Commit{}, err)
			return
		}
		touches := func(c catalog.Commit) (bool, error) { return r.touches(c, o.Paths) }
		if len(o.Tensors) > 0 {
			f, err := r.tensorFilter(h, o)
			if err != nil {
				yield(catalog.Commit{}, err)
				return
			}
			touches = f.touches
		}
		shown := 0
		for h.Len() > 0 && (o.Limit == 0 || shown < o.Limit) {
			c := h.Next()
			touched, err := touches(c)
			if err != nil {
				yield(c, err)
				return
			}
			if !touched {
				continue
			}
			shown++
			if !yield(c, nil) {
				return
			}
		}
	}
}

// A history is a heap of the commits whose children have all been taken, newest
// first; equal times in the order in which they were found.
type history struct {
	commits  map[digest.ID]catalog.Commit
	children map[digest.ID]int // not yet taken
	found    map[digest.ID]int // order
	ready    []digest.ID
}

// Commits reads the commits reachable from some and not from others.
func (r *History) Commits(from, exclude []digest.ID) (*history, error) {
	hidden := map[digest.ID]bool{}
	if err := r.visit(exclude, func(c catalog.Commit) bool {
		seen := hidden[c.ID]
		hidden[c.ID] = true
		return !seen
	}); err != nil {
		return nil, err
	}
	h := &history{map[digest.ID]catalog.Commit{}, map[digest.ID]int{}, map[digest.ID]int{}, nil}
	if err := r.visit(from, func(c catalog.Commit) bool {
		if _, seen := h.commits[c.ID]; seen || hidden[c.ID] {
			return false
		}
		h.found[c.ID] = len(h.commits)
		h.commits[c.ID] = c
		return true
	}); err != nil {
		return nil, err
	}
	for _, c := range h.commits {
		for _, p := range c.Parents {
			h.children[p]++
		}
	}
	for id := range h.commits {
		if h.children[id] == 0 {
			h.ready = append(h.ready, id)
		}
	}
	heap.Init(h)
	return h, nil
}

// Next takes the first commit and frees its parents.
func (h *history) Next() catalog.Commit {
	c := h.commits[heap.Pop(h).(digest.ID)]
	for _, p := range c.Parents {
		if h.children[p]--; h.children[p] > 0 {
			continue
		}
		if _, in := h.commits[p]; in {
			heap.Push(h, p)
		}
	}
	return c
}

// Len implements heap.Interface.
func (h *history) Len() int { return len(h.ready) }

// Less implements heap.Interface.
func (h *history) Less(i, j int) bool {
	a, b := h.commits[h.ready[i]], h.commits[h.ready[j]]
	if !a.Time.Equal(b.Time) {
		return a.Time.After(b.Time)
	}
	return h.found[a.ID] < h.found[b.ID]
}

// Swap implements heap.Interface.
func (h *history) Swap(i, j int) { h.ready[i], h.ready[j] = h.ready[j], h.ready[i] }

// Push implements heap.Interface.
func (h *history) Push(x any) { h.ready = append(h.ready, x.(digest.ID)) }

// Pop implements heap.Interface.
func (h *history) Pop() any {
	last := h.ready[len(h.ready)-1]
	h.ready = h.ready[:len(h.ready)-1]
	return last
}

// visit reads commits breadth first; fn says whether to go on to the parents.
func (r *History) visit(from []digest.ID, fn func(catalog.Commit) bool) error {
	reader := r.commitReader()
	for todo := append([]digest.ID{}, from...); len(todo) > 0; todo = todo[1:] {
		c, err := reader.read(todo[0])
		if err != nil {
			return fmt.Errorf("history: %w", err)
		}
		if fn(c) {
			todo = append(todo, c.Parents...)
		}
	}
	return nil
}

// touches says that the paths, files or folders, are not as in any one parent of c,
// as git has it.
func (r *History) touches(c catalog.Commit, paths []string) (bool, error) {
	if len(paths) == 0 {
		return true, nil
	}
	for i := 0; i == 0 || i < len(c.Parents); i++ {
		var tree digest.ID
		if len(c.Parents) > 0 {
			p, err := r.ReadCommit(c.Parents[i])
			if err != nil {
				return false, err
			}
			tree = p.Tree
		}
		differs, err := r.pathsDiffer(c.Tree, tree, paths)
		if err != nil || !differs {
			return false, err
		}
	}
	return true, nil
}

func (r *History) pathsDiffer(a, b digest.ID, paths []string) (bool, error) {
	if a == b {
		return false, nil
	}
	for _, path := range paths {
		x, err := r.idAt(a, path)
		if err != nil {
			return false, err
		}
		y, err := r.idAt(b, path)
		if err != nil || x != y {
			return x != y, err
		}
	}
	return false, nil
}

// idAt returns what is at path below a tree, with its mode: of a model in shards that goes by it a digest of these. Zeros
// if nothing is.
func (r *History) idAt(tree digest.ID, path string) (at struct {
	mode uint32
	id   digest.ID
}, err error) {
	e, err := r.Lookup(tree, path)
	if errors.Is(err, object.ErrNoPath) {
		shards, err := r.model(tree, path, r.ReadTree)
		if len(shards) > 0 {
			at.id = sumOf(shards)
		}
		return at, err
	}
	at.mode, at.id = e.Mode, e.ID
	return at, err
}

// sumOf stands for files, their paths and modes.
func sumOf(files []object.TreeFile) digest.ID {
	var all []byte
	for _, f := range files {
		all = fmt.Appendf(all, "%o %s %s\n", f.Mode, f.ID, f.Path)
	}
	return digest.Sum(all)
}

// IsAncestor says that a is b or one of the commits before it.
func (r *History) IsAncestor(a, b digest.ID) (bool, error) {
	seen := map[digest.ID]bool{}
	found := false
	err := r.visit([]digest.ID{b}, func(c catalog.Commit) bool {
		found = found || c.ID == a
		first := !seen[c.ID]
		seen[c.ID] = true
		return first && !found
	})
	return found, err
}
