package lineage

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"dits/repo/history"
	"dits/repo/object"
	"dits/repo/refs"
	"dits/tensorstore/digest"
)

// A tip is a commit with a name: of a branch, a tag, another ref, or HEAD where no branch
// is checked out.
type tip struct {
	name   string // as a REV
	commit digest.ID
}

// tipsOf lists what is named: revisions, in their order; without any what is checked out first, then branches, tags and
// others.
func tipsOf(r *history.History, revs []string) (out []tip, err error) {
	for _, rev := range revs {
		id, err := r.Resolve(rev)
		if err != nil {
			return nil, err
		}
		out = append(out, tip{rev, id})
	}
	if len(revs) > 0 {
		return out, nil
	}
	head, err := r.Head()
	if err != nil {
		return nil, err
	}
	all, err := r.GoodRefs(object.RefPrefix)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(all, func(a, b refs.Ref) int {
		return cmp.Or(cmp.Compare(refRank(a, head), refRank(b, head)), cmp.Compare(a.Name, b.Name))
	})
	if head.Detached() && !head.Commit.IsZero() {
		out = append(out, tip{object.HeadName, head.Commit})
	}
	for _, ref := range all {
		id, err := r.Peel(ref.ID)
		if err != nil {
			continue // fsck tells of it
		}
		out = append(out, tip{ref.Short(), id})
	}
	return out, nil
}

// refRank orders refs: the branch checked out, branches, tags, the rest.
func refRank(ref refs.Ref, head refs.Head) int {
	switch {
	case ref.Name == object.BranchPrefix+head.Branch:
		return 0
	case strings.HasPrefix(ref.Name, object.BranchPrefix):
		return 1
	case strings.HasPrefix(ref.Name, object.TagPrefix):
		return 2
	}
	return 3
}

// A revName is a REV that leads to a commit.
type revName struct {
	text   string // up to the last run of first parents: "main", "main~3^2"
	steps  int    // first parents from there
	merges int    // other parents on the way
}

func (n revName) String() string {
	if n.steps == 0 {
		return n.text
	}
	return fmt.Sprintf("%s~%d", n.text, n.steps)
}

// better says that n is the shorter way: over fewer merges, then fewer steps.
func (n revName) better(than revName) bool {
	return n.merges < than.merges || n.merges == than.merges && n.steps < than.steps
}

// revNames finds for each commit that a tip leads to the shortest REV; of equals that of
// the tip that comes first.
func revNames(f *history.FileHistory, tips []tip) (map[digest.ID]revName, error) {
	type arrival struct {
		commit digest.ID
		name   revName
	}
	names := map[digest.ID]revName{}
	var todo []arrival
	for _, t := range tips {
		todo = append(todo, arrival{t.commit, revName{text: t.name}})
	}
	for ; len(todo) > 0; todo = todo[1:] {
		at, n := todo[0].commit, todo[0].name
		for !at.IsZero() {
			if old, named := names[at]; named && !n.better(old) {
				break
			}
			names[at] = n
			c, err := f.Commit(at)
			if err != nil {
				return nil, err
			}
			at = digest.ID{}
			for i, p := range c.Parents {
				if i == 0 {
					at = p
					continue
				}
				todo = append(todo, arrival{p, revName{text: fmt.Sprintf("%s^%d", n, i+1), merges: n.merges + 1}})
			}
			n.steps++
		}
	}
	return names, nil
}
