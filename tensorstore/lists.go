package tensorstore

import (
	"errors"
	"fmt"
	"slices"
	"sort"

	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
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

// chunkList reads the chunks of a blob, and keeps the answer for [Store.source].
func (s *Store) chunkList(id digest.ID) (*chunkList, error) {
	return s.lists.Load(id, func() (*chunkList, error) {
		b, err := s.readList(id)
		if err != nil {
			return nil, err
		}
		return newChunkList(b), nil
	})
}

// LookAhead has the lists of blobs of one chunk at hand, and where their chunks are, for [Store.Reopen]: the index is
// asked twice, and not three times for each blob.
func (s *Store) LookAhead(blobs []digest.ID) error {
	listed, err := s.index.LocateAll(pack.Blob, blobs)
	if err != nil {
		return err
	}
	single := slices.DeleteFunc(slices.Clone(blobs), func(id digest.ID) bool { return len(listed[id]) > 0 })
	_, err = s.lists.LoadAll(func() (map[digest.ID]*chunkList, error) {
		located, err := s.allLocated(single)
		lists := make(map[digest.ID]*chunkList, len(located))
		for id, locs := range located {
			lists[id] = oneChunk(id, locs[0].RawLen)
		}
		return lists, err
	})
	return err
}

// keptList is the list of a blob as it was read last: its chunks are the blob, and a reader that finds some of them
// gone looks again.
func (s *Store) keptList(id digest.ID) (*chunkList, error) {
	if l, kept := s.lists.Get(id); kept {
		return l, nil
	}
	return s.chunkList(id)
}

// Chunks are the chunks of a blob, in order; not to be changed. [ErrUnknown] when the store does not have it.
func (s *Store) Chunks(id digest.ID) ([]Span, error) {
	l, err := s.chunkList(id)
	if err != nil {
		return nil, err
	}
	return l.Chunks, nil
}

// readList is the list of a blob that packs have. Of lists that differ it is the one whose chunks have
// the digest of the blob: a list is named by what it describes, so that one may be a lie. A blob
// without a list is a chunk.
func (s *Store) readList(id digest.ID) (Blob, error) {
	lists, err := s.Variants(pack.Blob, id)
	if errors.Is(err, ErrUnknown) {
		return s.chunkAsBlob(id)
	}
	if err != nil {
		return Blob{}, err
	}
	var errs []error
	for _, b := range lists {
		list, err := unmarshalBlob(id, b)
		if err == nil && len(lists) > 1 {
			err = s.prove(list)
		}
		if err == nil {
			return list, nil
		}
		errs = append(errs, err)
	}
	return Blob{}, asDamage(errors.Join(errs...))
}

func (s *Store) chunkAsBlob(id digest.ID) (Blob, error) {
	locs, err := s.located(id)
	if errors.Is(err, ErrUnknown) {
		err = &UnknownError{pack.Blob, id}
	}
	if err != nil {
		return Blob{}, err
	}
	return oneChunk(id, locs[0].RawLen).Blob, nil
}

// oneChunk is the list of a blob that is a chunk of n bytes.
func oneChunk(id digest.ID, n int64) *chunkList {
	return newChunkList(Blob{ID: id, Len: n, Chunks: []Span{{id, n}}})
}

// prove reads the chunks of a list: together they have to have the digest of the blob.
func (s *Store) prove(b Blob) error {
	whole := digest.NewHasher()
	if _, err := s.reader(newChunkList(b), nil).WriteTo(whole); err != nil {
		return err
	}
	if got := whole.ID(); got != b.ID {
		return fmt.Errorf("chunk list of %s: its chunks have digest %s", b.ID, got)
	}
	return nil
}

// adoptSealed tells the index of a pack. It may have better records of its chunks than the index knew; those of all
// others stay as they are, and so do lists: a pack more takes no chunk away. To drop them would have each file of many
// ask for its relatives again.
func (s *Store) adoptSealed(p Sealed) error {
	var chunks []digest.ID
	for _, e := range p.Entries {
		if e.Kind == pack.Chunk {
			chunks = append(chunks, e.ID)
		}
	}
	defer s.locations.Drop(chunks...)
	return s.index.Adopt(p)
}

// forget tells the index of packs that are gone.
func (s *Store) forget(packs []string) error {
	defer s.outdate()
	return s.index.Forget(packs)
}

// outdate drops what is kept of an index that has lost packs, or may have.
func (s *Store) outdate() {
	s.lists.Purge()
	s.locations.Purge()
}
