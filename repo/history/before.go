package history

import (
	"dits/catalog"
	"dits/repo/object"
	"dits/tensorstore/digest"
)

// A Before is where the tensors of a file may be in a parent of a commit: in the file that it was, else in one of the
// files that made the model of its name.
type Before struct {
	file  *FileBefore
	model *modelBefore // nil: not to be asked
}

// A FileBefore is a file that another one comes from.
type FileBefore struct {
	Path string
	List catalog.TensorList
}

// A modelBefore are the files that make a model below a tree, and where each of its tensors is.
type modelBefore struct {
	tree  digest.ID
	name  string
	files []FileBefore
	at    map[string][]tensorAt
}

// A tensorAt is a tensor of one of several files.
type tensorAt struct{ file, tensor int }

// Find is the first file that has tensor i of a list as it is there, under its name, and which of its tensors that is;
// nil if none has it.
func (b Before) Find(list catalog.TensorList, i int) (*FileBefore, int) {
	if f := b.file; f != nil {
		j := i
		if f.List.Signature != list.Signature {
			j = f.List.Find(list.Names[i])
		}
		if j >= 0 && list.Same(i, f.List, j) {
			return f, j
		}
	}
	if b.model == nil {
		return nil, -1
	}
	for _, at := range b.model.at[list.Names[i]] {
		if f := &b.model.files[at.file]; list.Same(i, f.List, at.tensor) {
			return f, at.tensor
		}
	}
	return nil, -1
}

// Before is where tensors of the file at path in c may be in commit p, a parent of c: in the file of the same path or,
// where p has none, in another with the same bytes; then in those that make the model of its name.
func (f *FileHistory) Before(c catalog.Commit, path string, p digest.ID) (b Before, err error) {
	parent, err := f.Commit(p)
	if err != nil {
		return b, err
	}
	id, err := f.At(parent.Tree, path)
	if err != nil {
		return b, err
	}
	from := object.TreeFile{Path: path, ID: id}
	if id.IsZero() {
		if from, err = f.renamed(c, path, parent.Tree); err != nil {
			return b, err
		}
	}
	if !from.ID.IsZero() {
		list, err := f.List(from.ID)
		if err != nil {
			return b, err
		}
		b.file = &FileBefore{from.Path, list}
	}
	if _, isShard := object.ShardOf(path); isShard || b.file == nil {
		b.model, err = f.modelBefore(parent.Tree, object.ModelName(path))
	}
	return b, err
}

// modelBefore reads the tensors of the model of a name below a tree. All shards of a commit ask for the same one.
func (f *FileHistory) modelBefore(tree digest.ID, name string) (*modelBefore, error) {
	if m := f.model; m != nil && m.tree == tree && m.name == name {
		return m, nil
	}
	files, err := f.History.model(tree, name, f.tree)
	if err != nil {
		return nil, err
	}
	if err := f.LoadLists(object.IDs(files)); err != nil {
		return nil, err
	}
	m := &modelBefore{tree: tree, name: name, at: map[string][]tensorAt{}}
	for i, file := range files {
		list := f.Lists[file.ID]
		m.files = append(m.files, FileBefore{file.Path, list})
		for j, tensor := range list.Names {
			m.at[tensor] = append(m.at[tensor], tensorAt{i, j})
		}
	}
	f.model = m
	return m, nil
}

// renamed finds the file below the tree that has the bytes of that at path in c; zero if there is none.
func (f *FileHistory) renamed(c catalog.Commit, path string, tree digest.ID) (object.TreeFile, error) {
	now, err := f.At(c.Tree, path)
	if err != nil || now.IsZero() {
		return object.TreeFile{}, err
	}
	files, err := f.History.TreeFiles(tree)
	for _, file := range files {
		if file.ID == now && file.Mode != object.ModeLink {
			return file, err
		}
	}
	return object.TreeFile{}, err
}
