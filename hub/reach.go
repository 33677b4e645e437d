package hub

import (
	"errors"
	"slices"
	"sync"

	"dits/repo/object"
	"dits/repo/refs"
	"dits/tensorstore/digest"
)

// A reach is the commits that a model's branches, tags and HEAD lead to: the others of a shared store are not to be seen.
type reach struct {
	mu   sync.Mutex
	tips []digest.ID // of which it is
	ids  map[digest.ID]bool
}

// tips are the commits of branches, tags and HEAD.
func (m *Model) tips() ([]digest.ID, error) {
	all, err := m.Repo.GoodRefs(object.RefPrefix)
	if err != nil {
		return nil, err
	}
	head, err := m.Repo.Head()
	if err != nil {
		return nil, err
	}
	var tips []digest.ID
	if !head.Commit.IsZero() {
		tips = append(tips, head.Commit)
	}
	for _, ref := range all {
		if id, err := m.Repo.Peel(ref.ID); err == nil { // fsck tells of others
			tips = append(tips, id)
		}
	}
	return tips, nil
}

// reaches says that a commit is one of the model's history.
func (m *Model) reaches(id digest.ID) (bool, error) {
	tips, err := m.tips()
	if err != nil {
		return false, err
	}
	m.reach.mu.Lock()
	defer m.reach.mu.Unlock()
	if m.reach.ids == nil || !slices.Equal(tips, m.reach.tips) {
		ids := map[digest.ID]bool{}
		h, err := m.Repo.Commits(tips, nil)
		if err != nil {
			return false, err
		}
		for h.Len() > 0 {
			ids[h.Next().ID] = true
		}
		m.reach.tips, m.reach.ids = tips, ids
	}
	return m.reach.ids[id], nil
}

// mainBranch is what clients ask for that were not told what.
const mainBranch = "main"

// resolve is the commit that a client's revision names: a branch, a tag, HEAD or the first digits of a commit's id. "main"
// is HEAD where no branch is called that.
func (m *Model) resolve(rev string) (digest.ID, error) {
	unknown := refs.Missing("no revision %.80q", rev)
	if object.CheckRefName(object.BranchPrefix+rev) != nil { // nothing that refs cannot be called, such as main~1
		return digest.ID{}, unknown
	}
	id, err := m.Repo.Resolve(rev)
	if errors.Is(err, refs.ErrUnknownRevision) && rev == mainBranch {
		id, err = m.Repo.Resolve(object.HeadName)
	}
	if err != nil {
		return digest.ID{}, err
	}
	if ok, err := m.reaches(id); err != nil || ok {
		return id, err
	}
	return digest.ID{}, unknown
}
