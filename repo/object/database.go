package object

import (
	"cmp"
	"errors"
	"fmt"

	lru "github.com/hashicorp/golang-lru/v2"

	"dits/catalog"
	"dits/tensorstore"
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
)

// A Database keeps the objects of a repository: a store for bytes and a catalog for questions about
// them. It is safe for concurrent use. Close it.
type Database struct {
	Store   *tensorstore.Store
	Catalog *catalog.Catalog

	proven *lru.Cache[digest.ID, []byte] // the right manifest of files that have several
}

// keptProven is how many files with several manifests are remembered.
const keptProven = 64

// Close releases the store and the catalog. A nil Database has none.
func (d *Database) Close() error {
	if d == nil {
		return nil
	}
	return errors.Join(d.Store.Close(), d.Catalog.Close())
}

// Anew is the database with nothing kept of what was read or stored: all comes from the packs. It drops what is kept
// here, and is closed with d.
func (d *Database) Anew() *Database {
	return &Database{Store: d.Store.Without(nil), Catalog: d.Catalog, proven: d.proven}
}

// catalogIndex makes a catalog the index of a store: it knows what the objects mean
// that the store keeps as bytes.
type catalogIndex struct{ c *catalog.Catalog }

var _ tensorstore.Index = catalogIndex{}

func (x catalogIndex) Packs() ([]string, error) {
	packs, err := x.c.Packs()
	names := make([]string, len(packs))
	for i, p := range packs {
		names[i] = p.Name
	}
	return names, err
}

func (x catalogIndex) Locate(kind pack.Kind, id digest.ID) ([]tensorstore.Location, error) {
	found, err := x.LocateAll(kind, []digest.ID{id})
	return found[id], err
}

func (x catalogIndex) LocateAll(kind pack.Kind, ids []digest.ID) (map[digest.ID][]tensorstore.Location, error) {
	records, err := x.c.RecordsOf(kind, ids)
	found := make(map[digest.ID][]tensorstore.Location, len(records))
	for id, rs := range records {
		for _, r := range rs {
			found[id] = append(found[id], tensorstore.Location{Pack: r.Pack, Entry: r.Entry})
		}
	}
	return found, err
}

func (x catalogIndex) Forget(packs []string) error {
	return busy(x.c.Update(func(tx *catalog.Tx) error {
		for _, name := range packs {
			if err := tx.RemovePack(name); err != nil {
				return err
			}
		}
		return nil
	}))
}

// busy is err as a store knows it.
func busy(err error) error {
	if errors.Is(err, catalog.ErrBusy) {
		return fmt.Errorf("%w: %w", tensorstore.ErrBusy, err)
	}
	return err
}

func (x catalogIndex) Adopt(p tensorstore.Sealed) error {
	var damage []error
	err := busy(x.c.Update(func(tx *catalog.Tx) error {
		if err := tx.AddPack(catalog.Pack{Name: p.Name, Size: p.Size}, p.Entries); err != nil {
			return err
		}
		for _, b := range p.Blobs {
			if err := tx.AddBlob(catalogBlob(b)); err != nil {
				return err
			}
		}
		for _, o := range p.Objects {
			err := adoptObject(tx, o)
			if err != nil {
				err = fmt.Errorf("pack %s: %s %s: %w", p.Name, o.Kind, o.ID, err)
			}
			if err != nil && !errors.Is(err, tensorstore.ErrCorrupt) {
				return err
			}
			damage = append(damage, err)
		}
		return nil
	}))
	return cmp.Or(err, errors.Join(damage...))
}

func catalogBlob(b tensorstore.Blob) catalog.Blob {
	out := catalog.Blob{ID: b.ID, Len: b.Len, Chunks: make([]catalog.Span, len(b.Chunks))}
	for i, c := range b.Chunks {
		out.Chunks[i] = catalog.Span(c)
	}
	return out
}

// adoptObject adds the rows of one object. What cannot be understood is damage.
func adoptObject(tx *catalog.Tx, o tensorstore.Object) error {
	switch o.Kind {
	case pack.Manifest:
		f, err := DecodeManifest(o.ID, o.Payload)
		return adopt(f, err, tx.AddFile)
	case pack.Tree:
		t, err := DecodeTree(o.ID, o.Payload)
		return adopt(t, err, tx.AddTree)
	case pack.Commit:
		c, err := DecodeCommit(o.ID, o.Payload)
		return adopt(c, err, tx.AddCommit)
	}
	return nil
}

// adopt adds v unless decoding it gave an error.
func adopt[T any](v T, err error, add func(T) error) error {
	if err != nil {
		return fmt.Errorf("%w: %w", tensorstore.ErrCorrupt, err)
	}
	return add(v)
}
