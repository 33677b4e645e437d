package repo

import (
	"slices"
	"strings"

	"dits/catalog"
	"dits/repo/object"
	"dits/repo/work"
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
)

// A rewriting makes history anew without some commits and paths. It only reads: what it makes is in objects.
type rewriting struct {
	repo    *Repo
	drop    map[digest.ID]bool           // commits
	paths   []string                     // files and folders
	becomes map[digest.ID][]digest.ID    // of each commit: itself, another, or what takes the place of its parents
	trees   map[treeAt]catalog.TreeEntry // without the paths
	made    map[digest.ID]digest.ID      // tree of each new commit
	objects []madeObject
	found   map[string]bool // paths that some tree has

	rewritten, dropped int
}

// A treeAt is a tree in a folder: dir is "" or ends in a slash.
type treeAt struct {
	id  digest.ID
	dir string
}

type madeObject struct {
	kind    pack.Kind
	id      digest.ID
	payload []byte
}

func newRewriting(r *Repo, paths []string) *rewriting {
	return &rewriting{repo: r, drop: map[digest.ID]bool{}, paths: paths, becomes: map[digest.ID][]digest.ID{},
		trees: map[treeAt]catalog.TreeEntry{}, made: map[digest.ID]digest.ID{}, found: map[string]bool{}}
}

// changed says that a commit that was walked is another now, or none.
func (w *rewriting) changed(id digest.ID) bool {
	to, walked := w.becomes[id]
	return walked && (len(to) != 1 || to[0] != id)
}

// walk rewrites a commit and all before it, parents first.
func (w *rewriting) walk(tip digest.ID) error {
	for todo := []digest.ID{tip}; len(todo) > 0; {
		id := todo[len(todo)-1]
		if _, done := w.becomes[id]; done || id.IsZero() {
			todo = todo[:len(todo)-1]
			continue
		}
		c, err := w.repo.ReadCommit(id)
		if err != nil {
			return err
		}
		waits := len(todo)
		for _, p := range c.Parents {
			if _, done := w.becomes[p]; !done {
				todo = append(todo, p)
			}
		}
		if len(todo) > waits {
			continue
		}
		todo = todo[:len(todo)-1]
		if w.becomes[id], err = w.commit(c); err != nil {
			return err
		}
	}
	return nil
}

// commit is what a commit becomes, whose parents were walked.
func (w *rewriting) commit(c catalog.Commit) ([]digest.ID, error) {
	var parents []digest.ID
	for _, p := range c.Parents {
		for _, to := range w.becomes[p] {
			if !slices.Contains(parents, to) {
				parents = append(parents, to)
			}
		}
	}
	tree, err := w.tree(c.Tree, "")
	if err != nil {
		return nil, err
	}
	if !w.drop[c.ID] && tree.ID == c.Tree && slices.Equal(parents, c.Parents) {
		return []digest.ID{c.ID}, nil
	}
	idle, err := w.idle(c, parents, tree.ID)
	if err != nil {
		return nil, err
	}
	if w.drop[c.ID] || idle {
		w.dropped++
		return parents, nil
	}
	next := c
	next.Parents, next.Tree = parents, tree.ID
	b := object.EncodeCommit(next)
	id := digest.Sum(b)
	w.rewritten++
	w.made[id] = tree.ID
	w.objects = append(w.objects, madeObject{pack.Commit, id, b})
	return []digest.ID{id}, nil
}

// idle says that a commit would change nothing any more: all that it changed were the paths.
func (w *rewriting) idle(c catalog.Commit, parents []digest.ID, tree digest.ID) (bool, error) {
	if len(c.Parents) != 1 || len(parents) != 1 {
		return false, nil
	}
	before, err := w.repo.ReadCommit(c.Parents[0])
	if err != nil || before.Tree == c.Tree {
		return false, err
	}
	now, made := w.made[parents[0]]
	if !made {
		p, err := w.repo.ReadCommit(parents[0])
		if err != nil {
			return false, err
		}
		now = p.Tree
	}
	return now == tree, nil
}

// tree is the tree of a folder without the paths: its new ID and size.
func (w *rewriting) tree(id digest.ID, dir string) (catalog.TreeEntry, error) {
	as := catalog.TreeEntry{ID: id}
	if id.IsZero() || !w.below(dir) {
		return as, nil
	}
	if e, known := w.trees[treeAt{id, dir}]; known {
		return e, nil
	}
	t, err := w.repo.ReadTree(id)
	if err != nil {
		return as, err
	}
	var kept []catalog.TreeEntry
	for _, e := range t.Entries {
		path := dir + e.Name
		if slices.Contains(w.paths, path) {
			w.found[path] = true
			continue
		}
		if e.Mode == object.ModeDir && w.below(path+"/") {
			sub, err := w.tree(e.ID, path+"/")
			if err != nil {
				return as, err
			}
			if sub.ID.IsZero() {
				continue
			}
			if sub.ID != e.ID {
				e.ID, e.Size = sub.ID, sub.Size
			}
		}
		kept = append(kept, e)
		as.Size += e.Size
	}
	if !slices.Equal(kept, t.Entries) {
		if as.ID = w.put(kept); len(kept) == 0 && dir != "" {
			as = catalog.TreeEntry{} // folders without files are not kept
		}
	}
	w.trees[treeAt{id, dir}] = as
	return as, nil
}

// put makes a tree.
func (w *rewriting) put(entries []catalog.TreeEntry) digest.ID {
	b := object.EncodeTree(entries)
	id := digest.Sum(b)
	w.objects = append(w.objects, madeObject{pack.Tree, id, b})
	return id
}

// below says that one of the paths lies in a folder.
func (w *rewriting) below(dir string) bool {
	return slices.ContainsFunc(w.paths, func(p string) bool { return strings.HasPrefix(p, dir) })
}

// covers says that a path is one of the paths, or in one that is a folder.
func (w *rewriting) covers(path string) bool { return work.Inside(path, w.paths) }
