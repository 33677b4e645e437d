package relatives

import (
	"slices"

	"dits/repo/object"
	"dits/repo/work"
	"dits/tensorstore/digest"
)

// A helper is a file that may have what tensors are made with besides others: adapters or importance matrices.
type helper struct {
	name string // PATH, or REV:PATH of one that the index has not
	id   digest.ID
}

// Bounds on what is looked at of other branches and tags: they are a help, and not worth a wait.
const (
	helperRefs  = 64
	helperFiles = 50_000 // of all their commits
)

// helpers are the files with names that fit: first those of branches and tags, then those of the index, as the last is
// the likeliest.
func helpers(folder *work.Folder, fits func(name string) bool) ([]helper, error) {
	x, err := folder.Index()
	if err != nil {
		return nil, err
	}
	var staged []helper
	known := map[digest.ID]bool{}
	for _, e := range x.Entries {
		if fits(e.Path) {
			staged = append(staged, helper{e.Path, e.ID})
			known[e.ID] = true
		}
	}
	others, err := helpersElsewhere(folder, fits, known)
	slices.Reverse(others)
	return append(others, staged...), err
}

// helpersElsewhere are those that branches and tags have. What is broken there is passed over: fsck tells of it.
func helpersElsewhere(folder *work.Folder, fits func(name string) bool, known map[digest.ID]bool) (found []helper, err error) {
	refs, err := folder.GoodRefs(object.RefPrefix)
	if err != nil {
		return nil, err
	}
	seen, files := map[digest.ID]bool{}, 0
	for _, ref := range refs[:min(len(refs), helperRefs)] {
		commit, err := folder.Peel(ref.ID)
		if err != nil || seen[commit] {
			continue
		}
		seen[commit] = true
		all, _, err := folder.WorkFiles(commit)
		if err != nil {
			continue
		}
		if files += len(all); files > helperFiles {
			break
		}
		for _, f := range all {
			if fits(f.Path) && f.Mode != object.ModeLink && !known[f.ID] {
				found = append(found, helper{ref.Short() + ":" + f.Path, f.ID})
				known[f.ID] = true
			}
		}
	}
	return found, nil
}
