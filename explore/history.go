package explore

import (
	"context"
	"net/url"
	"time"

	"dits/catalog"
	"dits/repo"
	"dits/repo/history"
	"dits/repo/lineage"
	"dits/repo/object"
	"dits/repo/work"
	"dits/tensorstore/digest"
)

// A History answers "history": a page of commits, each before its parents and else the newest first.
type History struct {
	Total   int         `json:"total"` // commits of all pages
	Page    int         `json:"page"`  // counted from 0
	Pages   int         `json:"pages"`
	Commits []CommitRow `json:"commits"`
}

// A CommitRow is a commit, and what it brought: files and tensors against its first parent, bytes against all.
type CommitRow struct {
	ID      digest.ID   `json:"id"`
	Parents []digest.ID `json:"parents"`
	Refs    []string    `json:"refs"` // branches and tags that lead to it, HEAD's branch first
	Author  string      `json:"author"`
	Time    time.Time   `json:"time"`
	Subject string      `json:"subject"`
	Files   int         `json:"files"`   // that changed
	Tensors int         `json:"tensors"` // of those, that came, went or differ
	Stored  int64       `json:"stored"`  // payload that the parents' files do not need
}

// commitsOnPage is how many commits a page has, unless ?limit= says otherwise.
const commitsOnPage = 100

// history answers "history": page ?p= of the commits that ?rev= of ?model= leads to, without it any branch or tag.
func (e *Explorer) history(ctx context.Context, about url.Values) (any, error) {
	m, err := e.model(about)
	if err != nil {
		return nil, err
	}
	page, err := numberOf(about, "p", 0, 0, 1<<20)
	if err != nil {
		return nil, err
	}
	limit, err := numberOf(about, "limit", commitsOnPage, 1, 1000)
	if err != nil {
		return nil, err
	}
	t, err := m.tips()
	if err != nil {
		return nil, err
	}
	commits, err := m.log(t, e.revsOf(about))
	if err != nil {
		return nil, err
	}
	h := &History{Total: len(commits), Page: page, Pages: (len(commits) + limit - 1) / limit, Commits: []CommitRow{}}
	from := min(page*limit, len(commits))
	for _, c := range commits[from:min(from+limit, len(commits))] {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		stat, err := m.Repo.CommitStat(c)
		if err != nil {
			return nil, err
		}
		h.Commits = append(h.Commits, rowOf(t, c, stat))
	}
	return h, nil
}

// log are the commits that revisions lead to, without one any branch or tag.
func (m *Model) log(t tips, revs []string) (commits []catalog.Commit, err error) {
	if len(revs) > 0 {
		if t, err = m.named(revs...); err != nil {
			return nil, err
		}
	}
	for c, err := range m.Repo.Log(t.commits, history.LogOptions{}) {
		if err != nil {
			return nil, err
		}
		commits = append(commits, c)
	}
	return commits, nil
}

// rowOf is a commit with what it brought.
func rowOf(t tips, c catalog.Commit, stat *repo.CommitStat) CommitRow {
	row := CommitRow{ID: c.ID, Parents: c.Parents, Refs: t.of(c.ID), Author: c.Author, Time: c.Time.UTC(),
		Subject: object.Subject(c.Message), Files: len(stat.Files), Tensors: stat.TensorsChanged, Stored: stat.StoredBytes}
	if row.Parents == nil {
		row.Parents = []digest.ID{}
	}
	return row
}

// A CommitFiles answers "commit": one commit, and the files that it changed.
type CommitFiles struct {
	CommitRow
	Message string       `json:"message"`
	Changes []FileChange `json:"changes"`
	Left    int          `json:"left"` // changes that are left out, since there are too many
}

// A FileChange is a file that a commit changed.
type FileChange struct {
	Path    string       `json:"path"`
	Status  string       `json:"status"` // added, modified, deleted or typechange
	Size    int64        `json:"size"`   // 0 of what was deleted
	Before  int64        `json:"before"` // its size before, 0 of what was added
	Sources []FileSource `json:"sources"`
}

// A FileSource is a file that tensors of another are stored from.
type FileSource struct {
	Path  string     `json:"path"`
	Rev   string     `json:"rev"`
	Kinds []LinkKind `json:"kinds"`
}

// mostChanges is how many changes of a commit are told.
const mostChanges = 500

// commit answers "commit": the one that ?rev= of ?model= names.
func (e *Explorer) commit(_ context.Context, about url.Values) (any, error) {
	m, err := e.model(about)
	if err != nil {
		return nil, err
	}
	id, err := m.Commit(about.Get("rev"))
	if err == nil && id.IsZero() {
		err = notFound("no commit %q", about.Get("rev"))
	}
	if err != nil {
		return nil, err
	}
	c, err := m.Repo.ReadCommit(id)
	if err != nil {
		return nil, err
	}
	t, err := m.tips()
	if err != nil {
		return nil, err
	}
	stat, err := m.Repo.CommitStat(c)
	if err != nil {
		return nil, err
	}
	out := &CommitFiles{CommitRow: rowOf(t, c, stat), Message: c.Message, Left: max(0, len(stat.Files)-mostChanges)}
	out.Changes, err = m.changes(c, stat.Files[:len(stat.Files)-out.Left])
	return out, err
}

// changes says more of files that a commit changed against its first parent.
func (m *Model) changes(c catalog.Commit, files []work.Change) ([]FileChange, error) {
	now, before, err := m.sizes(c)
	if err != nil {
		return nil, err
	}
	namer, err := lineage.NewNamer(m.Repo.History, m.revs...)
	if err != nil {
		return nil, err
	}
	sources, err := namer.Sources(c, files)
	if err != nil {
		return nil, err
	}
	out := []FileChange{}
	for _, ch := range files {
		f := FileChange{Path: ch.Path, Status: ch.Status, Size: now[ch.Path], Before: before[ch.Path], Sources: []FileSource{}}
		for _, s := range lineage.ByModel(sources[ch.Path]) {
			f.Sources = append(f.Sources, FileSource{s.Path, s.Rev, kindsOf(s.Tensors, s.Bytes)})
		}
		out = append(out, f)
	}
	return out, nil
}

// sizes are the sizes of files by path: in a commit, and in its first parent.
func (m *Model) sizes(c catalog.Commit) (now, before map[string]int64, err error) {
	now, before = map[string]int64{}, map[string]int64{}
	files, err := m.Repo.TreeFiles(c.Tree)
	if err != nil {
		return nil, nil, err
	}
	for _, f := range files {
		now[f.Path] = f.Size
	}
	if len(c.Parents) == 0 {
		return now, before, nil
	}
	if files, err = m.Repo.CommitFiles(c.Parents[0]); err != nil {
		return nil, nil, err
	}
	for _, f := range files {
		before[f.Path] = f.Size
	}
	return now, before, nil
}
