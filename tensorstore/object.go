package tensorstore

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"dits/tensorstore/codec"
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
	"dits/tensorstore/predict"
)

// Object is the bytes of an object. Those whose id is the digest of their bytes
// (trees, commits, tags, predictions) are checked against it. It is an
// [UnknownError] when the store has none.
func (s *Store) Object(kind pack.Kind, id digest.ID) ([]byte, error) {
	b, err := s.anyObject(kind, id)
	if s.moved(err) {
		return s.anyObject(kind, id)
	}
	return b, err
}

func (s *Store) anyObject(kind pack.Kind, id digest.ID) ([]byte, error) {
	locs, err := s.index.Locate(kind, id)
	if err != nil {
		return nil, err
	}
	if len(locs) == 0 {
		return nil, &UnknownError{kind, id}
	}
	var errs []error
	for _, loc := range locs {
		b, err := s.readObject(loc)
		if err == nil {
			return b, nil
		}
		errs = append(errs, err)
	}
	return nil, errors.Join(errs...)
}

// Objects is [Store.Object] of many objects: the index is asked once. Left out is what takes a closer look: what the
// store does not have or cannot read, and what records say different things of.
func (s *Store) Objects(kind pack.Kind, ids []digest.ID) (map[digest.ID][]byte, error) {
	located, err := s.index.LocateAll(kind, ids)
	if err != nil {
		return nil, err
	}
	found := make(map[digest.ID][]byte, len(located))
	for id, locs := range located {
		if all, err := s.differing(locs); err == nil && len(all) == 1 {
			found[id] = all[0]
		}
	}
	return found, nil
}

// Variants are the different bytes that records of an object have which can be read, those that
// readers take first. Of an object that is named by its own bytes there is one.
func (s *Store) Variants(kind pack.Kind, id digest.ID) ([][]byte, error) {
	all, err := s.variants(kind, id)
	if s.moved(err) {
		return s.variants(kind, id)
	}
	return all, err
}

func (s *Store) variants(kind pack.Kind, id digest.ID) ([][]byte, error) {
	locs, err := s.index.Locate(kind, id)
	if err != nil {
		return nil, err
	}
	if len(locs) == 0 {
		return nil, &UnknownError{kind, id}
	}
	return s.differing(locs)
}

// differing are the different bytes that records of one object have, of those that can be read.
func (s *Store) differing(locs []Location) (all [][]byte, err error) {
	var errs []error
	for _, loc := range locs {
		b, err := s.readObject(loc)
		if err != nil {
			errs = append(errs, err)
		} else if !slices.ContainsFunc(all, func(has []byte) bool { return bytes.Equal(has, b) }) {
			all = append(all, b)
		}
	}
	if len(all) == 0 {
		return nil, errors.Join(errs...)
	}
	return all, nil
}

// HasObject says that the store has an object.
func (s *Store) HasObject(kind pack.Kind, id digest.ID) (bool, error) {
	locs, err := s.index.Locate(kind, id)
	return len(locs) > 0, err
}

// hasReadable says that the store has an object of those bytes and can read it: another record
// makes up for one that is damaged, or that says other things of what it describes.
func (s *Store) hasReadable(kind pack.Kind, id digest.ID, payload []byte) (bool, error) {
	all, err := s.Variants(kind, id)
	if errors.Is(err, ErrUnknown) || errors.Is(err, ErrCorrupt) {
		return false, nil
	}
	return slices.ContainsFunc(all, func(b []byte) bool { return bytes.Equal(b, payload) }), err
}

// readObject reads and decodes one record that is not a chunk.
func (s *Store) readObject(loc Location) ([]byte, error) {
	payload, err := s.payload(&loc, nil, maxObject)
	if err != nil {
		return nil, err
	}
	c, err := codec.For(codec.Encoding(loc.Encoding))
	if err != nil {
		return nil, badRecord(loc, err)
	}
	out := make([]byte, loc.RawLen)
	if err := c.Decode(out, payload, codec.Input{}); err != nil {
		return nil, badRecord(loc, err)
	}
	if namedByContent(loc.Kind) {
		if got := digest.Sum(out); got != loc.ID {
			return nil, badRecord(loc, fmt.Errorf("content has digest %s, want %s", got, loc.ID))
		}
	}
	return out, nil
}

// payload reads the stored bytes of a record whose decoded length may be up to max, into buf where that has the
// capacity. Of the location only the place and the content count: all else is as the pack says, for the index may
// be damaged.
func (s *Store) payload(loc *Location, buf []byte, max int64) ([]byte, error) {
	r, err := s.packs.get(loc.Pack)
	if errors.Is(err, fs.ErrNotExist) {
		err = badRecord(*loc, err)
	}
	if err != nil {
		return nil, err
	}
	defer s.packs.put(r)
	e, ok := r.Entry(loc.Kind, loc.ID, loc.Off)
	if !ok {
		return nil, badRecord(*loc, ErrIndex)
	}
	loc.Entry = e
	if loc.RawLen > max {
		return nil, badRecord(*loc, fmt.Errorf("%d bytes, want at most %d", loc.RawLen, max))
	}
	if loc.Len > max {
		return nil, badRecord(*loc, fmt.Errorf("payload of %d bytes, want at most %d", loc.Len, max))
	}
	b, err := r.Read(e, buf)
	var sum *pack.CorruptError
	if errors.As(err, &sum) { // the record says the rest
		err = fmt.Errorf("checksum %016x, want %016x", sum.Got, sum.Want)
	}
	if err != nil {
		return nil, badRecord(*loc, err)
	}
	return b, nil
}

// namedByContent says that the id of a record is the digest of its own bytes. A
// blob's and a manifest's is that of the bytes which they describe.
func namedByContent(k pack.Kind) bool { return k != pack.Blob && k != pack.Manifest }

// Prediction returns the prediction that a chunk names.
func (s *Store) Prediction(id digest.ID) (*predict.Prediction, error) {
	if p, ok := s.predictions.Get(id); ok {
		return p, nil
	}
	b, err := s.Object(pack.Prediction, id)
	if err != nil {
		return nil, err
	}
	p, err := predict.Unmarshal(b)
	if err != nil {
		return nil, fmt.Errorf("prediction %s: %w", id, err)
	}
	s.predictions.Add(id, p)
	return p, nil
}

// Sources are the blobs that a prediction needs.
func (s *Store) Sources(prediction digest.ID) ([]digest.ID, error) {
	p, err := s.Prediction(prediction)
	if err != nil {
		return nil, err
	}
	return p.Blobs(), nil
}
