package relatives

import (
	"errors"
	"slices"

	"dits/catalog"
	"dits/repo/object"
	"dits/repo/work"
	"dits/tensorstore"
	"dits/tensorstore/digest"
)

const (
	// maxRelativesWeighed is how many tensors of the same role are weighed for each of a new file: so many
	// of HEAD, the index and the same call, and as many from elsewhere in the store.
	maxRelativesWeighed = 24
	// maxElsewhere is the most files of the store that are looked at: with maxRelativesWeighed models in twenty shards.
	maxElsewhere = 512
)

// Finder finds what new files may be similar to: the files of HEAD and of the index,
// those added in the same call, and those elsewhere in the store with tensors of the same names.
type Finder struct {
	folder *work.Folder
	atHand []*file // of HEAD, the index and this call
	book   *sketchbook
	loaded bool // atHand has the files of HEAD and of the index
	only   bool // of atHand; nothing else is looked at
}

// New finds relatives anywhere in the store of a working folder.
func New(f *work.Folder) *Finder { return &Finder{folder: f, book: newSketchbook(f)} }

// Only finds no relative but one file; ok is false when it has no tensors.
func Only(f *work.Folder, path string, file catalog.File) (finder *Finder, ok bool) {
	finder = &Finder{folder: f, book: newSketchbook(f), only: true}
	finder.Add(path, file)
	return finder, len(finder.atHand) > 0
}

// load reads the files of HEAD and of the index, once. It is for when a file is to be stored:
// what the store has already needs no relatives, and to read all manifests takes far longer
// than to find that out.
func (rs *Finder) load() error {
	if rs.loaded || rs.only {
		return nil
	}
	rs.loaded = true
	files, err := headFiles(rs.folder)
	if err != nil && !isLost(err) {
		return err
	}
	x, err := rs.folder.Index()
	if err != nil {
		return err
	}
	added := rs.atHand // they come after
	rs.atHand = nil
	for _, e := range append(files, x.Files()...) {
		if rs.has(e.Path, e.ID) {
			continue
		}
		f, err := rs.folder.ReadFile(e.ID)
		if isLost(err) {
			continue
		}
		if err != nil {
			return err
		}
		rs.Add(e.Path, f)
	}
	for _, m := range added {
		if !rs.has(m.path, m.file.ID) {
			rs.atHand = append(rs.atHand, m)
		}
	}
	return nil
}

// isLost says that the store does not have something, or has it damaged. Then it is no
// help to what is added, and no hindrance: adding it again may be what brings it back.
func isLost(err error) bool {
	return errors.Is(err, tensorstore.ErrUnknown) || errors.Is(err, object.ErrCorrupt)
}

// Add makes a file a relative of those to come.
func (rs *Finder) Add(path string, f catalog.File) {
	if rs.has(path, f.ID) {
		return
	}
	if r := newFile(path, f); len(r.roles) > 0 {
		rs.atHand = append(rs.atHand, r)
	}
}

// has says that a file is at hand under that path.
func (rs *Finder) has(path string, id digest.ID) bool {
	return slices.ContainsFunc(rs.atHand, func(m *file) bool { return m.file.ID == id && m.path == path })
}

// relatives are files that share a role with me: of the same path first, then those at hand, then
// from the store. Each content is there once, and of files with the same tensors a bounded number.
func (rs *Finder) relatives(me *file) ([]*file, error) {
	var same, other []*file
	quota := newQuota(me)
	seen := map[digest.ID]bool{me.file.ID: true}
	for _, r := range rs.atHand {
		switch {
		case seen[r.file.ID] || !r.shares(me):
			continue
		case r.path == me.path:
			same = append(same, r)
		case !quota.take(r):
			continue
		default:
			other = append(other, r)
		}
		seen[r.file.ID] = true
	}
	if rs.only {
		return slices.Concat(same, other), nil
	}
	elsewhere, err := rs.elsewhere(me, seen)
	return slices.Concat(same, other, elsewhere), err
}

// elsewhere are files from anywhere in the store, by the names of their tensors.
func (rs *Finder) elsewhere(me *file, seen map[digest.ID]bool) (found []*file, err error) {
	known, err := rs.folder.Catalog.KnownNames(me.someNames())
	if err != nil {
		return nil, err
	}
	ids, err := rs.folder.Catalog.Similar(spread(known, catalog.MaxSimilarNames), maxElsewhere)
	if err != nil {
		return nil, err
	}
	atHand := map[digest.ID]*file{}
	for _, m := range rs.atHand {
		atHand[m.file.ID] = m
	}
	quota := newQuota(me)
	useless := 0
	for _, id := range ids {
		if seen[id] {
			continue
		}
		if quota.isFull() || useless == maxRelativesWeighed {
			break
		}
		r := atHand[id] // one that was passed over there, for others have the same tensors
		if r == nil {
			f, err := rs.folder.ReadFile(id)
			if isLost(err) {
				continue
			}
			if err != nil {
				return nil, err
			}
			r = newFile("", f)
		}
		if quota.take(r) {
			found, useless = append(found, r), 0
		} else {
			useless++
		}
	}
	return found, nil
}

// spread is at most n of some names, evenly.
func spread(names []string, n int) []string {
	out := names[:0:0]
	for k := range min(n, len(names)) {
		out = append(out, names[k*len(names)/min(n, len(names))])
	}
	return out
}

// shares says that a tensor of me has the role and the row length of one of r.
func (r *file) shares(me *file) bool {
	for role, segments := range me.roles {
		for _, i := range segments {
			if len(r.like(role, me.tensor(i))) > 0 {
				return true
			}
		}
	}
	return false
}

// headFiles lists the files of HEAD's commit, none before the first.
func headFiles(r *work.Folder) ([]object.TreeFile, error) {
	h, err := r.Head()
	if err != nil || h.Commit.IsZero() {
		return nil, err
	}
	c, err := r.ReadCommit(h.Commit)
	if err != nil {
		return nil, err
	}
	return r.TreeFiles(c.Tree)
}

// TakeAtHand takes from wanted, which counts tensors by their blob, what the one file at hand has that has the most
// of it, and returns its path and their number; 0 when none has any.
func (rs *Finder) TakeAtHand(wanted map[digest.ID]int) (path string, most int) {
	var best *file
	for _, m := range rs.atHand {
		n := 0
		for _, b := range object.Distinct(m.file.Blobs) {
			n += wanted[b]
		}
		if n > most {
			best, most = m, n
		}
	}
	if best == nil {
		return "", 0
	}
	for _, b := range best.file.Blobs {
		delete(wanted, b)
	}
	return best.path, most
}
