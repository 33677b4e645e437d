package repo

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"dits/catalog"
	"dits/repo/object"
	"dits/repo/refs"
	"dits/repo/work"
	"dits/tensorstore"
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
)

// CommitOptions of [Repo.Commit]. The zero value commits the index with an empty
// message, which is refused.
type CommitOptions struct {
	Message    string
	All        bool       // first stage every change to what is tracked
	Amend      bool       // replace the current commit; an empty Message keeps its own
	AllowEmpty bool       // even if nothing differs from the parent
	Author     string     // "NAME <MAIL>"; "" is Repo.Author, or that of the commit to amend
	Time       time.Time  // zero is now
	Add        AddOptions // for All
}

// CommitResult is what a commit did.
type CommitResult struct {
	ID             digest.ID     `json:"id"`
	Branch         string        `json:"branch"` // "" when HEAD is detached
	Parents        []digest.ID   `json:"parents"`
	Message        string        `json:"message"`
	Files          []work.Change `json:"files"`           // against the first parent
	TensorsChanged int           `json:"tensors_changed"` // tensors of those files that came, went or differ
	StoredBytes    int64         `json:"stored_bytes"`    // in packs, that the parents' files do not need
	Models         []ModelChange `json:"models"`          // Files as people count them: shards are one, and so is a rename
	Late           []LateFile    `json:"late"`            // of Files, those that came after their quants
}

// Commit records the index. [ErrNothing] if it is as in the parent. The branch, or
// a detached HEAD, moves last: until then nothing has happened.
func (r *Repo) Commit(ctx context.Context, o CommitOptions) (*CommitResult, error) {
	if o.All {
		o.Add.Update = true
		if err := r.Add(ctx, nil, o.Add); err != nil {
			return nil, err
		}
	}
	done, err := change(r, func(h refs.Head, x *work.Index) (*CommitResult, error) { return r.commit(h, x, o) })
	if err == nil {
		r.compact(ctx)
	}
	return done, err
}

func (r *Repo) commit(h refs.Head, x *work.Index, o CommitOptions) (*CommitResult, error) {
	c := catalog.Commit{Message: o.Message}
	if err := r.commitHeader(&c, h, o); err != nil {
		return nil, err
	}
	files := x.Files()
	before, _, err := r.WorkFiles(firstParent(c.Parents))
	if err != nil {
		return nil, err
	}
	if len(work.ChangesBetween(before, files)) == 0 && !o.AllowEmpty && !o.Amend {
		return nil, ErrNothing
	}
	err = r.name(unlike(files, before), func() error {
		if err := r.storeCommit(&c, files); err != nil {
			return err
		}
		return r.Advance(h, c.ID, commitReason(h, o, c.Message))
	})
	if err != nil {
		return nil, err
	}
	return r.commitResult(c, h, files)
}

// committed begins what the log says of every commit.
const committed = "commit"

// initial begins what it says of a first commit.
const initial = committed + " (initial): "

func commitReason(h refs.Head, o CommitOptions, message string) string {
	switch {
	case o.Amend:
		return committed + " (amend): " + object.Subject(message)
	case h.Commit.IsZero():
		return initial + object.Subject(message)
	}
	return committed + ": " + object.Subject(message)
}

// commitHeader fills in parents, author, time and message.
func (r *Repo) commitHeader(c *catalog.Commit, h refs.Head, o CommitOptions) error {
	c.Author, c.Time = o.Author, o.Time
	if !h.Commit.IsZero() {
		c.Parents = []digest.ID{h.Commit}
	}
	if o.Amend {
		if h.Commit.IsZero() {
			return refs.Missing("branch %s has no commits yet, want one to amend", h.Branch)
		}
		old, err := r.ReadCommit(h.Commit)
		if err != nil {
			return err
		}
		c.Parents = old.Parents
		if c.Message == "" {
			c.Message = old.Message
		}
		if c.Author == "" {
			c.Author = old.Author
		}
	}
	if c.Author == "" {
		c.Author = r.Author().String()
	}
	if c.Time.IsZero() {
		c.Time = time.Now()
	}
	c.Time = wholeMinutes(c.Time)
	if err := object.CheckAuthor(c.Author); err != nil {
		return err
	}
	var err error
	c.Message, err = cleanMessage(c.Message)
	return err
}

// wholeMinutes is t to the second, in a zone whose offset a commit can write.
func wholeMinutes(t time.Time) time.Time {
	_, offset := t.Zone()
	if offset%60 != 0 {
		t = t.UTC()
	}
	return t.Truncate(time.Second)
}

// cleanMessage drops blank lines at both ends and spaces at line ends, as git does.
func cleanMessage(s string) (string, error) {
	if len(s) > object.MaxMessage {
		return "", fmt.Errorf("message: %d bytes, want at most %d", len(s), object.MaxMessage)
	}
	if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
		return "", errors.New("message: want UTF-8 without NUL")
	}
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " \t\r")
	}
	s = strings.Trim(strings.Join(lines, "\n"), "\n")
	if s == "" {
		return "", errors.New("message: empty, want some words (-m)")
	}
	return s + "\n", nil
}

// storeCommit puts the trees and the commit into a sealed pack, and fills in c.Tree
// and c.ID.
func (r *Repo) storeCommit(c *catalog.Commit, files []object.TreeFile) error {
	w := r.Store.Begin(tensorstore.WriterOptions{})
	defer w.Close()
	root, err := object.PutTree(w, files, 0)
	if err != nil {
		return err
	}
	c.Tree = root.ID
	b := object.EncodeCommit(*c)
	c.ID = digest.Sum(b)
	if err := w.PutObject(pack.Commit, c.ID, b); err != nil {
		return err
	}
	return w.Flush()
}

// commitResult adds up what the commit c, already made, has brought.
func (r *Repo) commitResult(c catalog.Commit, h refs.Head, files []object.TreeFile) (*CommitResult, error) {
	s, err := r.commitStat(c.Parents, files)
	if err != nil {
		return nil, err
	}
	late, err := r.lateFiles(c, s.Files, s.before, files)
	if err != nil { // it is a hint, and the commit is made
		late = []LateFile{}
	}
	return &CommitResult{ID: c.ID, Branch: h.Branch, Parents: c.Parents, Message: c.Message, Files: s.Files,
		TensorsChanged: s.TensorsChanged, StoredBytes: s.StoredBytes, Models: s.Models, Late: late}, nil
}
