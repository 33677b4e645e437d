package history

import (
	"errors"
	"path"
	"slices"
	"strings"

	"dits/catalog"
	"dits/repo/object"
	"dits/tensorstore/digest"
)

// A FileHistory answers what is where in the commits of a history. It remembers trees and
// lists of tensors, which commits share.
type FileHistory struct {
	History *History
	trees   map[digest.ID]catalog.Tree
	Lists   map[digest.ID]catalog.TensorList // by file; without names for what has no tensors
	Commits map[digest.ID]catalog.Commit
	model   *modelBefore // that was looked at last
}

// FileHistory is for many questions about the same commits.
func (r *History) FileHistory() *FileHistory {
	return &FileHistory{r, map[digest.ID]catalog.Tree{}, map[digest.ID]catalog.TensorList{}, map[digest.ID]catalog.Commit{}, nil}
}

// load reads the tensors of the file at path in all commits of h at once.
func (f *FileHistory) load(h *history, path string) error {
	var ids []digest.ID
	for _, c := range h.commits {
		f.Commits[c.ID] = c
		id, err := f.At(c.Tree, path)
		if err != nil {
			return err
		}
		if !id.IsZero() {
			ids = append(ids, id)
		}
	}
	return f.LoadLists(ids)
}

// LoadLists reads the tensors of files that it does not have yet.
func (f *FileHistory) LoadLists(ids []digest.ID) error {
	ids = slices.DeleteFunc(ids, func(id digest.ID) bool { _, known := f.Lists[id]; return known })
	if len(ids) == 0 {
		return nil
	}
	found, err := f.History.Catalog.TensorLists(ids)
	if err != nil {
		return err
	}
	for _, id := range ids {
		l := found[id]
		if l.Signature == nil {
			l.Signature = &catalog.Signature{}
		}
		f.Lists[id] = l
	}
	return nil
}

// List is the tensors of a file.
func (f *FileHistory) List(id digest.ID) (catalog.TensorList, error) {
	err := f.LoadLists([]digest.ID{id})
	return f.Lists[id], err
}

// tree reads a tree once.
func (f *FileHistory) tree(id digest.ID) (catalog.Tree, error) {
	if t, ok := f.trees[id]; ok || id.IsZero() {
		return t, nil
	}
	t, err := f.History.ReadTree(id)
	if err == nil {
		f.trees[id] = t
	}
	return t, err
}

// Commit reads a commit once.
func (f *FileHistory) Commit(id digest.ID) (catalog.Commit, error) {
	if c, ok := f.Commits[id]; ok {
		return c, nil
	}
	c, err := f.History.ReadCommit(id)
	if err == nil {
		f.Commits[id] = c
	}
	return c, err
}

// At is the digest of the file at path below a tree, zero if there is none. A link is none.
func (f *FileHistory) At(tree digest.ID, path string) (digest.ID, error) {
	for {
		name, rest, deeper := strings.Cut(path, "/")
		t, err := f.tree(tree)
		if err != nil {
			return digest.ID{}, err
		}
		e, found := object.FindEntry(t, name)
		switch {
		case !found || deeper != (e.Mode == object.ModeDir) || e.Mode == object.ModeLink:
			return digest.ID{}, nil
		case !deeper:
			return e.ID, nil
		}
		tree, path = e.ID, rest
	}
}

// model are the files below a tree that make the model of a name. Trees are read by read.
func (r *History) model(tree digest.ID, name string, read func(digest.ID) (catalog.Tree, error)) ([]object.TreeFile, error) {
	if ext := path.Ext(name); tree.IsZero() || ext != ".safetensors" && ext != ".gguf" {
		return nil, nil
	}
	dir := path.Dir(name)
	prefix := ""
	if dir != "." {
		e, err := r.Lookup(tree, dir)
		if errors.Is(err, object.ErrNoPath) || e.Mode != object.ModeDir {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		tree, prefix = e.ID, dir+"/"
	}
	t, err := read(tree)
	if err != nil {
		return nil, err
	}
	var files []object.TreeFile
	for _, e := range t.Entries {
		if e.Mode != object.ModeDir && object.ModelName(e.Name) == path.Base(name) {
			files = append(files, object.TreeFile{Path: prefix + e.Name, Mode: e.Mode, ID: e.ID, Size: e.Size})
		}
	}
	return object.ModelNamed(files, name), nil
}
