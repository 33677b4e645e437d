package tensorstore

import (
	"errors"
	"fmt"

	"dits/tensorstore/pack"
)

// adopt reads what a sealed pack says of itself and tells the index. An object that is
// damaged does not keep the rest of the pack from being read: it is left out, and the
// error says so.
func (s *Store) adopt(name string) error {
	r, err := s.packs.get(name)
	if err != nil {
		return err
	}
	defer s.packs.put(r)
	sealed := Sealed{Name: name, Size: r.Size(), Entries: r.Entries()}
	if err := boundObjects(name, sealed.Entries); err != nil {
		return err
	}
	var damage []error
	for _, e := range sealed.Entries {
		if e.Kind == pack.Chunk || e.Kind == pack.Prediction {
			continue
		}
		loc := Location{name, e}
		b, err := s.readObject(loc)
		if err == nil {
			if err = sealed.add(Object{e.Kind, e.ID, b}); err != nil {
				err = badRecord(loc, err)
			}
		}
		if err != nil && !errors.Is(err, ErrCorrupt) {
			return err
		}
		damage = append(damage, err)
	}
	err = s.adoptSealed(sealed)
	if err != nil && !errors.Is(err, ErrCorrupt) {
		return err
	}
	return errors.Join(append(damage, err)...)
}

// boundObjects refuses a pack whose objects would take more memory than any writer's.
func boundObjects(name string, entries []pack.Entry) error {
	var sum int64
	for _, e := range entries {
		if e.Kind != pack.Chunk && e.Kind != pack.Prediction {
			sum += e.RawLen
		}
	}
	if sum > maxObjects {
		return fmt.Errorf("pack %s: objects of %d bytes, want at most %d: %w", name, sum, int64(maxObjects), ErrCorrupt)
	}
	return nil
}

// add sorts an object to where the index expects it.
func (p *Sealed) add(o Object) error {
	if o.Kind != pack.Blob {
		p.Objects = append(p.Objects, o)
		return nil
	}
	b, err := unmarshalBlob(o.ID, o.Payload)
	if err == nil {
		p.Blobs = append(p.Blobs, b)
	}
	return err
}
