package explore

import (
	"context"
	"net/url"

	"dits/tensorstore/digest"
)

// A Sharers answers "sharers": the places that have some bytes.
type Sharers struct {
	Places []SharedPlace `json:"places"`
	More   int           `json:"more"` // places that are left out
}

// A SharedPlace is a segment of a file that has the bytes, or that is made of them, or that they are made of.
type SharedPlace struct {
	Row    int       `json:"row"` // of a [Sharing]
	Model  string    `json:"model"`
	Path   string    `json:"path"`
	Refs   []string  `json:"refs"`
	File   digest.ID `json:"file"`
	Tensor string    `json:"tensor"` // "" of what is none
	Off    int64     `json:"off"`    // in the file, bytes
	Len    int64     `json:"len"`    // of the segment
	Common int64     `json:"common"` // bytes that are the same
	As     string    `json:"as"`     // same, part (some chunks), made (of these bytes), source (these bytes are made of it)
	Kind   string    `json:"kind"`   // how it is made, of made and source
}

// mostPlaces is how many places are told.
const mostPlaces = 2000

// sharers answers "sharers" for ?segment= of the file ?file= of ?model=, among the rows of ?of=; with ?chunk= (from 0 on)
// for the bytes of that chunk.
func (e *Explorer) sharers(ctx context.Context, about url.Values) (any, error) {
	a, err := e.segmentOf(ctx, about)
	if err != nil {
		return nil, err
	}
	s := a.sharing
	var links map[int]sharedAs
	if about.Has("chunk") {
		links, err = a.withChunk(about)
	} else {
		s.mu.Lock()
		links = s.linked(s.answer.Rows[a.row].Blobs[a.segment])
		s.mu.Unlock()
	}
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.places(links, a), nil
}

// A sharedAs is how a blob is linked to the one that is asked about.
type sharedAs struct {
	as, kind string
	common   int64
}

// withChunk are the blobs with a chunk of the segment.
func (a *segmentAt) withChunk(about url.Values) (map[int]sharedAs, error) {
	kept, err := a.kept()
	if err != nil {
		return nil, err
	}
	if len(kept) == 0 {
		return nil, notFound("the segment is empty: it has no chunks")
	}
	i, err := numberOf(about, "chunk", 0, 0, len(kept)-1)
	if err != nil {
		return nil, err
	}
	blobs, err := a.model.Repo.Catalog.Having(kept[i].Chunk)
	if err != nil {
		return nil, err
	}
	a.sharing.mu.Lock()
	defer a.sharing.mu.Unlock()
	links := map[int]sharedAs{}
	for _, id := range blobs {
		if n, known := a.sharing.blobs[id]; known {
			links[n] = sharedAs{"part", "", kept[i].Len}
		}
	}
	if n := a.sharing.blobs[a.blob]; len(kept) == 1 || links[n].as != "" {
		links[n] = sharedAs{"same", "", kept[i].Len}
	}
	return links, nil
}

// linked are the blobs that have bytes with a blob in common.
func (s *sharing) linked(blob int) map[int]sharedAs {
	b := s.answer.Blobs
	links := map[int]sharedAs{}
	first := map[int]int{} // of blobs with chunks in common, the one that had them first
	for _, k := range s.answer.Kin {
		if k[1] == blob {
			first[k[0]] = k[2]
		}
	}
	for _, k := range s.answer.Kin {
		switch {
		case k[0] == blob:
			links[k[1]] = sharedAs{"part", "", int64(k[2])}
		case k[1] == blob:
			links[k[0]] = sharedAs{"part", "", int64(k[2])}
		case first[k[0]] > 0 && links[k[1]].as == "":
			links[k[1]] = sharedAs{"part", "", int64(min(k[2], first[k[0]]))}
		}
	}
	for other, source := range b.Source {
		if source == blob && other != blob {
			links[other] = sharedAs{"made", s.answer.Kinds[b.Kind[other]], links[other].common}
		}
	}
	if source := b.Source[blob]; source >= 0 {
		links[source] = sharedAs{"source", s.answer.Kinds[b.Kind[blob]], links[source].common}
	}
	links[blob] = sharedAs{"same", "", b.Len[blob]}
	return links
}

// places are where blobs are, those that have the very bytes first; without the one that is asked about.
func (s *sharing) places(links map[int]sharedAs, a *segmentAt) *Sharers {
	found := map[string][]SharedPlace{}
	for i, r := range s.answer.Rows {
		l, off := s.answer.Layouts[r.Layout], int64(0)
		for seg, blob := range r.Blobs {
			if how := links[blob]; how.as != "" && (i != a.row || seg != a.segment) && l.Lens[seg] > 0 {
				found[how.as] = append(found[how.as], SharedPlace{i, r.Model, r.Path, r.Refs, r.File, l.Names[seg], off, l.Lens[seg],
					how.common, how.as, how.kind})
			}
			off += l.Lens[seg]
		}
	}
	out := &Sharers{Places: []SharedPlace{}}
	for _, as := range []string{"same", "part", "source", "made"} {
		out.Places = append(out.Places, found[as]...)
	}
	if n := len(out.Places); n > mostPlaces {
		out.Places, out.More = out.Places[:mostPlaces], n-mostPlaces
	}
	return out
}
