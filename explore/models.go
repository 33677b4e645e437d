package explore

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"strings"
	"time"

	"dits/repo/object"
	"dits/repo/refs"
	"dits/tensorstore/digest"
)

// A ModelNames says what there is of a model to choose from.
type ModelNames struct {
	Name     string    `json:"name"`
	Head     string    `json:"head"` // the branch that HEAD is on, "" for none
	Branches []RefName `json:"branches"`
	Tags     []RefName `json:"tags"`
}

// A RefName is a branch or tag, and the commit that it leads to.
type RefName struct {
	Name    string    `json:"name"`
	Commit  digest.ID `json:"commit"`
	Time    time.Time `json:"time"`
	Subject string    `json:"subject"`
}

// namesOfModels answers "models": all of them, with their branches and tags.
func (e *Explorer) namesOfModels(ctx context.Context, _ url.Values) (any, error) {
	all := []ModelNames{}
	for _, m := range e.models {
		n, err := m.names()
		if err != nil {
			return nil, err
		}
		all = append(all, n)
	}
	return all, nil
}

func (m *Model) names() (ModelNames, error) {
	n := ModelNames{Name: m.Name, Branches: []RefName{}, Tags: []RefName{}}
	head, err := m.Repo.Head()
	if err != nil {
		return n, err
	}
	n.Head = head.Branch
	all, err := m.Repo.GoodRefs(object.RefPrefix)
	if err != nil {
		return n, err
	}
	for _, ref := range all {
		if !m.speaksOf(ref) {
			continue
		}
		id, err := m.Repo.Peel(ref.ID)
		if err != nil {
			continue // fsck tells of it
		}
		c, err := m.Repo.ReadCommit(id)
		if err != nil {
			return n, err
		}
		one := RefName{Commit: id, Time: c.Time.UTC(), Subject: object.Subject(c.Message)}
		if name, ok := strings.CutPrefix(ref.Name, object.BranchPrefix); ok {
			one.Name = name
			n.Branches = append(n.Branches, one)
		} else if name, ok := strings.CutPrefix(ref.Name, object.TagPrefix); ok {
			one.Name = name
			n.Tags = append(n.Tags, one)
		}
	}
	return n, nil
}

// Commit is the commit that a revision names, if a branch, a tag or HEAD leads to it: a store may have the commits of
// other repositories. The zero ID is no commit yet.
func (m *Model) Commit(rev string) (digest.ID, error) {
	start := rev
	if steps := strings.IndexAny(rev, "~^"); steps >= 0 {
		start = rev[:steps]
	}
	unknown := refs.Missing("no revision %.80q", rev)
	id, err := m.Repo.Resolve(start)
	if errors.Is(err, refs.ErrUnknownRevision) || errors.Is(err, refs.ErrAmbiguous) {
		return digest.ID{}, unknown // what err says names commits that are not for all
	}
	if err != nil || id.IsZero() {
		return id, err
	}
	if ok, err := m.reach.Has(id); err != nil || !ok {
		return digest.ID{}, cmp.Or(err, unknown)
	}
	if start == rev {
		return id, nil
	}
	return m.Repo.Resolve(rev)
}
