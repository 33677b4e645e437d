package object

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"dits/catalog"
	"dits/tensorstore"
	"dits/tensorstore/digest"
	"dits/tensorstore/disk"
	"dits/tensorstore/pack"
)

// A Database keeps the objects of a repository: a store for bytes and a catalog for questions about
// them. It is safe for concurrent use. Close it.
type Database struct {
	Store   *tensorstore.Store
	Catalog *catalog.Catalog
}

// Open opens the store in folder dir with its catalog. A catalog that is not
// there is made again from the packs.
func Open(dir string, fsys disk.FS) (*Database, error) {
	if err := fsys.MkdirAll(dir, 0o777); err != nil {
		return nil, err
	}
	cat, err := catalog.Open(catalogPath(dir))
	if err != nil {
		return nil, err
	}
	s, err := tensorstore.Open(dir, catalogIndex{cat}, tensorstore.Options{FS: fsys})
	if err != nil {
		cat.Close()
		return nil, err
	}
	return &Database{s, cat}, nil
}

// Close releases the store and the catalog.
func (d *Database) Close() error { return errors.Join(d.Store.Close(), d.Catalog.Close()) }

func catalogPath(store string) string { return filepath.Join(store, "catalog.db") }

// RemoveCatalog deletes the catalog of the store in folder dir, a cache.
func RemoveCatalog(dir string) error {
	for _, suffix := range []string{"-wal", "-shm", ""} {
		if err := os.Remove(catalogPath(dir) + suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
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

// Blob falls back on a chunk of that digest: its manifest may not have been written
// when the process that stored it was stopped.
func (x catalogIndex) Blob(id digest.ID) (tensorstore.Blob, error) {
	b, err := x.c.Blob(id)
	if errors.Is(err, catalog.ErrNotFound) {
		return x.chunkAsBlob(id)
	}
	if err != nil {
		return tensorstore.Blob{}, err
	}
	out := tensorstore.Blob{ID: b.ID, Len: b.Len, Chunks: make([]tensorstore.Span, len(b.Chunks))}
	for i, c := range b.Chunks {
		out.Chunks[i] = tensorstore.Span(c)
	}
	return out, nil
}

func (x catalogIndex) chunkAsBlob(id digest.ID) (tensorstore.Blob, error) {
	records, err := x.c.Records(pack.Chunk, id)
	if err != nil {
		return tensorstore.Blob{}, err
	}
	if len(records) == 0 {
		return tensorstore.Blob{}, &tensorstore.UnknownError{Kind: pack.Blob, ID: id}
	}
	n := records[0].RawLen
	return tensorstore.Blob{ID: id, Len: n, Chunks: []tensorstore.Span{{ID: id, Len: n}}}, nil
}

func (x catalogIndex) Forget(packs []string) error {
	return x.c.Update(func(tx *catalog.Tx) error {
		for _, name := range packs {
			if err := tx.RemovePack(name); err != nil {
				return err
			}
		}
		return nil
	})
}

func (x catalogIndex) Adopt(p tensorstore.Sealed) error {
	return x.c.Update(func(tx *catalog.Tx) error {
		if err := tx.AddPack(catalog.Pack{Name: p.Name, Size: p.Size}, p.Entries); err != nil {
			return err
		}
		for _, b := range p.Blobs {
			if err := tx.AddBlob(catalogBlob(b)); err != nil {
				return err
			}
		}
		for _, o := range p.Objects {
			if err := adoptObject(tx, o); err != nil {
				return fmt.Errorf("pack %s: %s %s: %w", p.Name, o.Kind, o.ID, err)
			}
		}
		return nil
	})
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
