package relatives

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"dits/catalog"
	"dits/formats"
	"dits/formats/imatrix"
	"dits/repo/object"
	"dits/repo/work"
	"dits/tensorstore"
	"dits/tensorstore/digest"
	"dits/tensorstore/disk"
	"dits/tensorstore/predict"
)

// maxNamedImportances bounds the matrices of a name that are tried for one tensor.
const maxNamedImportances = 4

// Importances are the importance matrices that a quantiser may have used: those of the index, of
// branches and tags, of the same call, and one that is named. A matrix that is wrong costs size, nothing else.
type Importances struct {
	folder *work.Folder                    // nil: only those that are added
	byName map[string][]predict.Importance // by the name of a tensor in GGUF
	files  map[digest.ID]string            // what has the blob of a matrix, as the user calls it
	loaded bool                            // the index was looked through
}

// NewImportances are those of the index of a working folder, and those that are added; of no folder, only these.
func NewImportances(f *work.Folder) *Importances { return &Importances{folder: f} }

// Name is the file that has the blob of a matrix, as the user calls it; "" for none.
func (m *Importances) Name(blob digest.ID) string { return m.files[blob] }

// Of is what a tensor may have been quantised with.
func (m *Importances) Of(file catalog.File, t formats.Tensor) ([]predict.Importance, error) {
	if file.Layout.Format != "gguf" {
		return nil, nil
	}
	if err := m.Load(); err != nil {
		return nil, err
	}
	return m.named(t.Name), nil
}

// named is what the tensor of that name may have been quantised with, among what was taken up.
func (m *Importances) named(tensor string) []predict.Importance {
	return m.byName[tensor]
}

// Load looks through the files of the index, of branches and of tags, once.
func (m *Importances) Load() error {
	if m.loaded || m.folder == nil {
		return nil
	}
	m.loaded = true
	all, err := helpers(m.folder, MayHaveImportance)
	if err != nil {
		return err
	}
	for _, h := range all {
		f, err := m.folder.ReadFile(h.id)
		if isLost(err) {
			continue
		}
		if err != nil {
			return err
		}
		if err := m.Add(h.name, f, segmentsOf(m.folder, f)); err != nil && !isLost(err) {
			return err
		}
	}
	return nil
}

// MayHaveImportance goes by the names that llama.cpp's tools and publishers give such files: for those of the index,
// which are too many to look into each.
func MayHaveImportance(name string) bool {
	switch path.Ext(name) {
	case ".imatrix", ".dat":
		return true
	case ".gguf":
		return strings.Contains(path.Base(name), "imatrix")
	}
	return false
}

// HasImportance says that a file that is at hand has importance matrices, or may have: those before GGUF have no mark.
func HasImportance(name string, f catalog.File) bool {
	if f.Layout.Format != "gguf" {
		return MayHaveImportance(name)
	}
	return slices.ContainsFunc(f.Layout.Tensors, func(t formats.Tensor) bool {
		return strings.HasSuffix(t.Name, imatrix.SumsSuffix)
	})
}

// segment opens a stored file's segments by number.
func segmentsOf(r *work.Folder, f catalog.File) func(i int) (io.ReaderAt, error) {
	return func(i int) (io.ReaderAt, error) { return r.Store.Blob(f.Blobs[i]) }
}

// Add takes up the matrices of a file, if it has any; open opens its segments by number.
func (m *Importances) Add(name string, f catalog.File, open func(i int) (io.ReaderAt, error)) error {
	m.files = noteFile(m.files, f, name)
	return m.addContent(f, open)
}

// noteFile is files with the name of one noted for each of its blobs.
func noteFile(files map[digest.ID]string, f catalog.File, name string) map[digest.ID]string {
	if files == nil {
		files = map[digest.ID]string{}
	}
	for _, b := range f.Blobs {
		files[b] = name
	}
	return files
}

// addContent is add for a file of whatever name.
func (m *Importances) addContent(f catalog.File, open func(i int) (io.ReaderAt, error)) error {
	switch {
	case f.Layout.Format == "gguf":
		return m.addSums(f, open)
	case len(f.Blobs) == 1:
		return m.addLegacy(f, open)
	}
	return nil
}

func (m *Importances) addLegacy(f catalog.File, open func(i int) (io.ReaderAt, error)) error {
	src, err := open(0)
	if err != nil {
		return err
	}
	entries, err := imatrix.Parse(src, f.Layout.Size)
	if errors.Is(err, imatrix.ErrNone) {
		return nil // a file of another kind with such a name
	}
	for _, e := range entries {
		m.put(e.Name, predict.Importance{Blob: f.Blobs[0], Off: e.Off, Divisor: float32(max(e.Calls, 1))})
	}
	return err
}

// addSums is for GGUF: a tensor of sums of squares and one of counts for each weight matrix.
func (m *Importances) addSums(f catalog.File, open func(i int) (io.ReaderAt, error)) error {
	counts := map[string]int{}
	for i, s := range f.Layout.Segments {
		if s.Kind == formats.Data {
			if weight, ok := strings.CutSuffix(f.Layout.Tensors[s.Tensor].Name, imatrix.CountsSuffix); ok && s.Len == 4 {
				counts[weight] = i
			}
		}
	}
	for i, s := range f.Layout.Segments {
		if s.Kind != formats.Data {
			continue
		}
		weight, ok := strings.CutSuffix(f.Layout.Tensors[s.Tensor].Name, imatrix.SumsSuffix)
		at, counted := counts[weight]
		if !ok || !counted || f.Layout.Tensors[s.Tensor].DType != "F32" {
			continue
		}
		src, err := open(at)
		if err != nil {
			return err
		}
		n, err := predict.ReadFloat32(src, 0)
		if err != nil {
			return err
		}
		if n > 0 {
			m.put(weight, predict.Importance{Blob: f.Blobs[i], Divisor: n})
		}
	}
	return nil
}

// put notes a matrix for a tensor, once; the latest comes first, and as many stay as are tried.
func (m *Importances) put(weight string, i predict.Importance) {
	if m.byName == nil {
		m.byName = map[string][]predict.Importance{}
	}
	others := slices.DeleteFunc(m.byName[weight], func(o predict.Importance) bool { return o == i })
	latest := append([]predict.Importance{i}, others...)
	m.byName[weight] = latest[:min(len(latest), maxNamedImportances)]
}

// AddNamed stores the parts of the file at name and takes up its matrices.
func (m *Importances) AddNamed(ctx context.Context, w *tensorstore.Writer, name string) error {
	src, err := disk.OpenRegular(name)
	if err != nil {
		return err
	}
	defer src.Close()
	info, err := src.Stat()
	if err != nil {
		return err
	}
	f, err := object.Scan(ctx, src, info.Size(), name, func(int64) {})
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if err := m.Load(); err != nil {
		return err
	}
	section := func(i int) (io.ReaderAt, error) {
		s := f.Layout.Segments[i]
		return io.NewSectionReader(src, s.Off, s.Len), nil
	}
	matrices := NewImportances(nil)
	if f.Layout.Format == "gguf" {
		err = matrices.addSums(f, section)
	} else if len(f.Blobs) == 1 {
		err = matrices.addLegacy(f, section)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if len(matrices.byName) == 0 {
		return fmt.Errorf("%s: no importance matrix: want what llama.cpp's imatrix tool writes, GGUF or the older .dat", name)
	}
	m.files = noteFile(m.files, f, name)
	for weight, all := range matrices.byName {
		for _, i := range all {
			m.put(weight, i)
		}
	}
	for i, s := range f.Layout.Segments {
		part, _ := section(i)
		if _, err := w.PutBlob(ctx, part, f.Blobs[i], s.Len, Known(f, i, Family{})); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return w.Flush()
}
