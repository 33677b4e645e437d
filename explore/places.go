package explore

import (
	"cmp"
	"slices"
	"strings"

	"dits/repo"
	"dits/repo/object"
	"dits/repo/refs"
	"dits/tensorstore/digest"
)

// tips are names, and the commits that they lead to.
type tips struct {
	names   []string
	commits []digest.ID
}

// named are the tips that revisions are.
func (m *Model) named(revs ...string) (t tips, err error) {
	for _, rev := range revs {
		id, err := m.Commit(rev)
		if err != nil {
			return t, err
		}
		if !id.IsZero() {
			t.names, t.commits = append(t.names, rev), append(t.commits, id)
		}
	}
	return t, nil
}

// branches are those of a model, that of HEAD first; HEAD itself if there are none. Where all is about some
// revisions, they are these.
func (m *Model) branches() (tips, error) {
	if len(m.revs) > 0 {
		return m.tips()
	}
	t, err := m.below(object.BranchPrefix)
	if err != nil || len(t.names) > 0 {
		return t, err
	}
	head, err := m.Repo.Head()
	if err == nil && !head.Commit.IsZero() {
		t = tips{[]string{object.HeadName}, []digest.ID{head.Commit}}
	}
	return t, err
}

// tips are the branches and tags of a model: HEAD's branch first, then branches, then tags. Where all is about some
// revisions, they are these.
func (m *Model) tips() (t tips, err error) {
	for _, rev := range m.revs {
		id, err := m.Repo.Resolve(rev)
		if err != nil {
			return t, err
		}
		t.names, t.commits = append(t.names, rev), append(t.commits, id)
	}
	if len(m.revs) > 0 {
		return t, nil
	}
	return m.below(object.RefPrefix)
}

// asRefs are the tips, as refs.
func (m *Model) asRefs() (out []refs.Ref, err error) {
	t, err := m.tips()
	for i, id := range t.commits {
		out = append(out, refs.Ref{Name: t.names[i], ID: id})
	}
	return out, err
}

// below are the refs whose names begin with a prefix. They are not looked up by their short names: a tag of the same name
// would come first.
func (m *Model) below(prefix string) (tips, error) {
	t := tips{}
	head, err := m.Repo.Head()
	if err != nil {
		return t, err
	}
	all, err := m.Repo.GoodRefs(prefix)
	if err != nil {
		return t, err
	}
	rank := func(r refs.Ref) int {
		switch {
		case r.Name == object.BranchPrefix+head.Branch:
			return 0
		case strings.HasPrefix(r.Name, object.BranchPrefix):
			return 1
		}
		return 2
	}
	slices.SortStableFunc(all, func(a, b refs.Ref) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.Name, b.Name))
	})
	for _, ref := range all {
		id, err := m.Repo.Peel(ref.ID)
		if err != nil {
			continue // fsck tells of it
		}
		t.names, t.commits = append(t.names, ref.Short()), append(t.commits, id)
	}
	return t, nil
}

// of are the names that lead to a commit.
func (t tips) of(commit digest.ID) []string {
	names := []string{}
	for i, id := range t.commits {
		if id == commit {
			names = append(names, t.names[i])
		}
	}
	return names
}

// A place is a file at a path.
type place struct {
	path string
	file digest.ID
}

// holders are the names of the tips that have a file at a path.
func (t tips) holders(r *repo.Repo) (map[place][]string, error) {
	at := map[place][]string{}
	read := map[digest.ID][]object.TreeFile{}
	for i, id := range t.commits {
		files, known := read[id]
		if !known {
			var err error
			if files, err = r.CommitFiles(id); err != nil {
				return nil, err
			}
			read[id] = files
		}
		for _, f := range files {
			p := place{f.Path, f.ID}
			at[p] = append(at[p], t.names[i])
		}
	}
	return at, nil
}
