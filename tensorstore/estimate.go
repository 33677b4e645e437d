package tensorstore

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"

	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
)

// An Estimate makes a store tell what content would take, without keeping it: chunks are coded as for any store,
// and left out of its packs. What others are made of is read where it came from.
type Estimate struct {
	Packs   string                           // folder of packs that count as the store's own, and stay as they are; "": none
	Content func(blob digest.ID) io.ReaderAt // the bytes of a blob that was put; nil: of none that was
}

// packFolders are the folders that the store's packs are in, that of its own first.
func (s *Store) packFolders() []string {
	if e := s.options.Estimate; e != nil && e.Packs != "" {
		return []string{s.packDir(), e.Packs}
	}
	return []string{s.packDir()}
}

// list is own, the store's packs, and those that count as its own, sorted.
func (e *Estimate) list(own []string) ([]string, error) {
	if e.Packs == "" {
		return own, nil
	}
	others, err := pack.List(e.Packs)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	all := slices.Concat(own, others)
	slices.Sort(all)
	return slices.Compact(all), nil
}

// isEstimated says that a pack lacks its chunks.
func (s *Store) isEstimated(name string) bool {
	if s.options.Estimate == nil {
		return false
	}
	_, err := os.Lstat(s.packs.path(name))
	return err == nil
}

// chunkOf is chunk i of a list: from the store or, where that only estimates, from where the content came from.
func (s *Store) chunkOf(l *chunkList, i int, to reach) ([]byte, error) {
	c := l.Chunks[i]
	if s.options.Estimate == nil {
		return s.chunk(c.ID, to)
	}
	src := s.options.Estimate.Content(l.ID)
	if src == nil {
		return s.chunk(c.ID, to)
	}
	if b, ok := s.chunks.Get(c.ID); ok {
		return b, nil
	}
	b := make([]byte, c.Len)
	if n, err := src.ReadAt(b, l.ends[i]-c.Len); n < len(b) {
		return nil, fmt.Errorf("%w: %w", ErrChanged, err)
	}
	if got := digest.Sum(b); got != c.ID {
		return nil, fmt.Errorf("%w: a part of it has digest %s, want %s", ErrChanged, got, c.ID)
	}
	s.chunks.Add(c.ID, b)
	return b, nil
}
