package tensorstore

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sync/atomic"

	"dits/tensorstore/buffer"
	"dits/tensorstore/choose"
	"dits/tensorstore/codec"
	"dits/tensorstore/digest"
	"dits/tensorstore/predict"
)

// errTooDeep ends a chain of sources that is longer than any writer makes, or a cycle.
var errTooDeep = fmt.Errorf("its sources are more than %d deep", choose.MaxDepth)

// errTooMuch ends a read that untrusted packs have made endless.
var errTooMuch = fmt.Errorf("its sources take more than %d bytes of decoding", choose.MaxWork)

// A reach bounds what one chunk may need.
type reach struct {
	depth  int           // how long a chain of sources may still be
	work   *atomic.Int64 // bytes that may still be decoded, records that fail included
	failed *failures     // what could not be read on the way: records that need each other are tried once
}

// newReach is that of a chunk that is read for itself.
func newReach() reach {
	r := reach{choose.MaxDepth, new(atomic.Int64), new(failures)}
	r.work.Store(choose.MaxWork)
	return r
}

// spend takes the decoding of a record off what is left.
func (r reach) spend(loc Location) error {
	const fixed = 4 << 10 // of any record, however small
	if r.work.Add(-loc.RawLen-fixed) < 0 {
		return errTooMuch
	}
	return nil
}

// replay takes what computing a prediction costs off what is left: a quantiser takes as long as decoding some tens of
// times as much.
func (r reach) replay(p *predict.Prediction, loc Location) error {
	if r.work.Add(-p.Work(loc.RawLen)) < 0 {
		return errTooMuch
	}
	return nil
}

// chunk returns the bytes of a chunk, checked against its digest; the caller must not
// change them. Of several records it takes the first that can be read. Packs that went
// meanwhile are looked for once more: what they held is in others.
func (s *Store) chunk(id digest.ID, to reach) ([]byte, error) {
	if b, ok := s.chunks.Get(id); ok {
		return b, nil
	}
	if err := to.failed.of(id, to.depth); err != nil {
		return nil, err
	}
	b, err := s.anyChunk(id, to)
	if s.moved(err) {
		b, err = s.anyChunk(id, to)
	}
	if err != nil {
		to.failed.add(id, to.depth, err)
	}
	return b, err
}

// moved says that an error came of a pack that is gone, and that the index knows it now:
// another process has repacked the store.
func (s *Store) moved(err error) bool {
	return errors.Is(err, fs.ErrNotExist) && s.Refresh() == nil
}

func (s *Store) anyChunk(id digest.ID, to reach) ([]byte, error) {
	locs, err := s.located(id)
	if err != nil {
		return nil, err
	}
	var errs []error
	for _, loc := range locs {
		b, err := s.decodeChunk(loc, to)
		if err == nil {
			s.chunks.Add(id, b)
			return b, nil
		}
		errs = append(errs, err)
		if errors.Is(err, errTooMuch) {
			break
		}
	}
	return nil, joined(errs)
}

// decodeChunk reads one record of a chunk.
func (s *Store) decodeChunk(loc Location, to reach) ([]byte, error) {
	buf := buffer.Get(0)
	defer buffer.Put(buf)
	payload, err := s.payload(&loc, *buf, maxChunk)
	if err != nil {
		return nil, err
	}
	*buf = payload
	if err := to.spend(loc); err != nil {
		return nil, badRecord(loc, err)
	}
	in, err := s.input(loc, to)
	if err != nil {
		return nil, badRecord(loc, err)
	}
	c, err := codec.For(codec.Encoding(loc.Encoding))
	if err != nil {
		return nil, badRecord(loc, err)
	}
	out := make([]byte, loc.RawLen)
	if err := c.Decode(out, payload, in); err != nil {
		return nil, badRecord(loc, err)
	}
	if got := digest.Sum(out); got != loc.ID {
		return nil, badRecord(loc, fmt.Errorf("content has digest %s, want %s", got, loc.ID))
	}
	return out, nil
}

// input is what the decoder of a chunk needs to know: its prediction.
func (s *Store) input(loc Location, to reach) (codec.Input, error) {
	if loc.Prediction.IsZero() {
		return codec.Input{}, nil
	}
	p, err := s.Prediction(loc.Prediction)
	if err != nil {
		return codec.Input{}, err
	}
	if p.Predicts() && to.depth == 0 {
		return codec.Input{}, errTooDeep
	}
	if err := to.replay(p, loc); err != nil {
		return codec.Input{}, err
	}
	in, err := p.Input(loc.First, int(loc.RawLen), s.opener(to))
	if err != nil {
		return codec.Input{}, fmt.Errorf("prediction %s: %w", loc.Prediction, err)
	}
	return in, nil
}

// opener opens the sources of a chunk that has this reach.
func (s *Store) opener(to reach) func(digest.ID) (io.ReaderAt, error) {
	to.depth--
	return func(id digest.ID) (io.ReaderAt, error) { return s.source(id, to) }
}
