package refs

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"dits/repo/object"
	"dits/tensorstore/digest"
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
	if err != nil {
		return Head{}, err
	}
	line := strings.TrimSuffix(string(b), "\n")
	if name, ok := strings.CutPrefix(line, Symbolic); ok {
		branch, ok := strings.CutPrefix(name, object.BranchPrefix)
		if !ok || object.CheckRefName(name) != nil {
			return Head{}, fmt.Errorf("HEAD: names %.80q, want refs/heads/…: %w", name, object.ErrCorrupt)
		}
		id, err := r.ReadRef(name)
		return Head{branch, id}, err
	}
	id, err := digest.Parse(line)
	if err != nil {
		return Head{}, fmt.Errorf("HEAD: %w: %w", err, object.ErrCorrupt)
	}
	return Head{Commit: id}, nil
}

// SetHead makes HEAD, which is from, name a branch, or a commit if branch is "", and notes it in
// HEAD's log. The caller holds the lock.
func (r *Refs) SetHead(from, to Head, reason string) error {
	if !to.Commit.IsZero() {
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

// IsRepository says that dir is a .dits folder: one with a HEAD.
func IsRepository(dir string) bool {
	info, err := os.Lstat(filepath.Join(dir, object.HeadName))
	return err == nil && info.Mode().IsRegular()
}
