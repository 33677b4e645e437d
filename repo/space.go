package repo

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"dits/repo/lineage"
	"dits/repo/object"
	"dits/tensorstore/digest"
)

// A FileSpace is what a content takes in the store. Its JSON form is a contract.
type FileSpace struct {
	Path    string    `json:"path"` // where the index has it, else HEAD, else the latest commit that does; "" if none does
	Rev     string    `json:"rev"`  // that commit; "" of what the index has
	Digest  digest.ID `json:"digest"`
	Logical int64     `json:"logical_bytes"`
	Stored  int64     `json:"stored_bytes"` // payload that it is put together from, shared with others or not
	Freed   int64     `json:"freed_bytes"`  // payload that no other needs, not even what is stored against it
}

// Space tells what contents take, nil for all of the store: those that need the most first.
func (r *Repo) Space(ctx context.Context, files []digest.ID) ([]FileSpace, error) {
	wanted := make(map[digest.ID]bool, len(files))
	for _, id := range files {
		wanted[id] = true
	}
	out := []FileSpace{}
	err := r.SQL(ctx, "SELECT file, size, stored_bytes, freed_bytes FROM space", func(_ []string, v []any) error {
		id, err := digest.Parse(fmt.Sprint(v[0]))
		if err == nil && (files == nil || wanted[id]) {
			out = append(out, FileSpace{Digest: id, Logical: v[1].(int64), Stored: v[2].(int64), Freed: v[3].(int64)})
		}
		return err
	})
	if err == nil {
		err = r.namePlaces(ctx, out)
	}
	slices.SortFunc(out, func(a, b FileSpace) int {
		return cmp.Or(cmp.Compare(b.Stored, a.Stored), cmp.Compare(a.Path, b.Path), slices.Compare(a.Digest[:], b.Digest[:]))
	})
	return out, err
}

// namePlaces finds where contents are.
func (r *Repo) namePlaces(ctx context.Context, all []FileSpace) error {
	here, err := r.pathsHere()
	if err != nil {
		return err
	}
	unnamed := map[digest.ID]*FileSpace{}
	for i := range all {
		f := &all[i]
		if at, ok := here[f.Digest]; ok {
			f.Path, f.Rev = at.Path, at.Rev
		} else {
			unnamed[f.Digest] = f
		}
	}
	if len(unnamed) == 0 {
		return nil
	}
	k, err := lineage.NewNamer(r.History)
	if err != nil {
		return err
	}
	latest := `SELECT file, path, commit_id, max(time) FROM files JOIN commits USING (commit_id) GROUP BY file`
	return r.SQL(ctx, latest, func(_ []string, v []any) error {
		id, err := digest.Parse(fmt.Sprint(v[0]))
		if f := unnamed[id]; err == nil && f != nil {
			var commit digest.ID
			if commit, err = digest.Parse(fmt.Sprint(v[2])); err == nil {
				f.Path = fmt.Sprint(v[1])
				f.Rev, err = k.Rev(commit)
			}
		}
		return err
	})
}

// pathsHere are the places of contents in the index, and of those that it has not in HEAD.
func (r *Repo) pathsHere() (map[digest.ID]FileSpace, error) {
	h, err := r.Head()
	if err != nil {
		return nil, err
	}
	x, err := r.Index()
	if err != nil {
		return nil, err
	}
	here := map[digest.ID]FileSpace{}
	note := func(files []object.TreeFile, rev string) {
		for _, f := range files {
			if _, ok := here[f.ID]; !ok {
				here[f.ID] = FileSpace{Path: f.Path, Rev: rev}
			}
		}
	}
	note(x.Files(), "")
	files, _, err := r.WorkFiles(h.Commit)
	note(files, object.HeadName)
	return here, err
}
