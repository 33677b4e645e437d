package history

import (
	"slices"
	"sync"
	"time"

	"dits/repo/object"
	"dits/repo/refs"
	"dits/tensorstore/digest"
)

// A Reach says which commits a repository's branches, tags and HEAD lead to. A store may have others: those of other
// repositories, and what was left behind. It is safe for concurrent use.
type Reach struct {
	History *History
	From    func() ([]refs.Ref, error) // what counts instead of all refs and HEAD, unless nil

	mu     sync.Mutex
	looked time.Time // at refs
	refs   []refs.Ref
	ids    map[digest.ID]bool // what they lead to
}

// moment is for how long refs are taken to lead to what they led to: who reads a file range by range asks for each.
const moment = 100 * time.Millisecond

// Has says that a commit is one of the history. A ref that was moved just now counts; what only one led to that was
// removed is found a moment longer.
func (r *Reach) Has(id digest.ID) (bool, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ids[id] && time.Since(r.looked) < moment {
		return true, nil
	}
	if err := r.look(); err != nil {
		return false, err
	}
	return r.ids[id], nil
}

// look reads the refs, and the commits that they lead to if they are not those of the last time.
func (r *Reach) look() error {
	began := time.Now()
	from := r.From
	if from == nil {
		from = r.History.named
	}
	now, err := from()
	if err != nil {
		return err
	}
	if r.ids == nil || !slices.Equal(now, r.refs) {
		ids, err := r.History.ledTo(now)
		if err != nil {
			return err
		}
		r.refs, r.ids = now, ids
	}
	r.looked = began
	return nil
}

// named are the refs that can be read, and HEAD.
func (r *History) named() ([]refs.Ref, error) {
	all, err := r.GoodRefs(object.RefPrefix)
	if err != nil {
		return nil, err
	}
	head, err := r.Head()
	if err == nil && !head.Commit.IsZero() {
		all = append(all, refs.Ref{Name: object.HeadName, ID: head.Commit})
	}
	return all, err
}

// ledTo are the commits that refs lead to. One that leads to none is passed over: fsck tells of it.
func (r *History) ledTo(from []refs.Ref) (map[digest.ID]bool, error) {
	var tips []digest.ID
	for _, ref := range from {
		if id, err := r.Peel(ref.ID); err == nil {
			tips = append(tips, id)
		}
	}
	h, err := r.Commits(tips, nil)
	if err != nil {
		return nil, err
	}
	ids := map[digest.ID]bool{}
	for h.Len() > 0 {
		ids[h.Next().ID] = true
	}
	return ids, nil
}
