package inspect

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strings"

	"dits/formats"
	"dits/formats/safetensors"
	"dits/repo/diff"
	"dits/repo/object"
)

// indexEnd is how the names of indices end.
const indexEnd = ".index.json"

func isIndex(name string) bool { return strings.HasSuffix(name, ".safetensors"+indexEnd) }

// An index says which file has which tensor.
type index struct {
	path    string
	files   map[string]string // by tensor
	problem string            // why it cannot be read
}

// indexed is the model that an index names the files of.
func indexed(e *diff.Entry, near *folder) (*set, error) {
	x, err := readIndex(e)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", e.Path, err)
	}
	m := &set{path: strings.TrimSuffix(e.Path, indexEnd), index: x}
	names := map[string]bool{}
	for _, name := range x.files {
		names[name] = true
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if f := near.beside(e.Path, name); f != nil {
			m.files = append(m.files, f)
		} else {
			m.gone = append(m.gone, path.Join(path.Dir(e.Path), name))
		}
	}
	return m, nil
}

// readIndex reads an index; one that is damaged names no files.
func readIndex(e *diff.Entry) (*index, error) {
	f, err := e.Open()
	if err != nil {
		return nil, err
	}
	defer f.Close()
	x := &index{path: e.Path}
	var damage *formats.Error
	x.files, err = safetensors.ParseIndex(io.NewSectionReader(f, 0, f.Layout.Size))
	if errors.As(err, &damage) {
		x.problem, err = damage.Error(), nil
	}
	return x, err
}

// maxNamed is how many missing tensors are listed one by one.
const maxNamed = 20

// checkIndex holds the index against the tensors of the files that are there and could be read.
func (x *inspection) checkIndex() {
	if x.set.index == nil {
		return
	}
	at := x.set.index.path
	if x.set.index.problem != "" {
		x.problem(at, object.Damaged, x.set.index.problem)
	}
	var missing []string
	for tensor, file := range x.set.index.files {
		full := path.Join(path.Dir(at), file)
		if x.seen[full] && !x.has[[2]string{full, tensor}] {
			missing = append(missing, tensor)
		}
	}
	slices.Sort(missing)
	for _, tensor := range missing[:min(len(missing), maxNamed)] {
		file := x.set.index.files[tensor]
		text := fmt.Sprintf("has no tensor %s, which %s says is there", tensor, path.Base(at))
		x.problem(path.Join(path.Dir(at), file), MissingTensor, text)
	}
	if more := len(missing) - maxNamed; more > 0 {
		x.problem(at, MissingTensor, fmt.Sprintf("%d more tensors are not in their files", more))
	}
}
