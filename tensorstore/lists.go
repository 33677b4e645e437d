package tensorstore

import (
	"sort"

	"dits/tensorstore/digest"
)

// keptLists is how many bytes of chunk lists are kept: those of tensors of 150 GB.
const keptLists = 16 << 20

// A chunkList is a blob's chunks and where each of them ends, in bytes from the start of the blob.
type chunkList struct {
	Blob
	ends []int64
}

func newChunkList(b Blob) *chunkList {
	l := &chunkList{b, make([]int64, len(b.Chunks))}
	var end int64
	for i, c := range b.Chunks {
		end += c.Len
		l.ends[i] = end
	}
	l.Len = end
	return l
}

// at is the number of the chunk that has the byte at off, which lies in the blob.
func (l *chunkList) at(off int64) int {
	return sort.Search(len(l.ends), func(i int) bool { return l.ends[i] > off })
}

// newListCache makes a cache of chunk lists.
func newListCache() *cache[*chunkList] {
	const fixed, each = 256, digest.Size + 8 + 8
	return newCache(keptLists, func(l *chunkList) int64 { return fixed + each*int64(len(l.Chunks)) })
}

// chunkList asks the index for the chunks of a blob, and keeps the answer for [Store.source].
func (s *Store) chunkList(id digest.ID) (*chunkList, error) {
	return s.lists.Load(id, func() (*chunkList, error) {
		b, err := s.index.Blob(id)
		if err != nil {
			return nil, err
		}
		return newChunkList(b), nil
	})
}

// adoptSealed tells the index of a pack.
func (s *Store) adoptSealed(p Sealed) error {
	defer s.outdate()
	return s.index.Adopt(p)
}

// forget tells the index of packs that are gone.
func (s *Store) forget(packs []string) error {
	defer s.outdate()
	return s.index.Forget(packs)
}

// outdate drops what is kept of an index that has changed.
func (s *Store) outdate() {
	s.lists.Purge()
	s.lineages.Purge()
}
