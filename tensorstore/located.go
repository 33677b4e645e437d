package tensorstore

import (
	"maps"

	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
	"dits/tensorstore/predict"
)

// keptLocations is how many bytes of locations are kept: those of some 70,000 chunks.
const keptLocations = 24 << 20

// newLocationCache makes a cache of what the index says of chunks.
func newLocationCache() *cache[[]Location] {
	const each = 190 // bytes, about
	return newCache(keptLocations, func(l []Location) int64 { return keptEach + each*int64(len(l)) })
}

// located are the records of a chunk, the best to read first, as the index said when it was asked last; not to be
// changed. [ErrUnknown] when there is none, which is not kept: another process may store it.
func (s *Store) located(chunk digest.ID) ([]Location, error) {
	if locs, kept := s.locations.Get(chunk); kept {
		return locs, nil
	}
	return s.locations.Load(chunk, func() ([]Location, error) {
		locs, err := s.index.Locate(pack.Chunk, chunk)
		if err == nil && len(locs) == 0 {
			err = &UnknownError{pack.Chunk, chunk}
		}
		return locs, err
	})
}

// allLocated is located of many chunks; of all that are not kept the index is asked at once. It has no entry for those
// without records.
func (s *Store) allLocated(chunks []digest.ID) (map[digest.ID][]Location, error) {
	found := make(map[digest.ID][]Location, len(chunks))
	var ask []digest.ID
	for _, c := range chunks {
		if locs, kept := s.locations.Get(c); kept {
			found[c] = locs
		} else {
			ask = append(ask, c)
		}
	}
	if len(ask) == 0 {
		return found, nil
	}
	asked, err := s.locations.LoadAll(func() (map[digest.ID][]Location, error) {
		return s.index.LocateAll(pack.Chunk, ask)
	})
	maps.Copy(found, asked)
	return found, err
}

// lineage is how long the chain of sources of a blob is by the records that readers take of its chunks, and the
// prediction at its head, nil for a blob without one. A tensor's trial asks it of a relative several times.
func (s *Store) lineage(id digest.ID) (depth uint8, head *predict.Prediction, err error) {
	l, err := s.keptList(id)
	if err != nil {
		return 0, nil, err
	}
	ids := chunkIDs(l.Blob)
	found, err := s.allLocated(ids)
	if err != nil {
		return 0, nil, err
	}
	var prediction digest.ID
	for _, chunk := range ids {
		locs := found[chunk]
		if len(locs) == 0 {
			return 0, nil, &UnknownError{pack.Chunk, chunk}
		}
		if locs[0].Depth > depth {
			depth, prediction = locs[0].Depth, locs[0].Prediction
		}
	}
	if !prediction.IsZero() {
		head, err = s.Prediction(prediction)
	}
	return depth, head, err
}

// chunkIDs are the digests of a blob's chunks, in order.
func chunkIDs(b Blob) []digest.ID {
	ids := make([]digest.ID, len(b.Chunks))
	for i, c := range b.Chunks {
		ids[i] = c.ID
	}
	return ids
}
