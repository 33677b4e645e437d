package history

import (
	"slices"
	"sync"

	"dits/repo/object"
	"dits/tensorstore/digest"
)

// A Reach says which commits a repository's branches, tags and HEAD lead to. A store may have others: those of other
// repositories, and what was left behind. It is safe for concurrent use.
type Reach struct {
	History *History

	mu   sync.Mutex
	tips []digest.ID // of which it is
	ids  map[digest.ID]bool
}

// Has says that a commit is one of the history. It looks at refs anew each time, and at commits when those moved.
func (r *Reach) Has(id digest.ID) (bool, error) {
	tips, err := r.History.Tips()
	if err != nil {
		return false, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ids == nil || !slices.Equal(tips, r.tips) {
		h, err := r.History.Commits(tips, nil)
		if err != nil {
			return false, err
		}
		ids := map[digest.ID]bool{}
		for h.Len() > 0 {
			ids[h.Next().ID] = true
		}
		r.tips, r.ids = tips, ids
	}
	return r.ids[id], nil
}

// Tips are the commits of HEAD, branches, tags and what is known of remotes. A ref that leads to none is left out.
func (r *History) Tips() ([]digest.ID, error) {
	all, err := r.GoodRefs(object.RefPrefix)
	if err != nil {
		return nil, err
	}
	head, err := r.Head()
	if err != nil {
		return nil, err
	}
	var tips []digest.ID
	if !head.Commit.IsZero() {
		tips = append(tips, head.Commit)
	}
	for _, ref := range all {
		if id, err := r.Peel(ref.ID); err == nil { // fsck tells of others
			tips = append(tips, id)
		}
	}
	return tips, nil
}
