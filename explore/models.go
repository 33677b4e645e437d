package explore

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"slices"
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
	n := ModelNames{Name: m.Name}
	branches, tags, err := m.refs()
	if err != nil {
		return n, err
	}
	if n.Head, err = m.head(); err != nil {
		return n, err
	}
	if n.Branches, err = m.told(branches); err != nil {
		return n, err
	}
	n.Tags, err = m.told(tags)
	return n, err
}

// head is the branch that HEAD is on, "" for none. Where all is about some revisions, it is the first.
func (m *Model) head() (string, error) {
	if len(m.revs) > 0 {
		return m.revs[0], nil
	}
	head, err := m.Repo.Head()
	return head.Branch, err
}

// refs are the branches and tags of a model. Of some revisions each that is no tag counts as a branch.
func (m *Model) refs() (branches, tags tips, err error) {
	if len(m.revs) == 0 {
		if branches, err = m.below(object.BranchPrefix); err == nil {
			tags, err = m.below(object.TagPrefix)
		}
		return branches, tags, err
	}
	all, err := m.tips()
	for i, id := range all.commits {
		full, _, err := m.Repo.ResolveRef(all.names[i])
		if err != nil {
			return branches, tags, err
		}
		t := &branches
		if strings.HasPrefix(full, object.TagPrefix) {
			t = &tags
		}
		t.names, t.commits = append(t.names, all.names[i]), append(t.commits, id)
	}
	return branches, tags, err
}

// told says more of names, in their order.
func (m *Model) told(of tips) ([]RefName, error) {
	names := []RefName{}
	for i, id := range of.commits {
		c, err := m.Repo.ReadCommit(id)
		if err != nil {
			return nil, err
		}
		names = append(names, RefName{of.names[i], id, c.Time.UTC(), object.Subject(c.Message)})
	}
	slices.SortFunc(names, func(a, b RefName) int { return cmp.Compare(a.Name, b.Name) })
	return names, nil
}

// Commit is the commit that a revision names, if a branch, a tag or HEAD leads to it: a store may have the commits of
// other repositories. The zero ID is no commit yet.
func (m *Model) Commit(rev string) (digest.ID, error) {
	start := rev
	if steps := strings.IndexAny(rev, "~^"); steps >= 0 && len(m.revs) == 0 { // who chose revs may begin after them
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
