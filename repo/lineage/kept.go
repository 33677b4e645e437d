package lineage

import (
	"dits/catalog"
	"dits/tensorstore/digest"
)

// How is how bytes are kept, as people are told.
type How int

// The numbers are those of the explorer's page.
const (
	ForItself  How = 0 // without any other
	Difference How = 1 // to others that they are like
	Recomputed How = 2 // from others, by what tells where they came from
	Same       How = 3 // not at all: something older has them
)

// A Kept blob, or a part of one, is kept so.
type Kept struct {
	How     How
	Kind    string      // "delta", "cast", "quantised replayed fused", …; "" of what is kept for itself
	Sources []digest.ID // blobs, the one that matters most first
	Len     int64       // bytes
	Stored  int64       // payload bytes of its chunks
}

// Kept says how chunks are kept taken together: as most of their bytes are.
func (s *StorageReader) Kept(chunks []catalog.KeptChunk) (Kept, error) {
	var k Kept
	bytes := map[digest.ID]int64{}
	var most digest.ID
	for _, c := range chunks {
		k.Len += c.Len
		k.Stored += c.Stored
		if bytes[c.Prediction] += c.Len; bytes[c.Prediction] > bytes[most] {
			most = c.Prediction
		}
	}
	p, err := s.Prediction(most)
	if err != nil || p.kind == "" {
		return k, err
	}
	k.How, k.Kind = Difference, p.Detail
	kind, from := p.told(k.Stored, k.Len)
	if p.Derived && kind != kindDelta {
		k.How = Recomputed
	}
	if k.Kind = p.Detail; kind == kindDelta {
		k.Kind = kindDelta
	}
	k.Sources = from
	return k, nil
}
