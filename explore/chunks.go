package explore

import (
	"context"
	"net/url"

	"dits/catalog"
	"dits/repo/lineage"
	"dits/tensorstore/digest"
)

// A ChunkList answers "chunks": those of a segment, in order.
type ChunkList struct {
	Chunks []ChunkInfo `json:"chunks"`
	Kinds  []string    `json:"kinds"` // as of a [Sharing]
}

// A ChunkInfo is one chunk, and how it is kept.
type ChunkInfo struct {
	Len    int64 `json:"len"`    // bytes
	How    int   `json:"how"`    // as of [Blobs]
	Kind   int   `json:"kind"`   // an index of Kinds
	Stored int64 `json:"stored"` // bytes in packs
	Blobs  int   `json:"blobs"`  // how many blobs have it, this one among them
}

// chunks answers "chunks" for ?segment= (from 0 on) of the file ?file= (its digest) of ?model=, among the rows of ?of=.
func (e *Explorer) chunks(ctx context.Context, about url.Values) (any, error) {
	a, err := e.segmentOf(ctx, about)
	if err != nil {
		return nil, err
	}
	kept, err := a.kept()
	if err != nil {
		return nil, err
	}
	list := &ChunkList{Chunks: []ChunkInfo{}, Kinds: []string{""}}
	kinds := map[string]int{"": 0}
	reader := lineage.NewStorageReader(a.model.Repo.History)
	for _, c := range kept {
		k, err := reader.Kept([]catalog.KeptChunk{c})
		if err != nil {
			return nil, err
		}
		if _, known := kinds[k.Kind]; !known {
			kinds[k.Kind] = len(list.Kinds)
			list.Kinds = append(list.Kinds, k.Kind)
		}
		list.Chunks = append(list.Chunks, ChunkInfo{c.Len, int(k.How), kinds[k.Kind], c.Stored, a.sharing.blobsWith(a.model, c)})
	}
	return list, nil
}

// blobsWith is how many blobs have a chunk.
func (s *sharing) blobsWith(m *Model, c catalog.KeptChunk) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return max(1, s.chunks[chunkKey{m.Repo.StoreDir, c.Chunk}].blobs)
}

// A segmentAt is a segment that is asked about.
type segmentAt struct {
	sharing *sharing
	model   *Model
	row     int
	segment int
	blob    digest.ID
}

// segmentOf finds a segment among rows, all of which were looked at then.
func (e *Explorer) segmentOf(ctx context.Context, about url.Values) (*segmentAt, error) {
	s, err := e.sharingOf(ctx, about)
	if err != nil {
		return nil, err
	}
	m, err := e.model(about)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.lookUpTo(ctx, len(s.chosen.rows)); err != nil {
		return nil, err
	}
	for i, r := range s.answer.Rows {
		if r.Model != m.Name || r.File.String() != about.Get("file") {
			continue
		}
		if len(r.Blobs) == 0 {
			return nil, notFound("%.200q is empty: it has no segments", r.Path)
		}
		segment, err := numberOf(about, "segment", 0, 0, len(r.Blobs)-1)
		if err != nil {
			return nil, err
		}
		f, err := m.Repo.ReadFile(r.File)
		if err != nil {
			return nil, err
		}
		return &segmentAt{s, m, i, segment, f.Blobs[segment]}, nil
	}
	return nil, notFound("no file %.64q among the rows", about.Get("file"))
}

// kept is how its chunks are.
func (a *segmentAt) kept() ([]catalog.KeptChunk, error) {
	kept, err := a.model.Repo.Catalog.Kept([]digest.ID{a.blob})
	return kept[a.blob], err
}
