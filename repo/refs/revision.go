package refs

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"dits/repo/object"
	"dits/tensorstore"
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
)

// A revision is a parsed REV: a name, and steps from it.
//
//	REV  = ([NAME] ["@{" N "}"] | "@{-" N "}" | "-") STEP*
//	STEP = "~" [N] | "^" [N]
//
// NAME is a branch, tag, full ref name, commit id or prefix of one, HEAD or @; it
// is empty only before "@{N}", which then is the current branch's log. "@{-N}" is
// what was checked out N switches ago, "-" is "@{-1}".
type revision struct {
	name  string
	log   int // N of @{N}; -1: none
	steps []step
}

// A step goes to an ancestor: "~n" to the nth first parent, "^n" to the nth
// parent; "^0" and "~0" stay.
type step struct {
	parent bool
	n      int
}

// maxSteps bounds N: no history is longer.
const maxSteps = 1 << 30

// parseRevision reads a REV.
func parseRevision(s string) (revision, error) {
	bad := func(why string) (revision, error) {
		return revision{}, fmt.Errorf("revision %.80q: %s: %w", s, why, ErrUnknownRevision)
	}
	v := revision{log: -1}
	end := strings.IndexAny(s, "~^")
	if end < 0 {
		end = len(s)
	}
	v.name = s[:end]
	if _, ok := switchesBack(v.name); ok {
		// its name is all that it says
	} else if name, rest, ok := strings.Cut(v.name, "@{"); ok {
		digits, ok := strings.CutSuffix(rest, "}")
		n, good := parseSteps(digits)
		if !ok || !good {
			return bad("want @{N} with a number")
		}
		v.name, v.log = name, n
	}
	if v.name == "" && v.log < 0 {
		return bad("empty")
	}
	for rest := s[end:]; rest != ""; {
		st := step{parent: rest[0] == '^', n: 1}
		if rest[0] != '^' && rest[0] != '~' {
			return bad("want ~N or ^N after the name")
		}
		digits := rest[1 : 1+leadingDigits(rest[1:])]
		if digits != "" {
			n, good := parseSteps(digits)
			if !good {
				return bad("number out of range")
			}
			st.n = n
		}
		v.steps = append(v.steps, st)
		rest = rest[1+len(digits):]
	}
	return v, nil
}

func leadingDigits(s string) int {
	for i, c := range []byte(s) {
		if c < '0' || c > '9' {
			return i
		}
	}
	return len(s)
}

func parseSteps(digits string) (int, bool) {
	if digits == "" || leadingDigits(digits) != len(digits) {
		return 0, false
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	return int(n), err == nil && n <= maxSteps
}

// Resolve returns the commit that rev names.
func (r *Refs) Resolve(rev string) (digest.ID, error) {
	v, err := parseRevision(rev)
	if err != nil {
		return digest.ID{}, err
	}
	id, err := r.resolveStart(v)
	if err != nil {
		return digest.ID{}, err
	}
	for _, st := range v.steps {
		if id, err = r.walkStep(id, st); err != nil {
			return digest.ID{}, fmt.Errorf("revision %q: %w", rev, err)
		}
	}
	return id, nil
}

func (r *Refs) resolveStart(v revision) (digest.ID, error) {
	if v.log >= 0 {
		return r.resolveLog(v.name, v.log)
	}
	if _, ok := switchesBack(v.name); ok {
		return r.resolveSwitched(v.name)
	}
	id, err := r.resolveName(v.name)
	if err != nil {
		return digest.ID{}, err
	}
	return r.Peel(id)
}

// ResolveRef returns the full ref name that a short name means ("main" is
// refs/heads/main) and its value; "" if it is no ref. The order is git's: the
// name itself, tags, branches, remotes.
func (r *Refs) ResolveRef(name string) (string, digest.ID, error) {
	for _, prefix := range []string{"", object.RefPrefix, object.TagPrefix, object.BranchPrefix, "refs/remotes/"} {
		full := prefix + name
		if object.CheckRefName(full) != nil {
			continue
		}
		id, err := r.ReadRef(full)
		if err != nil || !id.IsZero() {
			return full, id, err
		}
	}
	return "", digest.ID{}, nil
}

func (r *Refs) resolveName(name string) (digest.ID, error) {
	if name == object.HeadName || name == "@" {
		h, err := r.Head()
		if err == nil && h.Commit.IsZero() {
			err = Missing("branch %s has no commits yet (`dits commit` makes the first)", h.Branch)
		}
		return h.Commit, err
	}
	if len(name) == 64 && isHex(strings.ToLower(name)) {
		return digest.Parse(name)
	}
	full, id, err := r.ResolveRef(name)
	if err != nil || full != "" {
		return id, err
	}
	return r.resolvePrefix(name)
}

// minPrefix is the fewest digits that name a commit.
const minPrefix = 4

func (r *Refs) resolvePrefix(name string) (digest.ID, error) {
	prefix := strings.ToLower(name)
	if len(prefix) < minPrefix || len(prefix) > 64 || !isHex(prefix) {
		return digest.ID{}, r.Unknown(name)
	}
	const most = 8
	ids, err := r.Catalog.Prefix(pack.Commit, prefix, most)
	if err != nil {
		return digest.ID{}, err
	}
	switch len(ids) {
	case 0:
		return digest.ID{}, r.Unknown(name)
	case 1:
		return ids[0], nil
	}
	var list strings.Builder
	for _, id := range ids {
		list.WriteString("\n  " + id.String()[:max(10, len(prefix)+4)])
		if c, err := r.ReadCommit(id); err == nil {
			fmt.Fprintf(&list, " %s %s", c.Time.Format("2006-01-02"), object.Subject(c.Message))
		}
	}
	return digest.ID{}, fmt.Errorf("revision %q: %w, could be:%s", name, ErrAmbiguous, list.String())
}

// Peel returns the commit that id is, or that the annotated tag id points to.
func (r *Refs) Peel(id digest.ID) (digest.ID, error) {
	if ok, err := r.Store.HasObject(pack.Commit, id); ok || err != nil {
		return id, err
	}
	t, err := r.ReadTag(id)
	if errors.Is(err, tensorstore.ErrUnknown) {
		return digest.ID{}, fmt.Errorf("revision %q: no such commit: %w", id, ErrUnknownRevision)
	}
	return t.Commit, err
}

// resolveLog returns where a ref was n moves ago.
func (r *Refs) resolveLog(name string, n int) (digest.ID, error) {
	full := object.HeadName
	switch name {
	case object.HeadName, "@":
	case "":
		h, err := r.Head()
		if err != nil {
			return digest.ID{}, err
		}
		if !h.Detached() {
			full = object.BranchPrefix + h.Branch
		}
	default:
		var err error
		if full, _, err = r.ResolveRef(name); err != nil {
			return digest.ID{}, err
		}
		if full == "" {
			return digest.ID{}, r.Unknown(name)
		}
	}
	entries, err := r.Reflog(full)
	if err != nil {
		return digest.ID{}, err
	}
	switch {
	case n < len(entries) && entries[n].New.IsZero():
		return digest.ID{}, fmt.Errorf("revision \"%s@{%d}\": %s had no commits then: %w", name, n, full, ErrUnknownRevision)
	case n < len(entries):
		return entries[n].New, nil
	case n == len(entries) && n > 0 && !entries[n-1].Old.IsZero():
		return entries[n-1].Old, nil
	}
	return digest.ID{}, Missing("revision \"%s@{%d}\": the log of %s goes back no further than @{%d}", name, n, full, len(entries)-1)
}

func (r *Refs) walkStep(id digest.ID, st step) (digest.ID, error) {
	rounds, parent := st.n, 1
	if st.parent {
		rounds, parent = min(st.n, 1), st.n
	}
	for range rounds {
		c, err := r.ReadCommit(id)
		if err != nil {
			return digest.ID{}, err
		}
		if parent > len(c.Parents) {
			return digest.ID{}, noParent(id, len(c.Parents), parent)
		}
		id = c.Parents[parent-1]
	}
	return id, nil
}

// noParent is the error for a parent that a commit has not.
func noParent(id digest.ID, parents, want int) error {
	if parents == 0 {
		return Missing("%s is the first commit, nothing is before it", id.Short())
	}
	return Missing("commit %s has %d parent%s, no parent %d", id.Short(), parents, []string{"", "s"}[min(parents-1, 1)], want)
}

// Files returns all files of the commit that rev names, ascending by the bytes of
// their path.
func (r *Refs) Files(rev string) ([]object.TreeFile, error) {
	id, err := r.Resolve(rev)
	if err != nil {
		return nil, err
	}
	return r.CommitFiles(id)
}
