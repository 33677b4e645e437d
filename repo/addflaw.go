package repo

import (
	"io"
	"path"
	"slices"

	"dits/repo/object"
)

// A FlawError is a file that is not added, because it is not what it should be. See [AddOptions.Force].
type FlawError struct{ *object.Flaw }

// Error implements error.
func (e *FlawError) Error() string { return e.Text }

// modelExts are the ends of names of files that hold weights.
var modelExts = []string{".safetensors", ".gguf", ".bin", ".pt", ".pth", ".ckpt", ".onnx", ".h5", ".npz", ".msgpack"}

// refuse is an error for what should be a model and is not, or not all of it: it was not downloaded, or not to its end.
// What is damaged otherwise is stored as it is.
func (a *adding) refuse(name string, src io.ReaderAt, size int64, warning string) error {
	if a.options.Force || size == 0 {
		return nil
	}
	flaw, err := object.FindFlaw(src, size, name, warning)
	if err != nil { // who stores it reads it again, and says more
		return nil
	}
	if flaw == nil || flaw.Kind == object.Damaged ||
		flaw.Kind == object.HTMLPage && !slices.Contains(modelExts, path.Ext(name)) {
		return nil
	}
	return &FlawError{flaw}
}
