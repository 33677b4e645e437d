package repo

import (
	"cmp"
	"os"
	"path"
	"slices"

	"dits/repo/relatives"
)

// inOrder sorts paths so that what others are made of comes first: importance matrices, adapters, whatever is no
// GGUF, then GGUF files from the largest to the smallest, which is from the most to the least
// exact of a model's quants.
func (r *Repo) inOrder(paths []string) []string {
	type file struct {
		path string
		rank int
		size int64
	}
	files := make([]file, len(paths))
	for i, p := range paths {
		files[i] = file{path: p, rank: addRank(p)}
		if info, err := os.Stat(r.WorkPath(p)); err == nil && files[i].rank == ggufRank {
			files[i].size = info.Size()
		}
	}
	slices.SortStableFunc(files, func(a, b file) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(b.size, a.size), cmp.Compare(a.path, b.path))
	})
	out := make([]string, len(files))
	for i, f := range files {
		out[i] = f.path
	}
	return out
}

const (
	importanceRank = iota
	adapterRank
	otherRank
	ggufRank
)

func addRank(p string) int {
	switch {
	case relatives.MayHaveImportance(p):
		return importanceRank
	case relatives.MayBeAdapter(p):
		return adapterRank
	case path.Ext(p) == ".gguf":
		return ggufRank
	}
	return otherRank
}
