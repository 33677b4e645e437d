package lineage

import (
	"dits/catalog"
	"dits/repo/history"
	"dits/repo/object"
	"dits/tensorstore/digest"
)

// A Namer finds the files that tensors come from, and names them as people do: by path and
// revision. It remembers what it has read, and sees refs as they were when it was made.
// One goroutine at a time may use it.
type Namer struct {
	Files   *history.FileHistory
	Storage *StorageReader
	tips    []tip
	paths   map[digest.ID][]object.TreeFile // by tree
	names   map[digest.ID]revName           // by commit; nil: not asked for yet
	blobs   map[digest.ID]catalog.Number
}

// NewNamer is for questions about the files that the refs lead to.
func NewNamer(r *history.History) (*Namer, error) {
	tips, err := tipsOf(r)
	if err != nil {
		return nil, err
	}
	return &Namer{r.FileHistory(), NewStorageReader(r), tips, map[digest.ID][]object.TreeFile{}, nil, map[digest.ID]catalog.Number{}}, nil
}

// A Place is a file in a commit.
type Place struct {
	Path   string
	File   digest.ID
	Commit digest.ID
}

// A Source is a blob that a tensor comes from, and the tensor that has it once that is found.
type Source struct {
	Blob   digest.ID
	Found  bool
	Place  Place
	tensor string
}

// Rev is a REV that leads to a commit: "main~1". Where none does it is the commit's id.
func (k *Namer) Rev(commit digest.ID) (string, error) {
	if k.names == nil {
		var err error
		if k.names, err = revNames(k.Files, k.tips); err != nil {
			return "", err
		}
	}
	if n, ok := k.names[commit]; ok {
		return n.String(), nil
	}
	return commit.Short(), nil
}

// revFrom is a REV for a place, "" when the commit from has that file at that path too.
func (k *Namer) revFrom(from digest.ID, p Place) (string, error) {
	here, err := k.has(from, p)
	if err != nil || here {
		return "", err
	}
	return k.Rev(p.Commit)
}

// has says that a commit has the file of p at its path. The zero ID has none.
func (k *Namer) has(commit digest.ID, p Place) (bool, error) {
	if commit == p.Commit || commit.IsZero() {
		return commit == p.Commit, nil
	}
	c, err := k.Files.Commit(commit)
	if err != nil {
		return false, err
	}
	id, err := k.Files.At(c.Tree, p.Path)
	return id == p.File, err
}

// cameIn is the commit that brought the file of p to its path, looking back from p's.
func (k *Namer) cameIn(p Place) (digest.ID, error) {
	at := p.Commit
	for !at.IsZero() {
		c, err := k.Files.Commit(at)
		if err != nil {
			return at, err
		}
		var before digest.ID
		for _, parent := range c.Parents {
			had, err := k.has(parent, Place{Path: p.Path, File: p.File})
			if err != nil {
				return at, err
			}
			if had {
				before = parent
				break
			}
		}
		if before.IsZero() {
			break
		}
		at = before
	}
	return at, nil
}

// commits yields from and the commits before it, the nearest first, then those that the
// refs lead to. The zero ID is no commit.
func (k *Namer) commits(from digest.ID, visit func(catalog.Commit) (more bool, err error)) error {
	seen := map[digest.ID]bool{{}: true}
	starts := []digest.ID{from}
	for _, t := range k.tips {
		starts = append(starts, t.commit)
	}
	for _, start := range starts {
		for todo := []digest.ID{start}; len(todo) > 0; todo = todo[1:] {
			if seen[todo[0]] {
				continue
			}
			seen[todo[0]] = true
			c, err := k.Files.Commit(todo[0])
			if err != nil {
				return err
			}
			if more, err := visit(c); err != nil || !more {
				return err
			}
			todo = append(todo, c.Parents...)
		}
	}
	return nil
}

// Find looks for files with the blobs of sources: in the commit from, in those before it, the
// nearest first, then in all others. Of one commit's files that with the most of them
// counts first, then the one at path. Files that allow refuses are passed over. What no
// file has stays as it is.
func (k *Namer) Find(from digest.ID, path string, all []*Source, allow func(digest.ID) bool) error {
	open, err := k.open(all)
	if err != nil || len(open) == 0 {
		return err
	}
	tried := map[digest.ID]bool{}
	return k.commits(from, func(c catalog.Commit) (bool, error) {
		files, err := k.untried(c, tried, allow)
		if err != nil {
			return false, err
		}
		for k.settle(open, files, c.ID, path) {
		}
		return len(open) > 0, nil
	})
}

// findIn looks for blobs in one file.
func (k *Namer) findIn(p Place, all []*Source) error {
	open, err := k.open(all)
	if err == nil {
		err = k.Files.LoadLists([]digest.ID{p.File})
	}
	if err == nil {
		k.settle(open, []object.TreeFile{{Path: p.Path, ID: p.File}}, p.Commit, p.Path)
	}
	return err
}

// open is the sources that are not found yet, by the catalog's numbers. What the catalog has
// never met is left out.
func (k *Namer) open(all []*Source) (map[catalog.Number][]*Source, error) {
	var ask []digest.ID
	for _, s := range all {
		if _, known := k.blobs[s.Blob]; !known {
			ask = append(ask, s.Blob)
		}
	}
	numbers, err := k.Files.History.Catalog.Numbers(ask)
	if err != nil {
		return nil, err
	}
	for _, id := range ask {
		k.blobs[id] = numbers[id]
	}
	open := map[catalog.Number][]*Source{}
	for _, s := range all {
		if n := k.blobs[s.Blob]; n != 0 && !s.Found {
			open[n] = append(open[n], s)
		}
	}
	return open, nil
}

// untried are the files of a commit that have not been tried before, with their tensors read.
func (k *Namer) untried(c catalog.Commit, tried map[digest.ID]bool, allow func(digest.ID) bool) ([]object.TreeFile, error) {
	all, err := k.filesOf(c)
	if err != nil {
		return nil, err
	}
	var files []object.TreeFile
	var ids []digest.ID
	for _, f := range all {
		if f.Mode == object.ModeLink || tried[f.ID] {
			continue
		}
		if tried[f.ID] = true; allow(f.ID) {
			files, ids = append(files, f), append(ids, f.ID)
		}
	}
	return files, k.Files.LoadLists(ids)
}

// filesOf lists the files of a commit.
func (k *Namer) filesOf(c catalog.Commit) ([]object.TreeFile, error) {
	if files, known := k.paths[c.Tree]; known {
		return files, nil
	}
	files, err := k.Files.History.TreeFiles(c.Tree)
	if err == nil {
		k.paths[c.Tree] = files
	}
	return files, err
}

// settle takes from open what the best of the files has; false when none has any.
func (k *Namer) settle(open map[catalog.Number][]*Source, files []object.TreeFile, commit digest.ID, path string) bool {
	var best object.TreeFile
	most := 0
	for _, f := range files {
		n := 0
		for _, b := range k.Files.Lists[f.ID].Blobs {
			n += len(open[b])
		}
		n += len(open[k.blobs[f.ID]]) // a file of one blob, an importance matrix say, is that blob
		if n > most || n == most && n > 0 && f.Path == path {
			best, most = f, n
		}
	}
	if most == 0 {
		return false
	}
	l := k.Files.Lists[best.ID]
	take := func(b catalog.Number, tensor string) {
		for _, s := range open[b] {
			s.Found, s.Place, s.tensor = true, Place{best.Path, best.ID, commit}, tensor
		}
		delete(open, b)
	}
	for i, b := range l.Blobs {
		take(b, l.Names[i])
	}
	if whole := k.blobs[best.ID]; whole != 0 {
		take(whole, "")
	}
	return true
}
