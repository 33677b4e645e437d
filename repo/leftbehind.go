package repo

import (
	"dits/repo/history"
	"dits/repo/object"
	"dits/repo/refs"
	"dits/tensorstore/digest"
)

// LeftBehind are commits that only a detached HEAD led to, once it is elsewhere.
type LeftBehind struct {
	Commit  digest.ID `json:"commit"` // the last, where HEAD was
	Subject string    `json:"subject"`
	Commits int       `json:"commits"` // how many
}

// leftBehind are the commits that HEAD has left and that no ref has; nil if there are none. HEAD has moved: that
// something cannot be read is no error of that, and is found by fsck.
func (r *Repo) leftBehind(from, to refs.Head) *LeftBehind {
	if !from.Detached() || from.Commit == to.Commit {
		return nil
	}
	kept := []digest.ID{}
	if !to.Commit.IsZero() {
		kept = append(kept, to.Commit)
	}
	all, err := r.ListRefs("refs/")
	if err != nil {
		return nil
	}
	for _, ref := range all {
		if id, err := r.Peel(ref.ID); err == nil {
			kept = append(kept, id)
		}
	}
	l := &LeftBehind{Commit: from.Commit}
	for c, err := range r.Log([]digest.ID{from.Commit}, history.LogOptions{Exclude: kept}) {
		if err != nil {
			return nil
		}
		if c.ID == from.Commit {
			l.Subject = object.Subject(c.Message)
		}
		l.Commits++
	}
	if l.Commits == 0 {
		return nil
	}
	return l
}
