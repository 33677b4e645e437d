package repo

import (
	"slices"
	"strings"

	"dits/catalog"
	"dits/tensorstore/digest"
)

// A fileHistory answers what is where in the commits of a history. It remembers trees and
// lists of tensors, which commits share.
type fileHistory struct {
	repo    *Repo
	trees   map[digest.ID]catalog.Tree
	lists   map[digest.ID]catalog.TensorList // by file; without names for what has no tensors
	commits map[digest.ID]catalog.Commit
}

func (r *Repo) fileHistory() *fileHistory {
	return &fileHistory{r, map[digest.ID]catalog.Tree{}, map[digest.ID]catalog.TensorList{}, map[digest.ID]catalog.Commit{}}
}

// load reads the tensors of the file at path in all commits of h at once.
func (f *fileHistory) load(h *history, path string) error {
	var ids []digest.ID
	for _, c := range h.commits {
		f.commits[c.ID] = c
		id, err := f.at(c.Tree, path)
		if err != nil {
			return err
		}
		if !id.IsZero() {
			ids = append(ids, id)
		}
	}
	return f.loadLists(ids)
}

// loadLists reads the tensors of files that it does not have yet.
func (f *fileHistory) loadLists(ids []digest.ID) error {
	ids = slices.DeleteFunc(ids, func(id digest.ID) bool { _, known := f.lists[id]; return known })
	if len(ids) == 0 {
		return nil
	}
	found, err := f.repo.Catalog.TensorLists(ids)
	if err != nil {
		return err
	}
	for _, id := range ids {
		l := found[id]
		if l.Signature == nil {
			l.Signature = &catalog.Signature{}
		}
		f.lists[id] = l
	}
	return nil
}

// list is the tensors of a file.
func (f *fileHistory) list(id digest.ID) (catalog.TensorList, error) {
	err := f.loadLists([]digest.ID{id})
	return f.lists[id], err
}

// tree reads a tree once.
func (f *fileHistory) tree(id digest.ID) (catalog.Tree, error) {
	if t, ok := f.trees[id]; ok || id.IsZero() {
		return t, nil
	}
	t, err := f.repo.ReadTree(id)
	if err == nil {
		f.trees[id] = t
	}
	return t, err
}

// commit reads a commit once.
func (f *fileHistory) commit(id digest.ID) (catalog.Commit, error) {
	if c, ok := f.commits[id]; ok {
		return c, nil
	}
	c, err := f.repo.ReadCommit(id)
	if err == nil {
		f.commits[id] = c
	}
	return c, err
}

// at is the digest of the file at path below a tree, zero if there is none. A link is none.
func (f *fileHistory) at(tree digest.ID, path string) (digest.ID, error) {
	for {
		name, rest, deeper := strings.Cut(path, "/")
		t, err := f.tree(tree)
		if err != nil {
			return digest.ID{}, err
		}
		e, found := findEntry(t, name)
		switch {
		case !found || deeper != (e.Mode == ModeDir) || e.Mode == ModeLink:
			return digest.ID{}, nil
		case !deeper:
			return e.ID, nil
		}
		tree, path = e.ID, rest
	}
}

// before is the file of commit p from which that at path in c, a child of p, comes: of the
// same path or, where p has none, another with the same bytes.
func (f *fileHistory) before(c catalog.Commit, path string, p digest.ID) (string, catalog.TensorList, error) {
	parent, err := f.commit(p)
	if err != nil {
		return "", catalog.TensorList{}, err
	}
	id, err := f.at(parent.Tree, path)
	if err == nil && id.IsZero() {
		path, id, err = f.renamed(c, path, parent.Tree)
	}
	if err != nil || id.IsZero() {
		return path, catalog.TensorList{Signature: &catalog.Signature{}}, err
	}
	l, err := f.list(id)
	return path, l, err
}

// renamed finds the file below the tree that has the bytes of that at path in c.
func (f *fileHistory) renamed(c catalog.Commit, path string, tree digest.ID) (string, digest.ID, error) {
	now, err := f.at(c.Tree, path)
	if err != nil || now.IsZero() {
		return path, digest.ID{}, err
	}
	files, err := f.repo.TreeFiles(tree)
	for _, file := range files {
		if file.ID == now && file.Mode != ModeLink {
			return file.Path, now, err
		}
	}
	return path, digest.ID{}, err
}
