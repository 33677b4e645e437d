package history

import (
	"slices"
	"strings"

	"dits/catalog"
	"dits/tensorstore/digest"
)

// MergeBase is the newest of the commits that a and b both come from and that no other such commit
// comes after; a or b itself if one comes after the other. Zero if there is none.
func (r *History) MergeBase(a, b digest.ID) (digest.ID, error) {
	if a.IsZero() {
		return a, nil
	}
	ours, err := r.ancestors(a)
	if err != nil {
		return digest.ID{}, err
	}
	theirs, err := r.ancestors(b)
	if err != nil {
		return digest.ID{}, err
	}
	behind := map[digest.ID]bool{} // parents of common commits, which are common too
	var common []catalog.Commit
	for id, c := range ours {
		if _, both := theirs[id]; both {
			common = append(common, c)
			for _, p := range c.Parents {
				behind[p] = true
			}
		}
	}
	common = slices.DeleteFunc(common, func(c catalog.Commit) bool { return behind[c.ID] })
	if len(common) == 0 {
		return digest.ID{}, nil
	}
	return slices.MaxFunc(common, func(x, y catalog.Commit) int {
		if n := x.Time.Compare(y.Time); n != 0 {
			return n
		}
		return strings.Compare(x.ID.String(), y.ID.String())
	}).ID, nil
}

// ancestors are a commit and all before it.
func (r *History) ancestors(id digest.ID) (map[digest.ID]catalog.Commit, error) {
	all := map[digest.ID]catalog.Commit{}
	err := r.visit([]digest.ID{id}, func(c catalog.Commit) bool {
		_, seen := all[c.ID]
		all[c.ID] = c
		return !seen
	})
	return all, err
}
