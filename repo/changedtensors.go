package repo

import (
	"fmt"
	"sort"
	"strings"

	"dits/catalog"
	"dits/repo/object"
	"dits/repo/work"
)

// countTensors counts the tensors of changed files that are new, gone, or differ in
// content, dtype or shape from the tensor of that name in the same file before.
func (r *Repo) countTensors(changes []work.Change, before, after []object.TreeFile) (int, error) {
	total := 0
	for _, ch := range changes {
		a, err := r.tensorsAt(before, ch.Path)
		if err != nil {
			return 0, err
		}
		b, err := r.tensorsAt(after, ch.Path)
		if err != nil {
			return 0, err
		}
		total += differing(a, b)
	}
	return total, nil
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

// tensorsAt returns what each tensor of the file at path is, by its name; nothing
// if there is no file.
func (r *Repo) tensorsAt(files []object.TreeFile, path string) (map[string]string, error) {
	i, found := sort.Find(len(files), func(i int) int { return strings.Compare(path, files[i].Path) })
	if !found || files[i].Mode == object.ModeLink {
		return nil, nil
	}
	f, err := r.ReadFile(files[i].ID)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return tensorKeys(f), nil
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
