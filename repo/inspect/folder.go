package inspect

import (
	"encoding/json"
	"path"

	"dits/repo/diff"
	"dits/repo/object"
)

// maxSmall is the longest of the files beside a model that is read, in bytes.
const maxSmall = 16 << 20

// A folder is files by their paths.
type folder struct{ byPath map[string]*diff.Entry }

func newFolder(s diff.Snapshot) *folder {
	f := &folder{map[string]*diff.Entry{}}
	for i := range s.Files {
		f.byPath[s.Files[i].Path] = &s.Files[i]
	}
	return f
}

// beside is the file of that name in the folder of another; nil if there is none.
func (f *folder) beside(of, name string) *diff.Entry { return f.byPath[path.Join(path.Dir(of), name)] }

// readJSON fills v with a JSON file beside another, and says whether it is there and could be read. What is wrong with
// such a file is not what is wrong with the model.
func (f *folder) readJSON(of, name string, v any) bool {
	e := f.beside(of, name)
	if e == nil {
		return false
	}
	text, err := readSmall(e)
	return err == nil && json.Unmarshal(text, v) == nil
}

// readSmall reads a file whole, nothing of a long one.
func readSmall(e *diff.Entry) ([]byte, error) {
	if e.Open == nil || e.Size > maxSmall {
		return nil, nil
	}
	f, err := e.Open()
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text := make([]byte, f.Layout.Size)
	return text, object.ReadFull(f, text, 0)
}
