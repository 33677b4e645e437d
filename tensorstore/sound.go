package tensorstore

import (
	"errors"
	"io/fs"
	"sync"

	"dits/tensorstore/buffer"
	"dits/tensorstore/choose"
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
)

// Sound says that the store has blobs and can read them, as far as checksums tell: there are lists,
// and each chunk has a record whose bytes are what they were, as is all that it is predicted from.
// Each record is read once a process; nothing is decoded.
func (s *Store) Sound(blobs ...digest.ID) (bool, error) { return s.soundBlobs(blobs, choose.MaxDepth) }

// sound are the records that were read and found as they were written.
type sound struct {
	mu   sync.Mutex
	seen map[place]bool
}

// A place is where a record lies.
type place struct {
	pack string
	off  int64
}

// maxSound bounds how many records are remembered: some 100 bytes each.
const maxSound = 1 << 19

func (s *sound) has(p place) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seen[p]
}

func (s *sound) add(p place) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.seen == nil || len(s.seen) >= maxSound {
		s.seen = map[place]bool{}
	}
	s.seen[p] = true
}

// soundBlobs is Sound for blobs whose chains of sources may be so long.
func (s *Store) soundBlobs(blobs []digest.ID, depth int) (bool, error) {
	chunks, err := s.chunksOf(blobs)
	if err != nil {
		return false, unlessUnreadable(err)
	}
	located, err := s.index.LocateAll(pack.Chunk, chunks)
	if err != nil {
		return false, err
	}
	for _, chunk := range chunks {
		if ok, err := s.anySound(located[chunk], depth); err != nil || !ok {
			return false, err
		}
	}
	return true, nil
}

// chunksOf are the chunks of blobs.
func (s *Store) chunksOf(blobs []digest.ID) (chunks []digest.ID, err error) {
	listed, err := s.index.LocateAll(pack.Blob, blobs)
	if err != nil {
		return nil, err
	}
	for _, blob := range blobs {
		if len(listed[blob]) == 0 {
			chunks = append(chunks, blob) // one without a list is a chunk
			continue
		}
		l, err := s.chunkList(blob)
		if err != nil {
			return nil, err
		}
		chunks = append(chunks, chunkIDs(l.Blob)...)
	}
	return chunks, nil
}

// anySound says that one of some records of a chunk can be read.
func (s *Store) anySound(locs []Location, depth int) (bool, error) {
	for _, loc := range locs {
		if ok, err := s.soundRecord(loc, depth); err != nil || ok {
			return ok, err
		}
	}
	return false, nil
}

func (s *Store) soundRecord(loc Location, depth int) (bool, error) {
	at := place{loc.Pack, loc.Off}
	if s.marks[at] {
		return false, nil
	}
	if s.sound.has(at) || s.isEstimated(loc.Pack) {
		return true, nil
	}
	buf := buffer.Get(0)
	defer buffer.Put(buf)
	b, err := s.payload(&loc, *buf, maxChunk)
	if err != nil {
		return false, unlessUnreadable(err)
	}
	*buf = b
	if !loc.Prediction.IsZero() {
		if ok, err := s.soundPrediction(loc.Prediction, depth); err != nil || !ok {
			return false, err
		}
	}
	s.sound.add(at)
	return true, nil
}

// soundPrediction says that a prediction and all that it reads can be read.
func (s *Store) soundPrediction(id digest.ID, depth int) (bool, error) {
	p, err := s.Prediction(id)
	if err != nil {
		return false, unlessUnreadable(err)
	}
	if depth == 0 && p.Predicts() {
		return false, nil
	}
	if len(p.Blobs()) == 0 {
		return true, nil
	}
	return s.soundBlobs(p.Blobs(), depth-1)
}

// unlessUnreadable is nil for what is damaged or not there: whoever has the content stores it anew.
func unlessUnreadable(err error) error {
	if errors.Is(err, ErrCorrupt) || errors.Is(err, ErrUnknown) || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
