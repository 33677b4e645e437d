package tensorstore

import (
	"errors"
	"fmt"
	"io"

	"dits/tensorstore/codec"
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
)

// errTooDeep ends a chain of sources that is longer than any writer makes, or a cycle.
var errTooDeep = fmt.Errorf("its sources are more than %d deep", maxDepth)

// chunk returns the bytes of a chunk, checked against its digest; the caller must not
// change them. Of several records it takes the first that can be read.
func (s *Store) chunk(id digest.ID, depth int) ([]byte, error) {
	if b, ok := s.chunks.Get(id); ok {
		return b, nil
	}
	locs, err := s.index.Locate(pack.Chunk, id)
	if err != nil {
		return nil, err
	}
	if len(locs) == 0 {
		return nil, &UnknownError{pack.Chunk, id}
	}
	var errs []error
	for _, loc := range locs {
		b, err := s.decodeChunk(loc, depth)
		if err == nil {
			s.chunks.Add(id, b)
			return b, nil
		}
		errs = append(errs, err)
	}
	return nil, errors.Join(errs...)
}

// decodeChunk reads one record of a chunk. depth is how long a chain of sources may still be.
func (s *Store) decodeChunk(loc Location, depth int) ([]byte, error) {
	payload, err := s.payload(loc, maxChunk)
	if err != nil {
		return nil, err
	}
	in, err := s.input(loc, depth)
	if err != nil {
		return nil, &RecordError{loc, err}
	}
	c, err := codec.For(codec.Encoding(loc.Encoding))
	if err != nil {
		return nil, &RecordError{loc, err}
	}
	out := make([]byte, loc.RawLen)
	if err := c.Decode(out, payload, in); err != nil {
		return nil, &RecordError{loc, err}
	}
	if got := digest.Sum(out); got != loc.ID {
		return nil, &RecordError{loc, fmt.Errorf("content has digest %s, want %s", got, loc.ID)}
	}
	return out, nil
}

// input is what the decoder of a chunk needs to know: its prediction.
func (s *Store) input(loc Location, depth int) (codec.Input, error) {
	if loc.Prediction.IsZero() {
		return codec.Input{}, nil
	}
	p, err := s.prediction(loc.Prediction)
	if err != nil {
		return codec.Input{}, err
	}
	var pred []byte
	if p.Predicts() {
		if depth == 0 {
			return codec.Input{}, errTooDeep
		}
		pred = make([]byte, loc.RawLen)
		if err := p.Predict(pred, loc.First, s.opener(depth-1)); err != nil {
			return codec.Input{}, fmt.Errorf("prediction %s: %w", loc.Prediction, err)
		}
	}
	return p.Input(loc.First, pred), nil
}

// opener opens sources for a chunk that may look depth further sources down.
func (s *Store) opener(depth int) func(digest.ID) (io.ReaderAt, error) {
	return func(id digest.ID) (io.ReaderAt, error) { return s.blob(id, depth) }
}
