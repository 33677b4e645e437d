package tensorstore

import (
	"dits/tensorstore/codec"
	"dits/tensorstore/digest"
)

// locate is the record of a chunk that readers take.
func (s *Store) locate(chunk digest.ID) (Location, error) {
	locs, err := s.located(chunk)
	if err != nil {
		return Location{}, err
	}
	return locs[0], nil
}

// Source says how a blob is stored: what most of its bytes are coded with, and the blob
// that they are coded against, zero for none.
func (s *Store) Source(id digest.ID) (codec.Encoding, digest.ID, error) {
	b, err := s.chunkList(id)
	if err != nil {
		return 0, digest.ID{}, err
	}
	bytes := map[codec.Encoding]int64{}
	best := codec.Raw
	for _, c := range b.Chunks {
		loc, err := s.locate(c.ID)
		if err != nil {
			return 0, digest.ID{}, err
		}
		e := codec.Encoding(loc.Encoding)
		if bytes[e] += c.Len; bytes[e] > bytes[best] {
			best = e
		}
	}
	_, head, err := s.lineage(id)
	if err != nil || head == nil {
		return best, digest.ID{}, err
	}
	root, _ := head.Root()
	return best, root, nil
}
