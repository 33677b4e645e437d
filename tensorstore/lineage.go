package tensorstore

import (
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
	"dits/tensorstore/predict"
)

// keptLineages is how many bytes of lineages are kept: those of some 40,000 blobs.
const keptLineages = 4 << 20

// A lineage is how long the chain of sources of a blob is, and which prediction is at its
// head: zero for a blob without one.
type lineage struct {
	depth uint8
	head  digest.ID
}

// newLineageCache makes a cache of lineages.
func newLineageCache() *cache[lineage] {
	const each = 100 // bytes, about
	return newCache(keptLineages, func(lineage) int64 { return each })
}

// lineage is how long the chain of sources of a blob is, and the prediction at its
// head, nil for a blob without one. A tensor's trial asks it of a relative several times.
func (s *Store) lineage(id digest.ID) (depth uint8, head *predict.Prediction, err error) {
	l, kept := s.lineages.Get(id)
	if !kept {
		if l, err = s.lineages.Load(id, func() (lineage, error) { return s.readLineage(id) }); err != nil {
			return 0, nil, err
		}
	}
	if !l.head.IsZero() {
		if head, err = s.Prediction(l.head); err != nil {
			return 0, nil, err
		}
	}
	return l.depth, head, nil
}

// readLineage is the lineage by the records that readers take of the blob's chunks.
func (s *Store) readLineage(id digest.ID) (l lineage, err error) {
	b, err := s.keptList(id)
	if err != nil {
		return lineage{}, err
	}
	ids := chunkIDs(b.Blob)
	found, err := s.index.LocateAll(pack.Chunk, ids)
	if err != nil {
		return lineage{}, err
	}
	for _, chunk := range ids {
		locs := found[chunk]
		if len(locs) == 0 {
			return lineage{}, &UnknownError{pack.Chunk, chunk}
		}
		if locs[0].Depth > l.depth {
			l = lineage{locs[0].Depth, locs[0].Prediction}
		}
	}
	return l, nil
}

// chunkIDs are the digests of a blob's chunks, in order.
func chunkIDs(b Blob) []digest.ID {
	ids := make([]digest.ID, len(b.Chunks))
	for i, c := range b.Chunks {
		ids[i] = c.ID
	}
	return ids
}
