package repo

import (
	"fmt"

	"dits/catalog"
	"dits/repo/object"
	"dits/tensorstore"
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
)

// references follows every ref, HEAD and the index to the files that they need.
func (c *checking) references() {
	seen := map[digest.ID]bool{}
	s, err := c.repo.SurveyRefs(object.RefPrefix)
	if err != nil {
		c.problem(err)
	}
	for _, name := range s.Names() {
		if broken := s.Broken[name]; broken != nil {
			c.problem(broken)
		}
	}
	for _, ref := range s.Good {
		id, err := c.repo.Peel(ref.ID)
		if err != nil {
			c.problem(fmt.Errorf("%s: %w", ref.Name, err))
			continue
		}
		c.commits(ref.Name, ref.Short(), id, seen)
	}
	c.logs()
	h, err := c.repo.Head()
	if err != nil {
		c.problem(err)
	} else if !h.Commit.IsZero() {
		c.commits(object.HeadName, object.HeadName, h.Commit, seen)
	}
	x, err := c.repo.Index()
	if err != nil {
		c.problem(err)
		return
	}
	for _, f := range x.Files() {
		c.manifest("index: "+f.Path, ":"+f.Path, f, seen)
	}
}

// logs checks that logs can be read; what they name may be gone.
func (c *checking) logs() {
	broken, err := c.repo.BrokenLogs()
	if err != nil {
		c.problem(err)
	}
	for _, b := range broken {
		c.problem(b)
	}
}

// commits checks the commit tip, which rev names, and all before it. What is wrong with one does not hide the others.
func (c *checking) commits(ref, rev string, tip digest.ID, seen map[digest.ID]bool) {
	for todo := []digest.ID{tip}; len(todo) > 0; {
		id := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if seen[id] {
			continue
		}
		seen[id] = true
		commit, err := c.repo.ReadCommit(id)
		if err != nil {
			c.problem(fmt.Errorf("%s: %w", ref, err))
			continue
		}
		todo = append(todo, commit.Parents...)
		files, err := c.repo.TreeFiles(commit.Tree)
		if err != nil {
			c.problem(fmt.Errorf("%s: commit %s: %w", ref, id.Short(), err))
		}
		if id != tip {
			rev = id.Short()
		}
		for _, f := range files {
			at := rev + ":" + f.Path
			c.manifest(at, at, f, seen)
		}
	}
}

// manifest checks that a file, which is called of and lies at REV:PATH, has all its parts, and they all their chunks.
func (c *checking) manifest(of, at string, e object.TreeFile, seen map[digest.ID]bool) {
	if seen[e.ID] {
		return
	}
	seen[e.ID] = true
	c.places[e.ID] = at
	f, err := c.repo.ReadFile(e.ID)
	if err == nil && f.Layout.Size != e.Size {
		err = fmt.Errorf("file %s: %d bytes, want %d: %w", e.ID.Short(), f.Layout.Size, e.Size, object.ErrCorrupt)
	}
	var has map[digest.ID]bool
	if err == nil {
		has, err = c.repo.Catalog.HasBlobs(f.Blobs)
	}
	if err != nil {
		c.problem(fmt.Errorf("%s: %w", of, err))
		return
	}
	for i, blob := range f.Blobs {
		if !has[blob] {
			c.problem(c.partError(f, i, nil, &tensorstore.UnknownError{Kind: pack.Blob, ID: blob}))
		}
	}
}

// predictions checks that what chunks are predicted from is there.
func (c *checking) predictions() error {
	of := map[digest.ID]digest.ID{} // a chunk of each
	err := c.repo.Catalog.Each(pack.Chunk, func(rec catalog.Record) error {
		if !rec.Prediction.IsZero() {
			of[rec.Prediction] = rec.ID
		}
		return nil
	})
	if err != nil {
		return err
	}
	for id, chunk := range of {
		sources, err := c.repo.Store.Sources(id)
		if err != nil {
			c.problem(fmt.Errorf("chunk %s: %w", chunk, err))
			continue
		}
		has, err := c.repo.Catalog.HasBlobs(sources)
		for _, source := range sources {
			if err == nil && !has[source] {
				err = &tensorstore.UnknownError{Kind: pack.Blob, ID: source}
			}
		}
		if err != nil {
			c.problem(fmt.Errorf("chunk %s: prediction %s: %w", chunk, id.Short(), err))
		}
	}
	return nil
}
