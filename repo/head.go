package repo

import (
	"fmt"
	"path/filepath"
	"strings"

	"dits/tensorstore/digest"
)

// A Head is what is checked out.
type Head struct {
	Branch string    // without refs/heads/; "" when a commit is checked out by itself
	Commit digest.ID // zero on a branch without commits
}

// Detached says that no branch is checked out.
func (h Head) Detached() bool { return h.Branch == "" }

const symbolic = "ref: "

func (r *Repo) headPath() string { return filepath.Join(r.Dir, headName) }

// Head returns what is checked out.
func (r *Repo) Head() (Head, error) {
	b, err := readSmall(r.headPath())
	if err != nil {
		return Head{}, err
	}
	line := strings.TrimSuffix(string(b), "\n")
	if name, ok := strings.CutPrefix(line, symbolic); ok {
		branch, ok := strings.CutPrefix(name, branchPrefix)
		if !ok || checkRefName(name) != nil {
			return Head{}, fmt.Errorf("HEAD: names %.80q, want refs/heads/…: %w", name, ErrCorrupt)
		}
		id, err := r.ReadRef(name)
		return Head{branch, id}, err
	}
	id, err := digest.Parse(line)
	if err != nil {
		return Head{}, fmt.Errorf("HEAD: %w: %w", err, ErrCorrupt)
	}
	return Head{Commit: id}, nil
}

// setHead makes HEAD name a branch, or a commit if branch is "", and notes it in
// HEAD's log. The caller holds the lock.
func (r *Repo) setHead(to Head, reason string) error {
	from, err := r.Head()
	if err != nil {
		return err
	}
	if !to.Commit.IsZero() {
		if err := r.appendLog(headName, from.Commit, to.Commit, reason); err != nil {
			return err
		}
	}
	return r.writeHead(to)
}

func (r *Repo) writeHead(to Head) error {
	if to.Detached() {
		return r.writeLine(r.headPath(), to.Commit.String())
	}
	return r.writeLine(r.headPath(), symbolic+branchPrefix+to.Branch)
}

// advance moves what HEAD names, the branch or HEAD itself, from h.Commit to new.
// The caller holds the lock.
func (r *Repo) advance(h Head, new digest.ID, reason string) error {
	if !h.Detached() {
		return r.UpdateRef(branchPrefix+h.Branch, h.Commit, new, reason)
	}
	now, err := r.Head()
	if err != nil {
		return err
	}
	if now != h {
		return fmt.Errorf("HEAD: is %s, want %s: %w", orNone(now.Commit), orNone(h.Commit), ErrRefMoved)
	}
	return r.setHead(Head{Commit: new}, reason)
}
