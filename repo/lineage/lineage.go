package lineage

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"dits/catalog"
	"dits/formats/number"
	"dits/repo/history"
	"dits/tensorstore/digest"
)

// Options of [Of]. The zero value is the files that any ref leads to.
type Options struct {
	Rev   string   // only the files of this commit
	Also  []string // and of these, if there is a Rev
	Path  string   // only this file of it, and each of its tensors
	Depth int      // how many generations to look back; 0: all
	// Within are revisions, if only what they lead to is there; none: all that refs lead to.
	Within []string
}

// A Lineage is the family of some files: they and the files that they were stored from,
// and those again. Its JSON form is a contract.
type Lineage struct {
	Files []*FileLineage `json:"files"` // a file after those it came from, as far as that can be
	// Tensors are those of the one model that was asked for, in the order of its headers.
	Tensors []TensorLineage `json:"tensors,omitempty"`
}

// A FileLineage is a file, and what its tensors came from.
type FileLineage struct {
	Path     string        `json:"path"`
	Rev      string        `json:"rev"` // "" of the commit that was asked for, or HEAD
	Digest   digest.ID     `json:"digest"`
	Format   string        `json:"format"`
	Size     int64         `json:"logical_bytes"` // of the file
	Tensors  int           `json:"tensors"`
	New      int           `json:"new"`          // of them stored for themselves
	Repeated int           `json:"repeated"`     // of them in the file before, under another name
	Stored   int64         `json:"stored_bytes"` // payload of the tensors that no older file has
	Bits     number.Number `json:"bits_per_weight"`
	Derived  int64         `json:"derived_bytes"`   // of the tensors that are computed from others
	Residual int64         `json:"residual_bytes"`  // what these add to Stored
	Same     int64         `json:"identical_bytes"` // of the tensors that an older file has
	NewBytes int64         `json:"new_bytes"`       // of those that are stored for themselves
	Sources  []FileSource  `json:"sources"`         // the one of the most tensors first
	Cut      bool          `json:"cut,omitempty"`   // what it came from was not looked at: see Depth

	weights int64
	bytes   int64 // of all tensors
	details []TensorLineage
}

// A TensorLineage is a tensor and what it came from.
type TensorLineage struct {
	Name    string         `json:"name"`
	Kind    string         `json:"kind"` // new, identical, repeated, or how it is predicted: delta, cast, low rank r16, …
	Sources []TensorSource `json:"sources"`
	Stored  int64          `json:"stored_bytes"` // payload, 0 of what is identical or repeated
	How     How            `json:"-"`
}

// Of finds out what the tensors of files came from. A tensor that an older file has is
// identical to that one's; another is what its prediction makes of others. It reads
// manifests and predictions, no tensors.
func Of(r *history.History, o Options) (*Lineage, error) {
	k, err := NewNamer(r, o.Within...)
	if err != nil {
		return nil, err
	}
	b := &lineage{namer: k, options: o, storages: map[digest.ID][]catalog.Storage{}, nodes: map[digest.ID]*FileLineage{}}
	if b.home, err = r.SeenFrom(o.Rev); err != nil {
		return nil, err
	}
	if b.ages, err = k.ages(b.home); err != nil {
		return nil, err
	}
	if err := b.start(); err != nil {
		return nil, err
	}
	for len(b.todo) > 0 {
		next := b.todo[0]
		b.todo = b.todo[1:]
		if err := b.grow(next); err != nil {
			return nil, fmt.Errorf("%s: %w", next.place.Path, err)
		}
	}
	return b.result(), nil
}

// A lineage is one call of Lineage.
type lineage struct {
	namer    *Namer
	options  Options
	home     digest.ID // the commit whose files need no revision
	ages     *ages
	storages map[digest.ID][]catalog.Storage
	nodes    map[digest.ID]*FileLineage
	asked    []digest.ID // the file that was asked for, or its shards
	todo     []generation
}

// A generation is a file still to look at, so many steps from those asked for.
type generation struct {
	place Place
	depth int
}

// start notes the files that were asked for.
func (b *lineage) start() error {
	if b.options.Path != "" {
		files, err := b.namer.Files.History.ModelAt(b.options.Rev, b.options.Path)
		for _, f := range files {
			b.asked = append(b.asked, f.ID)
			if err := b.note(Place{f.Path, f.ID, b.home}, 0); err != nil {
				return err
			}
		}
		return err
	}
	commits := []digest.ID{b.home}
	if b.options.Rev == "" {
		for _, t := range b.namer.tips {
			commits = append(commits, t.commit)
		}
	}
	for _, rev := range b.options.Also {
		id, err := b.namer.Files.History.Resolve(rev)
		if err != nil {
			return err
		}
		commits = append(commits, id)
	}
	for _, id := range commits {
		if id.IsZero() {
			continue
		}
		c, err := b.namer.Files.Commit(id)
		if err != nil {
			return err
		}
		files, err := b.namer.filesOf(c)
		if err != nil {
			return err
		}
		for _, f := range files {
			if err := b.note(Place{f.Path, f.ID, id}, 0); err != nil {
				return err
			}
		}
	}
	return nil
}

// note makes a node of a file with tensors that has none yet.
func (b *lineage) note(p Place, depth int) error {
	if b.nodes[p.File] != nil {
		return nil
	}
	list, err := b.namer.Files.List(p.File)
	if err != nil || len(list.Names) == 0 {
		return err
	}
	f := &FileLineage{Path: p.Path, Digest: p.File, Tensors: len(list.Names), Sources: []FileSource{}}
	if f.Rev, err = b.rev(p); err != nil {
		return err
	}
	b.nodes[p.File] = f
	b.todo = append(b.todo, generation{p, depth})
	return nil
}

// rev is a REV for a place, "" for one in the commit that was asked for.
func (b *lineage) rev(p Place) (string, error) {
	if p.Commit == b.home {
		return "", nil
	}
	return b.namer.Rev(p.Commit)
}

// result is the files in the order of their age.
func (b *lineage) result() *Lineage {
	l := &Lineage{Files: []*FileLineage{}}
	for _, f := range b.nodes {
		l.Files = append(l.Files, f)
	}
	for _, id := range b.asked {
		if f := b.nodes[id]; f != nil {
			l.Tensors = append(l.Tensors, f.details...)
		}
	}
	slices.SortFunc(l.Files, func(x, y *FileLineage) int { return b.compareAge(x.Digest, y.Digest) })
	return l
}

// compareAge is negative if file x is older than y: it came with an earlier commit or, with
// the same one, less of it was predicted from others.
func (b *lineage) compareAge(x, y digest.ID) int {
	ageX, ageY := b.ages.of(x), b.ages.of(y)
	if x == y || ageX.commit != ageY.commit {
		return cmp.Compare(ageX.commit, ageY.commit)
	}
	return cmp.Or(cmp.Compare(b.predicted(x), b.predicted(y)), b.namer.came[x].Compare(b.namer.came[y]),
		strings.Compare(ageX.place.Path, ageY.place.Path), strings.Compare(x.String(), y.String()))
}

// predicted is how many tensors of a file are stored against others. What cannot be read
// counts as none here; growing the file says so.
func (b *lineage) predicted(file digest.ID) (n int) {
	stored, err := b.stored(file)
	if err != nil {
		return 0
	}
	for _, s := range stored {
		if w, err := b.namer.Storage.Prediction(s.Prediction); err == nil && w.kind != "" {
			n++
		}
	}
	return n
}

// stored says how the tensors of a file are stored. It asks once.
func (b *lineage) stored(file digest.ID) ([]catalog.Storage, error) {
	if s, known := b.storages[file]; known {
		return s, nil
	}
	s, err := b.namer.Files.History.Catalog.Storage(file)
	if err == nil {
		b.storages[file] = s
	}
	return s, err
}
