package repo

import (
	"dits/catalog"
	"dits/repo/lineage"
	"dits/repo/object"
	"dits/repo/work"
	"dits/tensorstore/digest"
)

// A CommitStat is what a commit brought: files and tensors against its first parent,
// bytes against all of them.
type CommitStat struct {
	Files          []work.Change `json:"files"`
	TensorsChanged int           `json:"tensors_changed"` // tensors of those files that came, went or differ
	StoredBytes    int64         `json:"stored_bytes"`    // in packs, that the parents' files do not need
	// Sources is what tensors that came or changed were stored from, by the path of their
	// file; see [Namer.Sources].
	Sources map[string][]lineage.FileSource `json:"sources,omitempty"`
	Models  []ModelChange                   `json:"models"` // Files as people count them

	before []object.TreeFile // of the first parent
}

// CommitStat adds up what the commit c brought. It reads manifests, no tensors.
func (r *Repo) CommitStat(c catalog.Commit) (*CommitStat, error) {
	files, err := r.TreeFiles(c.Tree)
	if err != nil {
		return nil, err
	}
	return r.commitStat(c.Parents, files)
}

// commitStat is CommitStat of a commit with those parents and files.
func (r *Repo) commitStat(parents []digest.ID, files []object.TreeFile) (*CommitStat, error) {
	before, err := r.CommitFiles(firstParent(parents))
	if err != nil {
		return nil, err
	}
	s := &CommitStat{Files: work.ChangesBetween(before, files), before: before}
	if s.Models, err = r.modelsBetween(s.Files, before, files); err != nil {
		return nil, err
	}
	for _, m := range s.Models {
		s.TensorsChanged += m.Tensors
	}
	had := object.IDs(before)
	for _, p := range parents[min(1, len(parents)):] {
		more, err := r.CommitFiles(p)
		if err != nil {
			return nil, err
		}
		had = append(had, object.IDs(more)...)
	}
	s.StoredBytes, err = r.Catalog.StoredBytes(object.IDs(files), had)
	return s, err
}

// firstParent is the first parent, zero if there is none.
func firstParent(parents []digest.ID) digest.ID {
	if len(parents) == 0 {
		return digest.ID{}
	}
	return parents[0]
}
