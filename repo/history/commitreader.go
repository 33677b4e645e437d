package history

import (
	"dits/catalog"
	"dits/repo/object"
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
)

// Commits read with one that is asked for: at first, and at most.
const (
	fewAncestors  = 16
	manyAncestors = 256
)

// A commitReader reads commits, and with each those before it, which are asked for next.
type commitReader struct {
	history *History
	ahead   int // commits to read with the next
	known   map[digest.ID]catalog.Commit
}

func (r *History) commitReader() *commitReader {
	return &commitReader{r, fewAncestors, map[digest.ID]catalog.Commit{}}
}

// read reads a commit. What the catalog does not know, or is not in order, is read alone, which says what is wrong.
func (r *commitReader) read(id digest.ID) (catalog.Commit, error) {
	if c, ok := r.known[id]; ok {
		return c, nil
	}
	ids, err := r.history.Catalog.Ancestors(id, r.ahead)
	if err != nil {
		return catalog.Commit{}, err
	}
	r.ahead = min(2*r.ahead, manyAncestors)
	all, err := r.history.Store.Objects(pack.Commit, ids)
	if err != nil {
		return catalog.Commit{}, err
	}
	for id, b := range all {
		if c, err := object.DecodeCommit(id, b); err == nil {
			r.known[id] = c
		}
	}
	if c, ok := r.known[id]; ok {
		return c, nil
	}
	return r.history.ReadCommit(id)
}
