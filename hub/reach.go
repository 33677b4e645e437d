package hub

import (
	"errors"

	"dits/repo/object"
	"dits/repo/refs"
	"dits/tensorstore/digest"
)

// mainBranch is what clients ask for that were not told what.
const mainBranch = "main"

// resolve is the commit that a client's revision names: a branch, a tag, HEAD or the first digits of a commit's id.
// "main" is HEAD where no branch is called that.
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
	if ok, err := m.reach.Has(id); err != nil || ok {
		return id, err
	}
	return digest.ID{}, unknown
}
