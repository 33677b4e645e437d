package lineage

import (
	"errors"
	"maps"

	"dits/catalog"
	"dits/repo/history"
	"dits/repo/object"
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
)

// A Namer finds the files that tensors come from, and names them as people do: by path and
// revision. It remembers what it has read, and sees refs as they were when it was made.
// One goroutine at a time may use it.
type Namer struct {
	Files   *history.FileHistory
	Storage *StorageReader
	tips    []tip
	trees   map[digest.ID]*listing
	names   map[digest.ID]revName // by commit; nil: not asked for yet
	blobs   map[digest.ID]catalog.Number
	came    map[digest.ID]catalog.Arrival // files

	holders  map[catalog.Number][]digest.ID // files that have a blob, each once
	inFiles  map[digest.ID]bool             // files that are among the holders
	complete bool                           // all files that the refs lead to are
}

// NewNamer is for questions about the files that some revisions lead to; without any, those that the refs lead to.
func NewNamer(r *history.History, revs ...string) (*Namer, error) {
	tips, err := tipsOf(r, revs)
	if err != nil {
		return nil, err
	}
	return &Namer{
		Files: r.FileHistory(), Storage: NewStorageReader(r), tips: tips,
		trees: map[digest.ID]*listing{}, blobs: map[digest.ID]catalog.Number{},
		came:    map[digest.ID]catalog.Arrival{},
		holders: map[catalog.Number][]digest.ID{}, inFiles: map[digest.ID]bool{},
	}, nil
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

// Find looks for files with the blobs of sources: for one that has all of them in a commit near from; else in the commit
// from, in those before it, the nearest first, then in all others. Of one commit's files that with the most of them
// counts first, then the one at path. Files that allow refuses are passed over. What no
// file has stays as it is.
func (k *Namer) Find(from digest.ID, path string, all []*Source, allow func(digest.ID) bool) error {
	open, err := k.open(all)
	if err != nil || len(open) == 0 {
		return err
	}
	search := &search{k, open, path, allow, map[digest.ID]bool{}}
	if search.prune(); len(open) == 0 {
		return nil
	}
	if err := k.findWhole(from, search); err != nil {
		return err
	}
	return k.commits(from, func(c catalog.Commit) (bool, error) {
		l, err := k.held(c)
		if err != nil {
			return false, err
		}
		search.in(l, c.ID)
		return len(open) > 0, nil
	})
}

// commitsForWhole is how many commits are looked through for one file that has all.
const commitsForWhole = 32

// findWhole takes all from one file that has all, if one of the next commits has such a file: quants were made of the
// model of that day, and not in part of one that came with them and shares tensors with it.
func (k *Namer) findWhole(from digest.ID, s *search) error {
	left := commitsForWhole
	err := k.commits(from, func(c catalog.Commit) (bool, error) {
		l, err := k.held(c)
		if err != nil {
			return false, err
		}
		if left--; s.whole(l) {
			s.in(l, c.ID)
		}
		return left > 0 && len(s.open) > 0, nil
	})
	return err
}

// findIn looks for blobs in one file.
func (k *Namer) findIn(p Place, all []*Source) error {
	open, err := k.open(all)
	if err == nil {
		err = k.Files.LoadLists([]digest.ID{p.File})
	}
	if err == nil {
		k.hold(p.File)
		l := &listing{[]object.TreeFile{{Path: p.Path, ID: p.File}}, map[digest.ID]int{p.File: 0}, true}
		search := &search{k, open, p.Path, func(digest.ID) bool { return true }, map[digest.ID]bool{}}
		search.in(l, p.Commit)
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

// filesOf lists the files of a commit.
func (k *Namer) filesOf(c catalog.Commit) ([]object.TreeFile, error) {
	l, err := k.listing(c)
	if err != nil {
		return nil, err
	}
	return l.files, nil
}

func (k *Namer) listing(c catalog.Commit) (*listing, error) {
	if l := k.trees[c.Tree]; l != nil {
		return l, nil
	}
	files, err := k.Files.History.TreeFiles(c.Tree)
	if err != nil {
		return nil, err
	}
	l := &listing{files: files, at: make(map[digest.ID]int, len(files))}
	for i, f := range files {
		if _, twice := l.at[f.ID]; !twice && f.Mode != object.ModeLink {
			l.at[f.ID] = i
		}
	}
	k.trees[c.Tree] = l
	return l, nil
}

// held lists the files of a commit, which are among the holders of their tensors then.
func (k *Namer) held(c catalog.Commit) (*listing, error) {
	l, err := k.listing(c)
	if err != nil || l.held || k.complete {
		return l, err
	}
	l.held = true
	var ids []digest.ID
	for id := range l.at {
		if !k.inFiles[id] {
			ids = append(ids, id)
		}
	}
	if err := errors.Join(k.Files.LoadLists(ids), k.loadArrivals(ids)); err != nil {
		return nil, err
	}
	for _, f := range l.files {
		if _, ok := l.at[f.ID]; ok {
			k.hold(f.ID)
		}
	}
	return l, nil
}

// loadArrivals finds when files came.
func (k *Namer) loadArrivals(files []digest.ID) error {
	found, err := k.Files.History.Catalog.Arrivals(pack.Manifest, files)
	maps.Copy(k.came, found)
	return err
}

// hold makes a file, whose tensors were read, one of the holders of them.
func (k *Namer) hold(file digest.ID) {
	if k.inFiles[file] {
		return
	}
	k.inFiles[file] = true
	for _, b := range k.Files.Lists[file].Blobs {
		if all := k.holders[b]; b != 0 && (len(all) == 0 || all[len(all)-1] != file) {
			k.holders[b] = append(all, file)
		}
	}
}
