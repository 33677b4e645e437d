package main

import (
	"cmp"
	"fmt"
	"slices"

	"dits/repo"
	"dits/repo/object"
)

// asModelSpaces are files with the shards of a model in one commit as one, those that need the most first. What a model
// needs and frees is what its shards do, each for itself.
func asModelSpaces(files []repo.FileSpace) []repo.FileSpace {
	taken := map[[2]string]bool{} // by commit and path
	for _, f := range files {
		taken[[2]string{f.Rev, f.Path}] = true
	}
	var out []repo.FileSpace
	at := map[[2]string]int{} // in out, by commit and shards
	shards := map[int]int{}
	for _, f := range files {
		s, isShard := object.ShardOf(f.Path)
		isShard = isShard && !taken[[2]string{f.Rev, s.Model}]
		key := [2]string{f.Rev, s.All}
		k, have := at[key]
		switch {
		case isShard && have:
			m := &out[k]
			m.Logical, m.Stored, m.Freed = m.Logical+f.Logical, m.Stored+f.Stored, m.Freed+f.Freed
			shards[k]++
			continue
		case isShard:
			at[key], shards[len(out)] = len(out), 1
		}
		out = append(out, f)
	}
	for k, n := range shards {
		s, _ := object.ShardOf(out[k].Path)
		out[k].Path = fmt.Sprintf("%s (%s)", s.Model, someShards(n, s.Count()))
	}
	slices.SortStableFunc(out, func(a, b repo.FileSpace) int { return cmp.Compare(b.Stored, a.Stored) })
	return out
}
