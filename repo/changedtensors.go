package repo

import (
	"fmt"
	"maps"
	"slices"

	"dits/catalog"
	"dits/repo/object"
	"dits/tensorstore/digest"
)

// A tensorCount is a change whose tensors have to be counted: those of a model that are new, gone, or differ in content,
// dtype or shape from the tensor of that name before; nil is no model.
type tensorCount struct {
	change        int // in the list
	before, after *heldModel
}

// countTensors counts for all changes, of which the files are read many at a time.
func (c *comparison) countTensors() error {
	for part := range slices.Chunk(c.counts, filesAtOnce) {
		var ids []digest.ID
		for _, n := range part {
			ids = append(append(ids, n.before.tensorFiles()...), n.after.tensorFiles()...)
		}
		known, err := c.repo.ReadFiles(ids)
		if err != nil {
			return err
		}
		for _, n := range part {
			before, err := c.repo.tensorsOf(n.before, known)
			if err != nil {
				return err
			}
			after, err := c.repo.tensorsOf(n.after, known)
			if err != nil {
				return err
			}
			c.changes[n.change].Tensors = differing(before, after)
		}
	}
	return nil
}

// differing counts the names that are in one map only or have other values.
func differing(a, b map[string]string) int {
	n := 0
	for name, v := range b {
		if w, ok := a[name]; !ok || v != w {
			n++
		}
	}
	for name := range a {
		if _, ok := b[name]; !ok {
			n++
		}
	}
	return n
}

// tensorFiles are the files of a model that may have tensors: its links have none.
func (m *heldModel) tensorFiles() (ids []digest.ID) {
	if m == nil {
		return nil
	}
	for _, t := range m.files {
		if t.Mode != object.ModeLink {
			ids = append(ids, t.ID)
		}
	}
	return ids
}

// tensorsOf is what each tensor of a model is, by its name; nothing of no model. What is not among the known files is
// looked at alone, which says what is wrong with it.
func (r *Repo) tensorsOf(m *heldModel, known map[digest.ID]catalog.File) (map[string]string, error) {
	all := map[string]string{}
	for _, id := range m.tensorFiles() {
		f, ok := known[id]
		if !ok {
			var err error
			if f, err = r.ReadFile(id); err != nil {
				return nil, fmt.Errorf("%s: %w", m.Name, err)
			}
		}
		maps.Copy(all, tensorKeys(f))
	}
	return all, nil
}

// tensorKeys describes each tensor of f by dtype, shape and digest. An empty tensor
// has no digest.
func tensorKeys(f catalog.File) map[string]string {
	keys, blobs := map[string]string{}, f.TensorBlobs()
	for i, t := range f.Layout.Tensors {
		keys[t.Name] = fmt.Sprint(t.DType, t.Shape, blobs[i])
	}
	return keys
}
