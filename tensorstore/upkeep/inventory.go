package upkeep

import (
	"bytes"
	"errors"
	"io/fs"

	"dits/tensorstore"
	"dits/tensorstore/choose"
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
)

// A key names a content.
type key struct {
	kind pack.Kind
	id   digest.ID
}

// An inventory is what the packs of a store hold, and which record of each content a
// repacking keeps.
type inventory struct {
	store       *tensorstore.Store
	manifest    func(digest.ID) ([]byte, error) // the right one of several; nil: the first that can be read
	packs       map[string]surveyed
	best        map[key]tensorstore.Location // of each content
	several     map[key][]tensorstore.Location
	predictions map[digest.ID]needs
	used        map[digest.ID]bool // predictions that some record names
}

// A surveyed pack is one that was there at the start.
type surveyed struct {
	size    int64 // bytes of the file
	objects int64 // decoded bytes of what an index adopts with it
	entries []pack.Entry
}

// The needs of a prediction are the blobs that it reads.
type needs struct {
	sources  []digest.ID
	specific bool  // of one tensor; others are shared by all that need nothing particular
	stored   int64 // bytes of its record
}

// newInventory reads the indexes of all packs.
func newInventory(s *tensorstore.Store, manifest func(digest.ID) ([]byte, error)) (*inventory, error) {
	names, err := s.Index().Packs()
	if err != nil {
		return nil, err
	}
	inv := &inventory{store: s, manifest: manifest, packs: map[string]surveyed{},
		best: map[key]tensorstore.Location{}, several: map[key][]tensorstore.Location{},
		predictions: map[digest.ID]needs{}, used: map[digest.ID]bool{}}
	for _, name := range names {
		p, err := s.Pack(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue // it went since the store was opened
		}
		if err != nil {
			return nil, err
		}
		inv.add(name, p.Size, p.Entries)
	}
	return inv, inv.choose()
}

func (v *inventory) add(name string, size int64, entries []pack.Entry) {
	p := surveyed{size: size, entries: entries}
	for _, e := range entries {
		if e.Kind != pack.Chunk && e.Kind != pack.Prediction {
			p.objects += e.RawLen
		}
		if !e.Prediction.IsZero() {
			v.used[e.Prediction] = true
		}
		k := key{e.Kind, e.ID}
		if first, twice := v.best[k]; twice {
			if len(v.several[k]) == 0 {
				v.several[k] = []tensorstore.Location{first}
			}
			v.several[k] = append(v.several[k], tensorstore.Location{Pack: name, Entry: e})
			continue
		}
		v.best[k] = tensorstore.Location{Pack: name, Entry: e}
	}
	v.packs[name] = p
}

// choose decides between the records of one content: as readers do, for the shallowest
// records need none but shallower ones, so that together they are acyclic and complete.
// One whose bytes are damaged is passed over, and so is a list or manifest that is a lie.
func (v *inventory) choose() error {
	for k := range v.several {
		locs, err := v.store.Index().Locate(k.kind, k.id)
		if err != nil {
			return err
		}
		right := v.right(k)
		for _, loc := range locs {
			if _, known := v.packs[loc.Pack]; known && v.readable(loc, right) {
				v.best[k] = loc
				break
			}
		}
	}
	return nil
}

// right is what a record has to hold which is named by what it describes, nil if that is not known.
func (v *inventory) right(k key) []byte {
	var b []byte
	var err error
	switch {
	case k.kind == pack.Blob:
		b, err = v.store.List(k.id)
	case k.kind == pack.Manifest && v.manifest != nil:
		b, err = v.manifest(k.id)
	}
	if err != nil {
		return nil // none can be read: any is as good
	}
	return b
}

func (v *inventory) readable(loc tensorstore.Location, right []byte) bool {
	if right == nil {
		_, err := v.store.Payload(loc)
		return err == nil
	}
	b, err := v.store.Decoded(loc)
	return err == nil && bytes.Equal(b, right)
}

// chunks are those of a blob. One without a list is a chunk: of many small tensors none is asked for.
func (v *inventory) chunks(blob digest.ID) ([]tensorstore.Span, error) {
	_, listed := v.best[key{pack.Blob, blob}]
	if loc, known := v.best[key{pack.Chunk, blob}]; known && !listed {
		return []tensorstore.Span{{ID: blob, Len: loc.RawLen}}, nil
	}
	return v.store.Chunks(blob)
}

// bytes is what all packs take.
func (v *inventory) bytes() (n int64) {
	for _, p := range v.packs {
		n += p.size
	}
	return n
}

// needs reads what a prediction needs; nothing for the zero ID.
func (v *inventory) needs(prediction digest.ID) (needs, error) {
	if prediction.IsZero() {
		return needs{}, nil
	}
	if n, ok := v.predictions[prediction]; ok {
		return n, nil
	}
	p, err := v.store.Prediction(prediction)
	if err != nil {
		return needs{}, err
	}
	n := needs{sources: p.Blobs(), specific: p.Elements > 0 || len(p.Blobs()) > 0,
		stored: v.best[key{pack.Prediction, prediction}].Len + choose.RecordBytes}
	v.predictions[prediction] = n
	return n, nil
}
