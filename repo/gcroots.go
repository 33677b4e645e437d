package repo

import (
	"fmt"

	"dits/repo/object"
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
	"dits/tensorstore/upkeep"
)

var (
	asCommit = []pack.Kind{pack.Commit}
	asTagged = []pack.Kind{pack.Commit, pack.Tag}
	asFile   = []pack.Kind{pack.Manifest}
)

// rootsOf are what repositories need: what their refs, HEAD, reflogs and index name. What only a reflog names may be
// gone.
func rootsOf(users []*Repo) ([]upkeep.Root, error) {
	var roots []upkeep.Root
	for _, u := range users {
		own, err := u.roots()
		if err != nil {
			return nil, &UnreadableError{u.Root, err}
		}
		roots = append(roots, own...)
	}
	return roots, nil
}

func (r *Repo) roots() ([]upkeep.Root, error) {
	var roots []upkeep.Root
	add := func(name string, id digest.ID, kinds []pack.Kind) {
		if !id.IsZero() {
			roots = append(roots, upkeep.Root{Name: name + " of " + r.Root, ID: id, Kinds: kinds})
		}
	}
	x, err := r.Index()
	if err != nil {
		return nil, err
	}
	for _, e := range x.Entries {
		add(e.Path+" in the index", e.ID, asFile)
	}
	b, err := r.Before()
	if err != nil {
		return nil, err
	}
	if b != nil {
		for _, e := range b.Index.Entries {
			of := e.Path + " in the index before " + b.What + " of " + r.Root
			roots = append(roots, upkeep.Root{Name: of, ID: e.ID, Kinds: asFile, Optional: true})
		}
	}
	h, err := r.Head()
	if err != nil {
		return nil, err
	}
	add(object.HeadName, h.Commit, asCommit)
	refs, err := r.ListRefs(object.RefPrefix)
	if err != nil {
		return nil, err
	}
	for _, ref := range refs {
		add(ref.Name, ref.ID, asTagged)
	}
	logged, err := r.loggedRoots()
	return append(roots, logged...), err
}

// loggedRoots are what reflogs name.
func (r *Repo) loggedRoots() ([]upkeep.Root, error) {
	var roots []upkeep.Root
	logs, err := r.Logs()
	if err != nil {
		return nil, err
	}
	seen := map[digest.ID]bool{{}: true}
	for _, name := range logs {
		entries, err := r.WholeLog(name)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			for _, id := range []digest.ID{e.Old, e.New} {
				if !seen[id] {
					seen[id] = true
					of := "the reflog of " + name + " of " + r.Root
					roots = append(roots, upkeep.Root{Name: of, ID: id, Kinds: asCommit, Optional: true})
				}
			}
		}
	}
	return roots, nil
}

// namedBy is what a commit, tree, tag or manifest names.
func namedBy(k upkeep.Content, payload []byte) (named []upkeep.Content, err error) {
	add := func(kind pack.Kind, id digest.ID) {
		if !id.IsZero() {
			named = append(named, upkeep.Content{Kind: kind, ID: id})
		}
	}
	switch k.Kind {
	case pack.Commit:
		c, err := object.DecodeCommit(k.ID, payload)
		if err != nil {
			return nil, err
		}
		add(pack.Tree, c.Tree)
		for _, p := range c.Parents {
			add(pack.Commit, p)
		}
	case pack.Tag:
		t, err := object.DecodeTag(k.ID, payload)
		if err != nil {
			return nil, err
		}
		add(pack.Commit, t.Commit)
	case pack.Tree:
		t, err := object.DecodeTree(k.ID, payload)
		if err != nil {
			return nil, err
		}
		for _, e := range t.Entries {
			if e.Mode == object.ModeDir {
				add(pack.Tree, e.ID)
			} else {
				add(pack.Manifest, e.ID)
			}
		}
	case pack.Manifest:
		f, err := object.DecodeManifest(k.ID, payload)
		if err != nil {
			return nil, err
		}
		for _, id := range f.Blobs {
			add(pack.Blob, id)
		}
	default:
		return nil, fmt.Errorf("%s %s: is of no kind that is known to name others", k.Kind, k.ID)
	}
	return named, nil
}
