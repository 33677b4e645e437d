package lineage

import (
	"dits/catalog"
	"dits/repo/object"
	"dits/tensorstore/digest"
)

// holdersLooked is how many files of a commit with one blob are weighed to say which of them it came from: the first
// that came.
const holdersLooked = 16

// A listing is the files of a tree, and where each of them is: at the first of its paths.
type listing struct {
	files []object.TreeFile
	at    map[digest.ID]int
	held  bool // they are among the holders of the namer
}

// A search is one call of [Namer.Find].
type search struct {
	*Namer
	open  map[catalog.Number][]*Source
	path  string
	allow func(file digest.ID) bool
	asked map[digest.ID]bool // what allow said
}

// allowed asks once for each file.
func (s *search) allowed(file digest.ID) bool {
	ok, known := s.asked[file]
	if !known {
		ok = s.allow(file)
		s.asked[file] = ok
	}
	return ok
}

// prune drops what no file has that is allowed, where all files are known: no commit has to be looked through for it.
func (s *search) prune() {
	if !s.complete {
		return
	}
	for b, sources := range s.open {
		if !s.hasHolder(b, sources[0].Blob) {
			delete(s.open, b)
		}
	}
}

func (s *search) hasHolder(b catalog.Number, blob digest.ID) bool {
	for _, file := range s.holders[b] {
		if s.allowed(file) {
			return true
		}
	}
	return s.inFiles[blob] && s.allowed(blob)
}

// whole says that one file of a commit has all that is open.
func (s *search) whole(l *listing) bool {
	votes := map[int]int{}
	for b := range s.open {
		s.vote(votes, l, b, 1)
	}
	for _, n := range votes {
		if n == len(s.open) {
			return true
		}
	}
	return false
}

// in takes from the files of a commit what they have of what is open, the file with the most of it first.
func (s *search) in(l *listing, commit digest.ID) {
	votes := map[int]int{}
	for b, sources := range s.open {
		s.vote(votes, l, b, len(sources))
	}
	for {
		best, most := -1, 0
		for i, n := range votes {
			if n > most || n == most && n > 0 && s.before(l.files[i], l.files[best], i < best) {
				best, most = i, n
			}
		}
		if best < 0 {
			return
		}
		s.take(votes, l, best, commit)
	}
}

// before says that of two files with as many tensors a counts first: that at the path, then the one that came first,
// then the first of the listing.
func (s *search) before(a, b object.TreeFile, first bool) bool {
	if (a.Path == s.path) != (b.Path == s.path) {
		return a.Path == s.path
	}
	if order := s.came[a.ID].Compare(s.came[b.ID]); order != 0 {
		return order < 0
	}
	return first
}

// vote adds n to the files of a commit that have a blob.
func (s *search) vote(votes map[int]int, l *listing, b catalog.Number, n int) {
	looked := 0
	for _, file := range s.having(b) {
		i, here := l.at[file]
		if !here || !s.allowed(file) {
			continue
		}
		if looked++; looked > holdersLooked {
			return
		}
		votes[i] += n
	}
}

// having are the files with a blob: a file of one blob, an importance matrix say, is that blob.
func (s *search) having(b catalog.Number) []digest.ID {
	files := s.holders[b]
	if whole := s.open[b][0].Blob; s.inFiles[whole] {
		return append(files[:len(files):len(files)], whole)
	}
	return files
}

// take finds in file i of a commit what it has.
func (s *search) take(votes map[int]int, l *listing, i int, commit digest.ID) {
	f := l.files[i]
	take := func(b catalog.Number, tensor string) {
		if len(s.open[b]) == 0 {
			return
		}
		s.vote(votes, l, b, -len(s.open[b]))
		for _, o := range s.open[b] {
			o.Found, o.Place, o.tensor = true, Place{f.Path, f.ID, commit}, tensor
		}
		delete(s.open, b)
	}
	list := s.Files.Lists[f.ID]
	for k, b := range list.Blobs {
		take(b, list.Names[k])
	}
	if whole := s.blobs[f.ID]; whole != 0 {
		take(whole, "")
	}
	delete(votes, i)
}
