package hub

import (
	"strings"

	"dits/repo/object"
	"dits/tensorstore/digest"
)

// A row is a file or a folder that is listed.
type row struct {
	Path string
	file *object.TreeFile // nil of a folder
}

type rows []row

// rowsOf are the rows of files below a folder, whose path with a slash is below: all of them and the folders that they
// are in, or only what is in the folder itself. They are ascending by path.
func rowsOf(files []object.TreeFile, below string, recursive bool) (all rows) {
	seen := map[string]bool{}
	for i := range files {
		f := &files[i]
		for at, c := range f.Path {
			if dir := f.Path[:at]; c == '/' && !seen[dir] {
				seen[dir] = true
				all = append(all, row{below + dir, nil})
				if !recursive {
					break
				}
			}
		}
		if recursive || !strings.Contains(f.Path, "/") {
			all = append(all, row{below + f.Path, f})
		}
	}
	return all
}

// told is what clients are told of rows.
func (rs rows) told(m *Model) ([]entry, error) {
	var ids []digest.ID
	for _, r := range rs {
		if r.file != nil {
			ids = append(ids, r.file.ID)
		}
	}
	known, err := m.Repo.ReadFiles(ids)
	if err != nil {
		return nil, err
	}
	out := make([]entry, 0, len(rs))
	for _, r := range rs {
		if r.file == nil {
			out = append(out, entry{Type: "directory", OID: sha(digest.Sum([]byte(r.Path))), Path: r.Path})
			continue
		}
		file, found := known[r.file.ID]
		if !found {
			if file, err = m.Repo.ReadFile(r.file.ID); err != nil {
				return nil, err
			}
		}
		e := fileEntry(*r.file, file)
		e.Path = r.Path
		out = append(out, e)
	}
	return out, nil
}
