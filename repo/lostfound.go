package repo

import (
	"slices"
	"strings"
	"time"

	"dits/catalog"
	"dits/repo/object"
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
)

// A Lost is a commit or a file that the store has and that no branch, tag, HEAD or index leads to. Its JSON form is
// a contract.
type Lost struct {
	Kind   string    `json:"kind"` // commit or file
	ID     digest.ID `json:"id"`
	Held   string    `json:"held"`   // reflog, or "" if nothing holds it
	Time   time.Time `json:"time"`   // of a commit
	Name   string    `json:"name"`   // a commit's subject; REV:PATH of a file in a lost commit, else ""
	Commit digest.ID `json:"commit"` // that has the file; zero if none has
	Size   int64     `json:"size"`   // bytes of a file
}

// LostFound lists what only a reflog holds, or nothing: commits, the newest first, then files by name. A store
// that other repositories share has theirs too.
func (r *Repo) LostFound() ([]Lost, error) {
	f := &lostFound{Repo: r, held: map[digest.ID]string{{}: ""}, files: map[digest.ID]bool{}}
	if err := f.named(); err != nil {
		return nil, err
	}
	lost, err := f.commits()
	if err != nil {
		return nil, err
	}
	files, err := f.lostFiles(lost)
	return append(lost, files...), err
}

// A lostFound is one call of LostFound.
type lostFound struct {
	*Repo
	held  map[digest.ID]string // commits that something leads to: "" a ref or HEAD, or "reflog"
	files map[digest.ID]bool   // that a ref, HEAD or the index leads to
}

// named goes from all names, reflogs last.
func (f *lostFound) named() error {
	s, err := f.GoodRefs(object.RefPrefix)
	if err != nil {
		return err
	}
	h, err := f.Head()
	if err != nil {
		return err
	}
	tips := []digest.ID{h.Commit}
	for _, ref := range s {
		if id, err := f.Peel(ref.ID); err == nil { // fsck tells of the others
			tips = append(tips, id)
		}
	}
	f.reach(tips, "")
	x, err := f.Index()
	if err != nil {
		return err
	}
	for _, e := range x.Entries {
		f.files[e.ID] = true
	}
	logged, err := f.rootCommits()
	f.reach(logged, "reflog")
	return err
}

// reach notes what leads to commits, and which files the named ones have.
func (f *lostFound) reach(todo []digest.ID, by string) {
	for len(todo) > 0 {
		id := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if _, seen := f.held[id]; seen {
			continue
		}
		f.held[id] = by
		c, err := f.ReadCommit(id)
		if err != nil {
			continue
		}
		todo = append(todo, c.Parents...)
		if by != "" {
			continue
		}
		files, _ := f.TreeFiles(c.Tree) // as far as it can be read
		for _, file := range files {
			f.files[file.ID] = true
		}
	}
}

func (f *lostFound) commits() (lost []Lost, err error) {
	err = f.Catalog.Each(pack.Commit, func(rec catalog.Record) error {
		by, held := f.held[rec.ID]
		if held && by == "" {
			return nil
		}
		l := Lost{Kind: "commit", ID: rec.ID, Held: by}
		lost = append(lost, l)
		return nil
	})
	for i := range lost {
		if c, err := f.ReadCommit(lost[i].ID); err == nil {
			lost[i].Time, lost[i].Name = c.Time, object.Subject(c.Message)
		}
	}
	slices.SortFunc(lost, func(a, b Lost) int { return b.Time.Compare(a.Time) })
	return lost, err
}

// lostFiles are the files that no name leads to, called as the lost commits call them.
func (f *lostFound) lostFiles(commits []Lost) (lost []Lost, err error) {
	in := map[digest.ID]Lost{}
	for _, c := range commits {
		commit, err := f.ReadCommit(c.ID)
		if err != nil {
			continue
		}
		files, _ := f.TreeFiles(commit.Tree) // as far as it can be read
		for _, file := range files {
			if _, has := in[file.ID]; !has {
				in[file.ID] = Lost{Held: c.Held, Name: c.ID.Short() + ":" + file.Path, Commit: c.ID}
			}
		}
	}
	var ids []digest.ID
	err = f.Catalog.Each(pack.Manifest, func(rec catalog.Record) error {
		if !f.files[rec.ID] {
			f.files[rec.ID] = true
			ids = append(ids, rec.ID)
		}
		return nil
	})
	for _, id := range ids {
		l := in[id]
		l.Kind, l.ID = "file", id
		if m, err := f.ReadFile(id); err == nil {
			l.Size = m.Layout.Size
		}
		lost = append(lost, l)
	}
	slices.SortFunc(lost, func(a, b Lost) int { return strings.Compare(a.Name, b.Name) })
	return lost, err
}
