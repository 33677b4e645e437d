package tensorstore

import (
	"dits/tensorstore/pack"
)

// A filling is a pack that a session writes, and what the index is to learn of it.
type filling struct {
	pack    *pack.Writer
	sealed  Sealed // blobs and objects so far
	objects int64  // bytes of them
	known   map[key]bool
}

func (s *Store) newFilling() (*filling, error) {
	w, err := pack.Create(s.options.FS, s.packDir())
	if err != nil {
		return nil, err
	}
	return &filling{pack: w, known: map[key]bool{}}, nil
}

// append adds a record. object is the decoded payload of what is no chunk.
func (f *filling) append(e pack.Entry, payload, object []byte) error {
	if _, err := f.pack.Append(e, payload); err != nil {
		return err
	}
	if e.Kind != pack.Chunk && e.Kind != pack.Prediction {
		if err := f.sealed.add(Object{e.Kind, e.ID, object}); err != nil {
			return err
		}
	}
	f.known[key{e.Kind, e.ID}] = true
	f.objects += int64(len(object))
	return nil
}

// seal makes the pack durable. From then on its content is found by the index alone.
func (f *filling) seal(s *Store, told func(string)) error {
	info, err := f.pack.Seal()
	if err != nil {
		return err
	}
	f.sealed.Name, f.sealed.Size, f.sealed.Entries = info.Name, info.Size, info.Entries
	told(info.Name)
	return s.adoptSealed(f.sealed)
}
