package repo

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"dits/repo/object"
	"dits/repo/refs"
	"dits/repo/work"
	"dits/tensorstore/digest"
)

// UndoOptions of [Repo.Undo].
type UndoOptions struct {
	DryRun   bool            // only say what would be taken back
	Hard     bool            // the working folder too
	Progress object.Progress // nil: none
}

// An Undone is what [Repo.Undo] has taken back.
type Undone struct {
	What    string    `json:"what"`   // as the log has it: "commit: two"
	Again   bool      `json:"again"`  // it had been taken back, and is done again
	Branch  string    `json:"branch"` // "" when HEAD is detached
	From    digest.ID `json:"from"`
	To      digest.ID `json:"to"`      // zero before the first commit
	Written int       `json:"written"` // files of the working folder
	Removed int       `json:"removed"`
	Bytes   int64     `json:"bytes"` // of the files written
	Done    bool      `json:"done"`  // false in a dry run

	Staged []work.Change `json:"staged"` // what becomes of what was staged; then no ref moves
}

// ErrNoUndo means that the last command is none that can be taken back.
var ErrNoUndo = errors.New("nothing to take back")

// How the log tells of an undo, and of one that was taken back in turn.
const (
	undid = "undo: "
	redid = "redo: "
)

// Undo takes back the last command that moved the current branch, or a detached HEAD, by the log of HEAD, or that changed
// nothing but what is staged. What was taken back last is done again. What is staged goes along where it is as the
// command left it, but a commit leaves it as it is: that commit can be made again. Before the first commit a branch has
// none. The working folder stays, unless Hard: then files that differ become what they were, and a [DirtyError] tells
// what would be lost.
func (r *Repo) Undo(ctx context.Context, o UndoOptions) (*Undone, error) {
	return change(r, func(h refs.Head, x *work.Index) (*Undone, error) { return r.undo(ctx, h, x, o) })
}

func (r *Repo) undo(ctx context.Context, h refs.Head, x *work.Index, o UndoOptions) (*Undone, error) {
	b, err := r.Before()
	if err != nil {
		return nil, err
	}
	if b != nil {
		return r.undoStaged(ctx, h, x, b, o)
	}
	u, err := r.lastMove(h)
	if err != nil || o.DryRun {
		return u, err
	}
	reason := undid + u.What
	if u.Again {
		reason = redid + u.What
	}
	move := func() error {
		if err := r.undoFiles(ctx, x, u, o); err != nil {
			return err
		}
		u.Done = true
		if u.To.IsZero() {
			return r.Unbear(h, reason)
		}
		return r.Advance(h, u.To, reason)
	}
	if u.To.IsZero() {
		return u, move()
	}
	return u, r.nameCommit(u.To, move)
}

// lastMove is the last move of what is checked out, if it can be taken back.
func (r *Repo) lastMove(h refs.Head) (*Undone, error) {
	log, err := r.Reflog(object.HeadName)
	if err != nil {
		return nil, err
	}
	if len(log) == 0 || log[0].New != h.Commit {
		return nil, fmt.Errorf("the reflog of HEAD tells of no command: %w", ErrNoUndo)
	}
	last := log[0]
	u := &Undone{Branch: h.Branch, From: last.New, To: last.Old, Staged: []work.Change{}}
	u.What, u.Again = strings.CutPrefix(last.Reason, undid)
	u.What = strings.TrimPrefix(u.What, redid)
	_, switched := refs.MovedFrom(last.Reason)
	switch {
	case switched:
		return nil, fmt.Errorf("HEAD was last moved by a switch, which `dits switch -` takes back; what branch and tag do is not undone: %w", ErrNoUndo)
	case u.To.IsZero() && (h.Detached() || !strings.HasPrefix(u.What, initial)):
		return nil, fmt.Errorf("%s: no commit was before: %w", u.What, ErrNoUndo)
	case u.To == u.From:
		return nil, fmt.Errorf("%s: it moved no branch: %w", u.What, ErrNoUndo)
	}
	return u, nil
}

// undoFiles makes index and working folder what they are to be.
func (r *Repo) undoFiles(ctx context.Context, x *work.Index, u *Undone, o UndoOptions) error {
	switch {
	case o.Hard:
		done, err := r.switchTo(ctx, x, u.From, u.To, false, o.Progress)
		if err == nil {
			u.Written, u.Removed, u.Bytes = done.Written, done.Removed, done.Bytes
		}
		return err
	case !u.Again && strings.HasPrefix(u.What, committed):
		return nil
	}
	from, _, err := r.WorkFiles(u.From)
	if err != nil {
		return err
	}
	to, _, err := r.WorkFiles(u.To)
	if err != nil {
		return err
	}
	if err := x.Carry(from, to); err != nil {
		return err
	}
	return r.name(unlike(to, from), func() error { return r.WriteIndex(x) })
}
