package repo

import (
	"dits/repo/object"
	"dits/repo/work"
	"dits/tensorstore/digest"
)

// WantTensors is an [object.ErrNoPath] if no tensor of some commits, in files at paths (all where there are none), has a
// name that one of the patterns matches.
func (r *Repo) WantTensors(commits []digest.ID, paths, globs []string) error {
	seen := map[digest.ID]bool{}
	for _, id := range commits {
		files, err := r.CommitFiles(id)
		if err != nil {
			return err
		}
		named := object.WithShards(paths, files)
		for _, f := range files {
			if f.Mode == object.ModeLink || seen[f.ID] || len(paths) > 0 && !work.Inside(f.Path, named) {
				continue
			}
			seen[f.ID] = true
			file, err := r.ReadFile(f.ID)
			if err != nil {
				return err
			}
			if some, err := matching(file.Layout.Tensors, globs); err != nil || len(some) > 0 {
				return err
			}
		}
	}
	return object.Absent("no tensor matches %s", unmatched(globs))
}
