package repo

import (
	"fmt"
	"maps"

	"dits/catalog"
	"dits/repo/object"
)

// countTensors counts the tensors of a model that are new, gone, or differ in content, dtype or shape from the tensor
// of that name before; nil is no model.
func (r *Repo) countTensors(a, b *heldModel) (int, error) {
	if a != nil && b != nil && a.sameContent(*b) {
		return 0, nil
	}
	before, err := r.tensorsOf(a)
	if err != nil {
		return 0, err
	}
	after, err := r.tensorsOf(b)
	return differing(before, after), err
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

// tensorsOf is what each tensor of a model is, by its name; nothing of no model.
func (r *Repo) tensorsOf(m *heldModel) (map[string]string, error) {
	all := map[string]string{}
	if m == nil {
		return all, nil
	}
	for _, t := range m.files {
		if t.Mode == object.ModeLink {
			continue
		}
		f, err := r.ReadFile(t.ID)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", t.Path, err)
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
