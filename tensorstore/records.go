package tensorstore

import (
	"io/fs"
	"os"

	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
)

// What stands here is for who puts a store in order: it is about records, of which a content may have several.

// Index is what the store was opened with.
func (s *Store) Index() Index { return s.index }

// Options are those of the store, with their defaults.
func (s *Store) Options() Options { return s.options }

// Packs lists the packs on disk, whether the index knows them or not.
func (s *Store) Packs() ([]string, error) { return pack.List(s.packDir()) }

// A PackInfo is what a pack says of itself.
type PackInfo struct {
	Size    int64 // bytes of the file
	Entries []pack.Entry
}

// Pack reads the index of a pack. One that is not there is an fs.ErrNotExist, any other that cannot be read
// [ErrCorrupt].
func (s *Store) Pack(name string) (PackInfo, error) {
	p, err := s.packs.get(name)
	if err != nil {
		return PackInfo{}, err
	}
	defer s.packs.put(p)
	return PackInfo{p.Size(), p.Entries()}, nil
}

// Stat is the file of a pack: its size, and when it was sealed.
func (s *Store) Stat(name string) (fs.FileInfo, error) { return os.Stat(s.packs.path(name)) }

// ListedChunks are the chunks that the payload of a blob's record lists.
func ListedChunks(blob digest.ID, payload []byte) ([]Span, error) {
	b, err := unmarshalBlob(blob, payload)
	return b.Chunks, err
}

// Payload is the stored bytes of a record.
func (s *Store) Payload(loc Location) ([]byte, error) { return s.payload(&loc, nil, maxObject) }

// Decoded is the bytes of a record that is no chunk.
func (s *Store) Decoded(loc Location) ([]byte, error) { return s.readObject(loc) }

// List is the chunk list of a blob as records have it; of several that differ the right one.
func (s *Store) List(id digest.ID) ([]byte, error) {
	l, err := s.chunkList(id)
	if err != nil {
		return nil, err
	}
	return l.marshal(), nil
}

// Chunk returns the bytes of a chunk, checked against its digest; the caller must not change them.
func (s *Store) Chunk(id digest.ID) ([]byte, error) { return s.chunk(id, newReach()) }

// PutChunk appends the record of a chunk that is coded already, also where the store has one of it.
func (w *Writer) PutChunk(e pack.Entry, payload []byte) error {
	_, err := w.append(e, payload, nil)
	return err
}

// Copy appends a record of the store as it is, but for its depth.
func (w *Writer) Copy(loc Location, depth uint8) error {
	payload, err := w.store.Payload(loc)
	if err != nil {
		return err
	}
	var object []byte
	if loc.Kind != pack.Chunk && loc.Kind != pack.Prediction {
		if object, err = w.store.readObject(loc); err != nil {
			return err
		}
	}
	e := loc.Entry
	e.Depth = depth
	_, err = w.append(e, payload, object)
	return err
}
