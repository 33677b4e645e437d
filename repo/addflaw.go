package repo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"slices"

	"dits/catalog"
	"dits/formats"
	"dits/repo/object"
	"dits/repo/work"
	"dits/tensorstore/disk"
)

// A FlawError is a file that is not added, because it is not what it should be. See [AddOptions.Force].
type FlawError struct{ *object.Flaw }

// Error implements error.
func (e *FlawError) Error() string { return e.Text }

// A RefusedError lists several of them, each with its path. Nothing is staged.
type RefusedError struct{ Files []error }

// Error counts them; what is wrong with each is for the caller to tell.
func (e *RefusedError) Error() string {
	return fmt.Sprintf("%d files are no whole models", len(e.Files))
}

// Unwrap returns them.
func (e *RefusedError) Unwrap() []error { return e.Files }

// modelExts are the ends of names of files that hold weights.
var modelExts = []string{".safetensors", ".gguf", ".bin", ".pt", ".pth", ".ckpt", ".onnx", ".h5", ".npz", ".msgpack"}

// accepted says of content that is stored that it is no news for the path: that of no bytes, which is all files', is only
// where it is staged.
func (a *adding) accepted(e *work.IndexEntry) bool {
	if e.Size > 0 {
		return true
	}
	staged := a.index.Find(e.Path)
	return staged != nil && staged.ID == e.ID
}

// refuse is an error for what should be a model and is not, or not all of it: it was not downloaded, or not to its end.
// What is damaged otherwise is stored as it is.
func (a *adding) refuse(name string, src io.ReaderAt, size int64, warning string) error {
	if a.options.Force {
		return nil
	}
	isModel := slices.Contains(modelExts, path.Ext(name))
	if size == 0 && isModel && path.Ext(name) != ".bin" { // which may be anything
		return &FlawError{object.Empty()}
	}
	flaw, err := object.FindFlaw(src, size, name, warning)
	if err != nil { // who stores it reads it again, and says more
		return nil
	}
	if flaw == nil || flaw.Kind == object.Damaged ||
		flaw.Kind == object.HTMLPage && !isModel {
		return nil
	}
	return &FlawError{flaw}
}

// withRefused is err, or where a file was refused for its flaw, that with what is refused of those that were to follow:
// who fetches one again should not learn of the next one only then.
func (a *adding) withRefused(ctx context.Context, err error, left []string) error {
	if !errors.As(err, new(*FlawError)) {
		return err
	}
	refused := []error{err}
	for _, name := range left {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if flaw := a.flaw(name); flaw != nil {
			refused = append(refused, fmt.Errorf("%s: %w", name, flaw))
		}
	}
	if len(refused) == 1 {
		return err
	}
	return &RefusedError{refused}
}

// flaw is for what a new file is refused, by its header; nil for one that is not, or that cannot be read.
func (a *adding) flaw(name string) error {
	if a.index.Find(name) != nil {
		return nil // what was added with force before may be known
	}
	full := a.repo.WorkPath(name)
	if info, err := os.Lstat(full); err != nil || !info.Mode().IsRegular() { // a link is told of in its turn
		return nil
	}
	f, err := disk.OpenRegular(full)
	if err != nil {
		return nil
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil
	}
	layout, err := formats.Parse(f, info.Size(), name, object.Parsers...)
	if err != nil || len(layout.Tensors) > 0 {
		return nil
	}
	return a.refuse(name, f, info.Size(), layout.Warning)
}

// warningOf is what is wrong with a file that is added all the same, in the words of [FlawError].
func warningOf(e *work.IndexEntry, file catalog.File, src io.ReaderAt) string {
	if file.Layout.Warning == "" {
		return ""
	}
	if flaw, err := object.FindFlaw(src, e.Size, e.Path, file.Layout.Warning); err == nil && flaw != nil {
		return flaw.Text
	}
	return file.Layout.Warning
}
