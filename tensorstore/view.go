package tensorstore

import (
	"slices"

	"dits/tensorstore/choose"
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
)

// Flat is the store without the depths of its records: a trial may use any blob as a source, for who asks decides
// himself how long chains get. It shares what is decoded.
func (s *Store) Flat() *Store {
	o := s.over(flatIndex{s.index})
	o.options.Depth = choose.MaxDepth
	o.chunks, o.predictions, o.lists = s.chunks, s.predictions, s.lists
	return o
}

// Without is the store as it is once some packs are gone. It decodes all that it reads anew, and the store drops what
// it has decoded: one cache at a time.
func (s *Store) Without(packs []string) *Store {
	s.chunks.Purge()
	hidden := make(map[string]bool, len(packs))
	for _, name := range packs {
		hidden[name] = true
	}
	return s.over(hidingIndex{s.index, hidden})
}

// over is the store as seen through another index. It shares the open packs, nothing that is cached.
func (s *Store) over(x Index) *Store {
	o := &Store{dir: s.dir, index: x, options: s.options, packs: s.packs, damaged: map[string]error{}}
	o.lists = newListCache()
	o.chunks = newChunkCache(cachedBytes)
	o.locations = newLocationCache()
	o.predictions = newPredictionCache()
	return o
}

// A flatIndex hides how long chains are.
type flatIndex struct{ Index }

func (x flatIndex) Locate(kind pack.Kind, id digest.ID) ([]Location, error) {
	locs, err := x.Index.Locate(kind, id)
	flatten(locs)
	return locs, err
}

func (x flatIndex) LocateAll(kind pack.Kind, ids []digest.ID) (map[digest.ID][]Location, error) {
	found, err := x.Index.LocateAll(kind, ids)
	for _, locs := range found {
		flatten(locs)
	}
	return found, err
}

func flatten(locs []Location) {
	for i := range locs {
		locs[i].Depth = 0
	}
}

// A hidingIndex is an index without some packs, as it is once they are deleted.
type hidingIndex struct {
	Index
	hidden map[string]bool
}

func (x hidingIndex) Locate(kind pack.Kind, id digest.ID) ([]Location, error) {
	locs, err := x.Index.Locate(kind, id)
	return x.shown(locs), err
}

func (x hidingIndex) LocateAll(kind pack.Kind, ids []digest.ID) (map[digest.ID][]Location, error) {
	found, err := x.Index.LocateAll(kind, ids)
	for id, locs := range found {
		found[id] = x.shown(locs)
	}
	return found, err
}

// shown is those of the records that are not hidden.
func (x hidingIndex) shown(locs []Location) []Location {
	return slices.DeleteFunc(locs, func(l Location) bool { return x.hidden[l.Pack] })
}
