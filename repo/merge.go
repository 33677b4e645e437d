package repo

import (
	"context"
	"fmt"
	"strings"
	"time"

	"dits/catalog"
	"dits/repo/merge"
	"dits/repo/object"
	"dits/repo/refs"
	"dits/repo/work"
	"dits/tensorstore/digest"
)

// MergeOptions of [Repo.Merge]. The zero value merges what does not conflict.
type MergeOptions struct {
	Strategy merge.Strategy
	Message  string          // "" names the branches
	Author   string          // "NAME <MAIL>"; "" is Repo.Author
	Time     time.Time       // zero is now
	Progress object.Progress // nil: none
}

// A MergeResult is what a merge did, or why it did nothing.
type MergeResult struct {
	Branch      string             `json:"branch"`       // "" when HEAD is detached
	Commit      digest.ID          `json:"commit"`       // where HEAD is now
	Base        digest.ID          `json:"base"`         // the commit that both sides come from; zero if HEAD had none
	FastForward bool               `json:"fast_forward"` // HEAD only moved forward: no commit was made
	UpToDate    bool               `json:"up_to_date"`   // HEAD has it already
	Files       []merge.MergedFile `json:"files"`        // that are not as HEAD had them
	Conflicts   []merge.Conflict   `json:"conflicts"`    // if there are any, nothing was changed
	Written     int                `json:"written"`      // files in the working folder
	Removed     int                `json:"removed"`
	Bytes       int64              `json:"bytes"`    // of the files written
	LeftOut     []string           `json:"left_out"` // folders of other version control that the revision has
}

// Merge brings the changes of a revision into the current branch. Where only one side changed a
// file since the commit that both come from, that side counts; where both did, the same holds of
// each tensor in it. What both changed is a conflict, named in the result, and nothing is changed;
// unless the strategy says what becomes of it. A [DirtyError] if a file to be written has unsaved changes.
//
// Of several such commits, as after merges in both directions, the newest counts; what came to both sides
// by another of them may then be named as a conflict. The commit is
// stored first; then the working folder and the index change, and the branch last.
func (r *Repo) Merge(ctx context.Context, rev string, o MergeOptions) (*MergeResult, error) {
	switch o.Strategy {
	case merge.None, merge.Average, merge.Ours, merge.Theirs:
	default:
		return nil, fmt.Errorf("strategy %q, want average, ours or theirs", o.Strategy)
	}
	return change(r, func(h refs.Head, x *work.Index) (*MergeResult, error) {
		rev, err := r.Named(rev)
		if err != nil {
			return nil, err
		}
		theirs, err := r.Resolve(rev)
		if err != nil {
			return nil, err
		}
		m := &merging{repo: r, options: o, rev: rev, head: h, index: x, theirs: theirs}
		return m.run(ctx)
	})
}

// A merging is one call of Merge.
type merging struct {
	repo    *Repo
	options MergeOptions
	rev     string
	head    refs.Head
	index   *work.Index
	theirs  digest.ID
	result  MergeResult
}

func (m *merging) run(ctx context.Context) (*MergeResult, error) {
	m.result = MergeResult{Branch: m.head.Branch, Commit: m.head.Commit, Files: []merge.MergedFile{}, Conflicts: []merge.Conflict{}}
	base, err := m.repo.MergeBase(m.head.Commit, m.theirs)
	if err != nil {
		return nil, err
	}
	m.result.Base = base
	switch {
	case base == m.theirs:
		m.result.UpToDate = true
		return &m.result, nil
	case base == m.head.Commit:
		return &m.result, m.fastForward(ctx)
	case base.IsZero():
		return nil, fmt.Errorf("%s: has no commit in common with HEAD: nothing to merge from", m.rev)
	}
	were, _, err := m.repo.WorkFiles(base)
	if err != nil {
		return nil, err
	}
	ours, _, err := m.repo.WorkFiles(m.head.Commit)
	if err != nil {
		return nil, err
	}
	theirs, foreign, err := m.repo.WorkFiles(m.theirs)
	if err != nil {
		return nil, err
	}
	m.result.LeftOut = foreign
	t, err := merge.Trees(m.repo.Database, were, ours, theirs, m.options.Strategy)
	if err != nil {
		return nil, err
	}
	m.result.Files, m.result.Conflicts = t.Changed, t.Conflicts
	if len(t.Conflicts) > 0 {
		return &m.result, nil
	}
	return &m.result, m.finish(ctx, ours, t)
}

// fastForward moves HEAD to a commit that comes after it.
func (m *merging) fastForward(ctx context.Context) error {
	before, _, err := m.repo.WorkFiles(m.head.Commit)
	if err != nil {
		return err
	}
	after, _, err := m.repo.WorkFiles(m.theirs)
	if err != nil {
		return err
	}
	m.result.Files = merge.Forward(before, after)
	done, err := m.repo.switchTo(ctx, m.index, m.head.Commit, m.theirs, false, m.options.Progress)
	if err != nil {
		return err
	}
	m.result.FastForward = true
	m.wrote(done)
	m.result.Commit = m.theirs
	return m.repo.Advance(m.head, m.theirs, "merge "+m.rev+": fast-forward")
}

func (m *merging) wrote(done *CheckoutResult) {
	m.result.Written, m.result.Removed, m.result.Bytes = done.Written, done.Removed, done.Bytes
	m.result.LeftOut = append(m.result.LeftOut, done.LeftOut...)
}

// finish stores the merged files and the commit, and moves folder, index and branch there. Files
// in the way are found before that, most of them before any work is done.
func (m *merging) finish(ctx context.Context, before []object.TreeFile, t *merge.Merge) error {
	r := m.repo
	if _, err := r.PlanSwitch(before, m.index, t.BeforeStore(before), false); err != nil {
		return err
	}
	if err := t.Store(ctx, m.options.Progress); err != nil {
		return err
	}
	pl, err := r.PlanSwitch(before, m.index, t.Files, false)
	if err != nil {
		return err
	}
	c := catalog.Commit{Message: m.message()}
	if err := r.commitHeader(&c, m.head, CommitOptions{Author: m.options.Author, Time: m.options.Time}); err != nil {
		return err
	}
	c.Parents = append(c.Parents, m.theirs)
	return r.name(unlike(t.Files, before), func() error { return m.settle(ctx, c, pl, t.Files) })
}

// settle stores the commit and moves folder, index and branch there.
func (m *merging) settle(ctx context.Context, c catalog.Commit, pl work.Plan, files []object.TreeFile) error {
	r := m.repo
	if err := r.storeCommit(&c, files); err != nil {
		return err
	}
	next, err := r.applyPlan(ctx, m.index, pl, false, m.options.Progress)
	if err != nil {
		return err
	}
	if err := r.WriteIndex(next); err != nil {
		return err
	}
	m.wrote(&CheckoutResult{Written: len(pl.Write), Removed: len(pl.Remove), Bytes: pl.Bytes})
	m.result.Commit = c.ID
	return r.Advance(m.head, c.ID, "merge "+m.rev+": "+object.Subject(c.Message))
}

// message is the message of the commit: what was merged, and what a strategy decided.
func (m *merging) message() string {
	var b strings.Builder
	b.WriteString(m.options.Message)
	if b.Len() == 0 {
		b.WriteString("Merge " + m.rev)
		if !m.head.Detached() {
			b.WriteString(" into " + m.head.Branch)
		}
	}
	if m.options.Strategy == merge.None {
		return b.String()
	}
	b.WriteString("\n\nMerge-Strategy: " + string(m.options.Strategy) + "\n")
	for _, f := range m.result.Files {
		if f.Averaged > 0 {
			fmt.Fprintf(&b, "Averaged: %d tensors of %s\n", f.Averaged, f.Path)
		}
	}
	return b.String()
}
