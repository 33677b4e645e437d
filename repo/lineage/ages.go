package lineage

import (
	"math"

	"dits/repo/object"
	"dits/tensorstore/digest"
)

// An age is when a file came.
type age struct {
	commit int // counted from the oldest
	place  Place
}

// ages is when each file that the refs lead to came.
type ages struct{ byFile map[digest.ID]age }

// of is the age of a file; one that is in no commit is the youngest.
func (a *ages) of(file digest.ID) age {
	if found, ok := a.byFile[file]; ok {
		return found
	}
	return age{commit: math.MaxInt}
}

// ages reads all commits that the refs and one more commit lead to, the oldest first, and
// the lists of their tensors.
func (k *Namer) ages(also digest.ID) (*ages, error) {
	var from []digest.ID
	if !also.IsZero() {
		from = append(from, also)
	}
	for _, t := range k.tips {
		from = append(from, t.commit)
	}
	h, err := k.Files.History.Commits(from, nil)
	if err != nil {
		return nil, err
	}
	var order []digest.ID
	for h.Len() > 0 {
		c := h.Next()
		k.Files.Commits[c.ID] = c
		order = append(order, c.ID)
	}
	a := &ages{map[digest.ID]age{}}
	var files []digest.ID
	for i := range order {
		c := k.Files.Commits[order[len(order)-1-i]]
		all, err := k.filesOf(c)
		if err != nil {
			return nil, err
		}
		for _, f := range all {
			if _, known := a.byFile[f.ID]; !known && f.Mode != object.ModeLink {
				a.byFile[f.ID] = age{i, Place{f.Path, f.ID, c.ID}}
				files = append(files, f.ID)
			}
		}
	}
	if err := k.Files.LoadLists(files); err != nil { // at once, which is faster than file by file
		return nil, err
	}
	for _, id := range files {
		k.hold(id)
	}
	k.complete = true
	return a, k.loadArrivals(files)
}
