package refs

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"dits/repo/object"
	"dits/tensorstore/digest"
	"dits/tensorstore/disk"
)

// A Head is what is checked out.
type Head struct {
	Branch string    // without refs/heads/; "" when a commit is checked out by itself
	Commit digest.ID // zero on a branch without commits
}

// Detached says that no branch is checked out.
func (h Head) Detached() bool { return h.Branch == "" }

// Symbolic precedes the ref in a HEAD that names a branch.
const Symbolic = "ref: "

func (r *Refs) headPath() string { return filepath.Join(r.Dir, object.HeadName) }

// Head returns what is checked out.
func (r *Refs) Head() (Head, error) {
	b, err := ReadSmall(r.headPath())
	if disk.IsNoFile(err) || errors.Is(err, disk.ErrSpecial) {
		err = &BrokenError{r.headPath(), err}
	}
	if err != nil {
		return Head{}, err
	}
	line := strings.TrimSuffix(string(b), "\n")
	if name, ok := strings.CutPrefix(line, Symbolic); ok {
		branch, ok := strings.CutPrefix(name, object.BranchPrefix)
		if !ok || object.CheckRefName(name) != nil {
			return Head{}, &BrokenError{r.headPath(), fmt.Errorf("HEAD: names %.80q, want refs/heads/…", name)}
		}
		id, err := r.ReadRef(name)
		return Head{branch, id}, err
	}
	id, err := digest.Parse(line)
	if err != nil {
		return Head{}, &BrokenError{r.headPath(), fmt.Errorf("HEAD: %w", err)}
	}
	return Head{Commit: id}, nil
}

// SetHead makes HEAD, which is from, name a branch, or a commit if branch is "", and notes it in
// HEAD's log, but where that is still empty and there is no commit yet. One that cannot be read counts as without
// commits. The caller holds the lock.
func (r *Refs) SetHead(from, to Head, reason string) error {
	log, err := contentOf(r.logPath(object.HeadName))
	if err != nil {
		return err
	}
	if !to.Commit.IsZero() || len(log) > 0 {
		if err := r.appendLog(object.HeadName, from.Commit, to.Commit, reason); err != nil {
			return err
		}
	}
	return r.WriteHead(from, to)
}

// WriteHead is [Refs.SetHead] without a line in the log.
func (r *Refs) WriteHead(from, to Head) error {
	line := to.Commit.String()
	if !to.Detached() {
		line = Symbolic + object.BranchPrefix + to.Branch
	}
	return r.writeLine(r.headPath(), line, func() error {
		now, err := r.Head()
		if from.Commit.IsZero() && errors.As(err, new(*BrokenError)) {
			return nil // as it was
		}
		return unlessSame(object.HeadName, now.Branch == from.Branch && (!now.Detached() || now == from), err)
	})
}

// Advance moves what HEAD names, the branch or HEAD itself, from h.Commit to new.
// The caller holds the lock.
func (r *Refs) Advance(h Head, new digest.ID, reason string) error {
	if !h.Detached() {
		return r.UpdateRef(object.BranchPrefix+h.Branch, h.Commit, new, reason)
	}
	now, err := r.Head()
	if err != nil {
		return err
	}
	if now != h {
		return fmt.Errorf("HEAD: is %s, want %s: %w", orNone(now.Commit), orNone(h.Commit), ErrRefMoved)
	}
	return r.SetHead(h, Head{Commit: new}, reason)
}

// Unbear makes the branch that HEAD names, which has the commit of h, one without commits, as it was before its first.
// HEAD's log says so, that of the branch goes. The caller holds the lock.
func (r *Refs) Unbear(h Head, reason string) error {
	ref := object.BranchPrefix + h.Branch
	now, err := r.ReadRef(ref)
	if err == nil && now != h.Commit {
		err = fmt.Errorf("ref %s: is %s, want %s: %w", ref, orNone(now), orNone(h.Commit), ErrRefMoved)
	}
	if err != nil {
		return err
	}
	if err := r.appendLog(object.HeadName, h.Commit, digest.ID{}, reason); err != nil {
		return err
	}
	return r.UpdateRef(ref, h.Commit, digest.ID{}, reason)
}

// IsRepository says that dir is a .dits folder: one with a HEAD. One that had a HEAD, by what else is there, is
// a broken one, and no reason to look further up.
func IsRepository(dir string) bool {
	for _, name := range []string{object.HeadName, "logs/HEAD", "index"} {
		if _, err := os.Lstat(filepath.Join(dir, filepath.FromSlash(name))); err == nil {
			return true
		}
	}
	return false
}
