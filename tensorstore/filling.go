package tensorstore

import (
	"errors"
	"fmt"

	"dits/tensorstore/choose"
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
	"dits/tensorstore/predict"
)

// A filling is a pack that a session writes, and what the index is to learn of it.
type filling struct {
	pack    *pack.Writer
	hollow  bool   // chunks are left out of the pack
	sealed  Sealed // blobs and objects so far
	objects int64  // bytes of them
	known   map[key]bool
	needed  map[digest.ID]bool        // predictions that its records name
	parts   []digest.ID               // blobs that its objects name
	sources map[digest.ID][]digest.ID // blobs that predictions of the pack read
}

func (s *Store) newFilling() (*filling, error) {
	w, err := pack.Create(s.options.FS, s.packDir())
	if err != nil {
		return nil, err
	}
	return &filling{pack: w, hollow: s.options.Estimate != nil, known: map[key]bool{}, needed: map[digest.ID]bool{},
		sources: map[digest.ID][]digest.ID{}}, nil
}

// append adds a record. object is the decoded payload of what is no chunk.
func (f *filling) append(e pack.Entry, payload, object []byte) error {
	put := f.pack.Append
	if f.hollow && e.Kind == pack.Chunk {
		put = f.pack.AppendHole
	}
	if _, err := put(e, payload); err != nil {
		return err
	}
	if e.Kind != pack.Chunk && e.Kind != pack.Prediction {
		if err := f.sealed.add(Object{e.Kind, e.ID, object}); err != nil {
			return err
		}
	}
	f.known[key{e.Kind, e.ID}] = true
	if e.Kind == pack.Prediction && object != nil {
		p, err := predict.Unmarshal(object)
		if err != nil {
			return err
		}
		f.sources[e.ID] = p.Blobs()
	}
	if !e.Prediction.IsZero() {
		f.needed[e.Prediction] = true
	}
	f.objects += int64(len(object))
	return nil
}

// seal makes the pack durable. From then on its content is found by the index alone. What its
// records need is looked for while no pack can go.
func (f *filling) seal(w *Writer) error {
	release, err := w.store.Hold()
	if err != nil {
		f.pack.Abort()
		return err
	}
	defer release()
	if err := f.complete(w); err != nil {
		f.pack.Abort()
		return asGone(err)
	}
	info, err := f.pack.Seal()
	if err != nil {
		return err
	}
	f.sealed.Name, f.sealed.Size, f.sealed.Entries = info.Name, info.Size, info.Entries
	w.told(info.Name)
	if err := w.store.adoptSealed(f.sealed); err != nil {
		return err
	}
	w.store.sealed(info.Name)
	return nil
}

// asGone is err as an [ErrGone], if it is that something is not there that was.
func asGone(err error) error {
	if errors.Is(err, ErrUnknown) {
		return fmt.Errorf("%w: %w", ErrGone, err)
	}
	return err
}

// complete adds the predictions that records of the pack name and that the store had when they
// were written, but has no more: another process has repacked it. The sources of all have to be there,
// and what its lists and objects are made of.
func (f *filling) complete(w *Writer) error {
	if w.alone {
		return nil
	}
	for id := range f.needed {
		if !f.known[key{pack.Prediction, id}] {
			if err := f.include(w, id); err != nil {
				return err
			}
		}
		if err := f.haveSources(w.store, id); err != nil {
			return err
		}
	}
	return f.haveParts(w.store)
}

// include adds a prediction unless the store has it.
func (f *filling) include(w *Writer, id digest.ID) error {
	has, err := w.store.HasObject(pack.Prediction, id)
	if has || err != nil {
		return err
	}
	payload := w.prediction(id)
	if payload == nil {
		return &UnknownError{pack.Prediction, id}
	}
	enc, b := choose.Compress(nil, payload)
	e := pack.Entry{Kind: pack.Prediction, ID: id, Encoding: uint8(enc), RawLen: int64(len(payload))}
	return f.append(e, b, payload)
}

// haveSources makes sure that the store has all blobs that a prediction reads.
func (f *filling) haveSources(s *Store, prediction digest.ID) error {
	sources, own := f.sources[prediction]
	if !own {
		var err error
		if sources, err = s.Sources(prediction); err != nil {
			return err
		}
	}
	for _, blob := range sources {
		if has, err := s.HasWhole(blob); err != nil {
			return err
		} else if !has {
			return &UnknownError{pack.Blob, blob}
		}
	}
	return nil
}

// haveParts makes sure that the pack or the store has all chunks of the pack's lists, and of the blobs that
// its objects name.
func (f *filling) haveParts(s *Store) error {
	var others []digest.ID
	for _, blob := range f.parts {
		if !f.known[key{pack.Blob, blob}] && !f.known[key{pack.Chunk, blob}] {
			others = append(others, blob)
		}
	}
	chunks, err := s.chunksOf(others)
	if err != nil {
		return err
	}
	for _, b := range f.sealed.Blobs {
		for _, c := range b.Chunks {
			if !f.known[key{pack.Chunk, c.ID}] {
				chunks = append(chunks, c.ID)
			}
		}
	}
	return s.haveChunks(chunks)
}
