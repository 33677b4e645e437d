package repo

import (
	"context"
	"fmt"
	"io"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"dits/catalog"
	"dits/formats"
	"dits/formats/safetensors"
	"dits/repo/object"
	"dits/repo/refs"
	"dits/repo/work"
	"dits/tensorstore/digest"
)

// Export writes the file at path, in the commit that rev names or as staged when rev is "",
// to w: as it is, or, when globs are given, the tensors whose name matches one of them as a
// safetensors file of their own. It decodes only what it writes.
func (r *Repo) Export(ctx context.Context, rev, file string, globs []string, w io.Writer) error {
	if len(globs) == 0 {
		return r.Cat(ctx, rev, file, CatOptions{}, w)
	}
	f, header, tensors, err := r.some(rev, file, globs)
	if err != nil {
		return err
	}
	if _, err := w.Write(header); err != nil {
		return err
	}
	for _, t := range tensors {
		if t.Len == 0 {
			continue // no bytes, and perhaps an offset at the end of the file
		}
		if err := r.catRange(ctx, f, t.Off, t.Off+t.Len, w); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	return nil
}

// CheckExport says why Export would not be written to the file out: unless forced, what is there would be lost by it, a
// [work.DirtyError]; or its folder has no room, a [work.SpaceError].
func (r *Repo) CheckExport(rev, file string, globs []string, out string, force bool) error {
	dir := filepath.Dir(out)
	if len(globs) == 0 {
		f, err := r.fileOf(refs.Spec{Rev: rev, Path: file})
		if err == nil && !force {
			err = r.checkSaved(f.ID, out)
		}
		if err != nil {
			return err
		}
		return work.CheckRoom(dir, f.Layout.Size)
	}
	_, header, tensors, err := r.some(rev, file, globs)
	if err == nil && !force {
		err = r.checkSaved(digest.ID{}, out)
	}
	if err != nil {
		return err
	}
	n := int64(len(header))
	for _, t := range tensors {
		n += t.Len
	}
	return work.CheckRoom(dir, n)
}

// some are the tensors of a file whose name matches one of globs, and the header of a safetensors with them.
func (r *Repo) some(rev, file string, globs []string) (f catalog.File, header []byte, tensors []formats.Tensor, err error) {
	if f, err = r.fileOf(refs.Spec{Rev: rev, Path: file}); err != nil {
		return f, nil, nil, err
	}
	if tensors, err = matching(f.Layout.Tensors, globs); err != nil {
		return f, nil, nil, err
	}
	if len(tensors) == 0 {
		return f, nil, nil, object.Absent("%s: no tensor matches %s", file, unmatched(globs))
	}
	meta, err := r.metadata(f)
	if err == nil {
		header, tensors, err = safetensors.MakeHeader(tensors, meta)
	}
	if err != nil {
		err = fmt.Errorf("%s: %w", file, err)
	}
	return f, header, tensors, err
}

// matching are the tensors whose name matches one of the patterns of path.Match.
func matching(tensors []formats.Tensor, globs []string) ([]formats.Tensor, error) {
	for _, g := range globs {
		if _, err := path.Match(g, ""); err != nil {
			return nil, fmt.Errorf("pattern %q: %w", g, err)
		}
	}
	return slices.DeleteFunc(slices.Clone(tensors), func(t formats.Tensor) bool {
		return !slices.ContainsFunc(globs, func(g string) bool {
			ok, _ := path.Match(g, t.Name)
			return ok
		})
	}), nil
}

// unmatched are patterns that nothing matches, with one that may be meant.
func unmatched(globs []string) string {
	var b strings.Builder
	for i, g := range globs {
		b.WriteString([]string{"", ", "}[min(i, 1)] + "'" + g + "'")
	}
	for _, g := range globs {
		if !strings.ContainsAny(g, "*?[") {
			return b.String() + ": patterns match whole names, try '*" + g + "*'"
		}
	}
	return b.String()
}

// metadata is the metadata of a safetensors file, nil of any other.
func (r *Repo) metadata(f catalog.File) (map[string]string, error) {
	if f.Layout.Format != "safetensors" || len(f.Layout.Segments) == 0 {
		return nil, nil
	}
	blob, err := r.Store.Blob(f.Blobs[0])
	if err != nil {
		return nil, err
	}
	header := make([]byte, blob.Len())
	if err := object.ReadFull(blob, header, 0); err != nil {
		return nil, err
	}
	return safetensors.Metadata(header)
}
