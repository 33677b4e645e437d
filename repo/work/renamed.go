package work

import (
	"cmp"
	"path"
	"slices"

	"dits/repo/object"
	"dits/tensorstore/digest"
)

// A Renamed is a file that has another path and the same content.
type Renamed struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// renamesAmong pairs deletions among changes from a to b with additions of the same content: one that kept its name
// first, then in order. Empty files are all alike, and paired with none.
func renamesAmong(changes []Change, a, b []object.TreeFile) []Renamed {
	gone := map[digest.ID][]string{}
	for _, c := range changes {
		if f := among(a, c.Path); c.Status == ChangeDeleted && f.Size > 0 {
			gone[f.ID] = append(gone[f.ID], c.Path)
		}
	}
	out := []Renamed{}
	for _, c := range changes {
		if c.Status != ChangeAdded {
			continue
		}
		id := among(b, c.Path).ID
		from := gone[id]
		if len(from) == 0 {
			continue
		}
		i := 0
		for k, p := range from {
			if path.Base(p) == path.Base(c.Path) {
				i = k
				break
			}
		}
		out = append(out, Renamed{from[i], c.Path})
		gone[id] = append(from[:i:i], from[i+1:]...)
	}
	return out
}

// among finds a file among files that are sorted by path.
func among(files []object.TreeFile, path string) (f object.TreeFile) {
	i, found := slices.BinarySearchFunc(files, path, func(f object.TreeFile, path string) int { return cmp.Compare(f.Path, path) })
	if found {
		f = files[i]
	}
	return f
}
